"""Periods as people write them ↔ whole numbers that can be counted with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import Column
from stepdown.incidents.panel import NEVER, Floats

PeriodKind = Literal["number", "week", "month", "quarter"]

_NEVER = frozenset({"never", "inf", "+inf", "infinity", "+infinity"})
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.0*)?")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([ T].*)?")
_THURSDAY_TO_MONDAY = 3  # 1970-01-01 was a Thursday; weeks begin on Mondays
_WRITTEN = {
    "number": "a whole number",
    "week": "YYYY-MM-DD or YYYY-Www",
    "month": "YYYY-MM or YYYY-MM-DD",
    "quarter": "YYYY-Qn, YYYY-MM or YYYY-MM-DD",
}


@dataclass(frozen=True, slots=True)
class PeriodScale:
    """How a study counts time: plain numbers, ISO weeks, months or quarters.

    An ordinal is the number of a period on this scale; neighbouring periods differ by 1.
    """

    kind: PeriodKind

    @property
    def written(self) -> str:
        """How a period of this scale is to be written, for messages."""
        return _WRITTEN[self.kind]

    def ordinals(self, values: Column) -> tuple[Floats, NDArray[np.bool_]]:
        """Give the ordinal of each cell, and which cells cannot be read.

        `values` is a typed column, (n,). Blank cells become NaN; `never` and infinity become
        `NEVER`; unreadable cells are NaN and marked in the second array, (n,) bool.
        """
        if values.dtype.kind == "M":
            return self._of_days(values)
        if values.dtype.kind == "O":
            return self._of_texts(values)
        numbers = values.astype(np.float64)
        finite = np.isfinite(numbers)
        bad = finite & (numbers != np.floor(numbers)) if self.kind == "number" else finite
        bad |= numbers == -np.inf
        return (np.where(bad, np.nan, numbers) if bad.any() else numbers), bad

    def ordinal(self, label: str) -> float:
        """Give the ordinal of one label, such as `2019-04`; ValueError if it cannot be read."""
        text = label.strip()
        if text.lower() in _NEVER:
            return NEVER
        if self.kind == "number":
            if _NUMBER.fullmatch(text) is None:
                raise ValueError(f"'{label}' is not {self.written}")
            return float(text)
        return self._of_date(_first_day(text))

    def label(self, ordinal: float) -> str:
        """Write a period: `37`, `2019-W07`, `2019-04` or `2019-Q2`; `never` or blank."""
        if np.isnan(ordinal):
            return "blank"
        if np.isinf(ordinal):
            return "never"
        if self.kind == "number":
            return str(int(ordinal))
        day = self.first_day(ordinal)
        if self.kind == "week":
            year, week, _ = day.isocalendar()
            return f"{year:04d}-W{week:02d}"
        if self.kind == "quarter":
            return f"{day.year:04d}-Q{(day.month + 2) // 3}"
        return f"{day.year:04d}-{day.month:02d}"

    def first_day(self, ordinal: float) -> dt.date:
        """Give the first day of a period; ValueError on the number scale, which has no days."""
        n = int(ordinal)
        if self.kind == "number":
            raise ValueError("periods that are plain numbers have no days")
        if self.kind == "week":
            return dt.date(1970, 1, 1) + dt.timedelta(days=7 * n - _THURSDAY_TO_MONDAY)
        months = n * (3 if self.kind == "quarter" else 1)
        return dt.date(1970 + months // 12, months % 12 + 1, 1)

    def last_day(self, ordinal: float) -> dt.date:
        """Give the last day of a period."""
        return self.first_day(ordinal + 1) - dt.timedelta(days=1)

    def _of_date(self, day: dt.date) -> float:
        found, _ = self._of_days(np.array([day], dtype="datetime64[D]"))
        return float(found[0])

    def _of_days(self, days: Column) -> tuple[Floats, NDArray[np.bool_]]:
        blank = np.isnat(days)
        if self.kind == "number":
            return np.full(len(days), np.nan), ~blank
        numbers = days.astype("datetime64[D]").astype(np.int64)
        if self.kind == "week":
            found = (numbers + _THURSDAY_TO_MONDAY) // 7
        else:
            found = days.astype("datetime64[M]").astype(np.int64)
            found = found // 3 if self.kind == "quarter" else found
        return np.where(blank, np.nan, found.astype(np.float64)), np.zeros(len(days), dtype=bool)

    def _of_texts(self, texts: Column) -> tuple[Floats, NDArray[np.bool_]]:
        codes, labels = coded(texts)
        known = np.full(len(labels) + 1, np.nan)
        bad = np.zeros(len(labels) + 1, dtype=bool)
        for i, label in enumerate(labels):
            try:
                known[i] = self.ordinal(label)
            except ValueError:
                bad[i] = True
        return known[codes], bad[codes]


def coded(texts: Column) -> tuple[NDArray[np.int64], list[str]]:
    """Give text cells as positions in a list of their distinct values; blank cells as -1."""
    known: dict[str | None, int] = {None: -1}
    codes = np.array(
        [known.setdefault(cell, len(known) - 1) for cell in texts.tolist()], dtype=np.int64
    )
    labels = [str(label) for label in known if label is not None]
    return codes, labels


def infer_scale(values: Column) -> PeriodScale:
    """Tell from a column of periods which scale it is written in.

    Whole numbers are periods themselves. Days are weeks if the closest two are 7 days apart
    and all fall on one weekday, quarters if the closest two are 3 months apart; months else.
    """
    if values.dtype.kind == "M":
        return PeriodScale(_kind_of_days(np.unique(values[~np.isnat(values)])))
    if values.dtype.kind != "O":
        return PeriodScale("number")
    _, labels = coded(values)
    shapes = {
        "quarter": sum(_QUARTER.fullmatch(x) is not None for x in labels),
        "week": sum(_WEEK.fullmatch(x) is not None for x in labels),
        "month": sum(_MONTH.fullmatch(x) is not None for x in labels),
        "number": sum(_NUMBER.fullmatch(x) is not None for x in labels),
    }
    days = [found.group(1) for x in labels if (found := _DAY.fullmatch(x))]
    kind = max(shapes, key=lambda k: shapes[k])
    if len(days) > shapes[kind]:
        return PeriodScale(_kind_of_days(_readable_days(days)))
    if kind == "month":
        return PeriodScale(_kind_of_days(_readable_days([x for x in labels if _MONTH.match(x)])))
    if kind == "quarter":
        return PeriodScale("quarter")
    return PeriodScale("week" if kind == "week" else "number")


def position_of(label: str, period_labels: Sequence[str]) -> float:
    """Give the position (1 = first) of a label among a panel's periods.

    The label may lie outside the panel, and may be finer than its periods: `2019-05-03` is in
    `2019-Q2`. Raises ValueError when the label cannot be read on the panel's scale.
    """
    scale = scale_of_labels(period_labels)
    return scale.ordinal(label) - scale.ordinal(period_labels[0]) + 1


def scale_of_labels(period_labels: Sequence[str]) -> PeriodScale:
    """Tell which scale wrote a panel's period labels."""
    first = period_labels[0]
    if _QUARTER.fullmatch(first):
        return PeriodScale("quarter")
    if _WEEK.fullmatch(first):
        return PeriodScale("week")
    return PeriodScale("month" if _MONTH.fullmatch(first) else "number")


