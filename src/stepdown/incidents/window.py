"""The periods of a panel that is built from dated rows."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import Column, blank_cells
from stepdown.incidents.faults import faulty_rows
from stepdown.incidents.panel import Floats
from stepdown.incidents.periods import PeriodScale, coded
from stepdown.incidents.sources import RawData
from stepdown.incidents.tables import Table
from stepdown.problems import Problem

Days = NDArray[np.datetime64]

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([ T].*)?")
_MONTH = re.compile(r"\d{4}-\d{1,2}")
_FIX_DAY = "write dates as YYYY-MM-DD (in Excel: as date cells); 04/05/2021 can be read two ways"


@dataclass(frozen=True, slots=True)
class Window:
    """T whole periods that follow each other."""

    scale: PeriodScale
    first: float
    length: int

    @property
    def period_labels(self) -> tuple[str, ...]:
        """The labels of the T periods."""
        return tuple(self.scale.label(self.first + i) for i in range(self.length))

    @property
    def first_days(self) -> Days:
        """The first day of each period, (T,)."""
        return np.array([self.scale.first_day(self.first + i) for i in range(self.length)], "M8[D]")

    @property
    def last_days(self) -> Days:
        """The last day of each period, (T,)."""
        return np.array([self.scale.last_day(self.first + i) for i in range(self.length)], "M8[D]")

    @property
    def whole(self) -> str:
        """The window in words, for messages: `2019-01 to 2022-12`."""
        labels = self.period_labels
        return f"{labels[0]} to {labels[-1]}"

    def positions(self, days: Days) -> NDArray[np.int64]:
        """Give the period of each day from 0, (n,); -1 outside the window or for NaT."""
        ordinals, _ = self.scale.ordinals(days)
        found = ordinals - self.first
        inside = (found >= 0) & (found < self.length)
        return np.where(inside, found, -1).astype(np.int64)

    def assigned(self, cells: Column) -> tuple[Floats, NDArray[np.bool_]]:
        """Give positions 1..T (or outside) of assigned days, and which cells are unreadable."""
        ordinals, bad = self.scale.ordinals(cells)
        return ordinals - self.first + 1, bad


def find_window(source: RawData) -> tuple[Window | None, list[Problem]]:
    """Give the whole periods between `first` and `last`; a period cut by either is left out."""
    scale = PeriodScale(source.frequency)
    problems = []
    ends: list[dt.date] = []
    for field, text in (("first", source.first), ("last", source.last)):
        try:
            ends.append(_day_of(text, end=field == "last"))
        except ValueError:
            problems.append(
                Problem(
                    f"study file, data.{field}",
                    f"'{text}'",
                    "a day (YYYY-MM-DD) or a month (YYYY-MM)",
                    "write it like 2019-01",
                )
            )
    if problems:
        return None, problems
    start = scale.ordinal(ends[0].isoformat())
    start += scale.first_day(start) < ends[0]
    stop = scale.ordinal(ends[1].isoformat())
    stop -= scale.last_day(stop) > ends[1]
    if stop < start:
        return None, [
            Problem(
                "study file, data.first and data.last",
                f"{source.first} to {source.last}",
                f"at least one whole {source.frequency}, the first day before the last",
                "correct `first` and `last`",
            )
        ]
    return Window(scale, start, int(stop - start) + 1), []


def _day_of(text: str, end: bool) -> dt.date:
    text = text.strip()
    day = found_day(text)
    if day is not None:
        return day
    scale = PeriodScale("quarter" if "Q" in text.upper() else "month")
    ordinal = scale.ordinal(text)
    return scale.last_day(ordinal) if end else scale.first_day(ordinal)


def found_day(text: str) -> dt.date | None:
    """Read YYYY-MM-DD, with or without a time after it; None if it is something else."""
    found = _DAY.fullmatch(text)
    try:
        return dt.date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None


def read_days(
    table: Table, column: str, blank_is: str | None = None, months: bool = False
) -> tuple[Days, list[Problem]]:
    """Read a column of days, (n,), NaT where a cell is blank or at fault.

    Blank cells are a problem unless `blank_is` says what they mean; with `months`, YYYY-MM is
    read as the first day of that month.
    """
    cells = table.columns[column]
    blank = blank_cells(cells)
    expected = "a day: YYYY-MM-DD" + (" or YYYY-MM" if months else "")
    expected += f"; blank: {blank_is}" if blank_is else ""
    problems = []
    if blank_is is None:
        problems = faulty_rows(table, column, blank, expected, "fill in the day")
    if cells.dtype.kind == "M":
        return cells, problems
    days = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[D]")
    if cells.dtype.kind == "O":
        codes, labels = coded(cells)
        known = np.full(len(labels) + 1, np.datetime64("NaT"), dtype="datetime64[D]")
        for i, label in enumerate(labels):
            if months and _MONTH.fullmatch(label):
                label = f"{label}-01"  # noqa: PLW2901
            day = found_day(label)
            if day is not None:
                known[i] = np.datetime64(day)
        days = known[codes]
    problems += faulty_rows(table, column, np.isnat(days) & ~blank, expected, _FIX_DAY)
    return days, problems
