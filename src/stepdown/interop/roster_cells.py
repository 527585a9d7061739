"""What spreadsheets do to dates and numbers, and how a cell is shown in a message."""

from __future__ import annotations

import datetime as dt
from collections import Counter

FIRST_SERIAL, LAST_SERIAL = 10_000, 80_000
"""Excel's day numbers from 1927 to 2119."""


def from_serial(number: int) -> dt.date:
    """Turn a day number of Excel (1900 system, days after 1900-02-28) into the day."""
    return dt.date(1899, 12, 30) + dt.timedelta(days=number)


def lost_zeros(ids: list[str]) -> list[str]:
    """Warn when most numbers are equally long, some begin with 0, and others are shorter."""
    numbers = [i for i in ids if i.isdecimal()]
    if not numbers:
        return []
    width = Counter(map(len, numbers)).most_common(1)[0][0]
    short = [i for i in numbers if len(i) < width]
    if not short or not any(i.startswith("0") for i in numbers):
        return []
    return [
        f"{len(short)} numbers have fewer than {width} digits, such as {short[0]}: leading zeros "
        f"may be lost. `id_digits: {width}` in the mapping puts them back."
    ]


def visible(text: str) -> str:
    """Show a cell in a message: hidden characters by their code, and no more than 60."""
    shown = "".join(c if c.isprintable() else f"‹U+{ord(c):04X}›" for c in text)
    return shown if len(shown) <= 60 else shown[:59] + "…"