def _kind_of_days(days: Column) -> PeriodKind:
    if len(days) < 2:
        return "month"
    numbers: NDArray[np.int64] = days.astype(np.int64)
    steps = np.diff(numbers)
    if steps.min() == 7 and not (steps % 7).any():
        return "week"
    months: NDArray[np.int64] = np.unique(days.astype("datetime64[M]").astype(np.int64))
    apart = np.diff(months)
    if len(months) > 2 and len(months) == len(days) and apart.min() == 3 and not (apart % 3).any():
        return "quarter"
    return "month"


def _readable_days(texts: list[str]) -> Column:
    days = []
    for text in texts:
        try:
            days.append(_first_day(text))
        except ValueError:
            continue
    return np.unique(np.array(days, dtype="datetime64[D]"))


def _first_day(text: str) -> dt.date:
    if found := _DAY.fullmatch(text):
        return dt.date.fromisoformat(found.group(1))
    if found := _MONTH.fullmatch(text):
        return dt.date(int(found.group(1)), int(found.group(2)), 1)
    if found := _QUARTER.fullmatch(text):
        return dt.date(int(found.group(1)), 3 * int(found.group(2)) - 2, 1)
    if found := _WEEK.fullmatch(text):
        return dt.date.fromisocalendar(int(found.group(1)), int(found.group(2)), 1)
    raise ValueError(f"'{text}' is not a month (YYYY-MM) or a day (YYYY-MM-DD)")
