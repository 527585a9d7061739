"""In which order the dates of a roster are written, where nobody has said it or said it wrongly."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Literal

PARTS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
Order = Literal["mdy", "dmy"]
ORDERS: tuple[Order, ...] = ("mdy", "dmy")


def day_in(text: str, order: Order) -> dt.date | None:
    """Return the day of a date such as 04/05/2026; None if it is no such date.

    Raises ValueError for a day that the calendar does not have.
    """
    found = PARTS.fullmatch(text)
    if found is None:
        return None
    one, two, year = (int(part) for part in found.groups())
    month, day = (one, two) if order == "mdy" else (two, one)
    return dt.date(year, month, day)


def likely_orders(dates: Iterable[str], chosen: Order | None) -> tuple[Order, ...]:
    """Return the orders in which most of these dates can be read while as chosen they cannot.

    Empty where they are read as chosen, or in no order. Both, where nothing tells them apart.
    """
    given = [text for text in dates if text]
    written = [text for text in given if PARTS.fullmatch(text)]
    if 2 * len(written) <= len(given):
        return ()
    right = {order: sum(_is_day(text, order) for text in written) for order in ORDERS}
    if chosen is not None and right[chosen] == max(right.values()):
        return ()
    most = max(right.values())
    if 2 * most <= len(written):
        return ()
    return tuple(order for order in ORDERS if right[order] == most and order != chosen)


def _is_day(text: str, order: Order) -> bool:
    try:
        return day_in(text, order) is not None
    except ValueError:
        return False
