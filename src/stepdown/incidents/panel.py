"""People by period: the one shape in which an agency's data reach an evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEVER = np.inf
"""Assigned period of a unit that was held back to the end."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: its name without folder, its SHA-256 and its number of data rows."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class AccountStep:
    """One step from files to panel: rows and units before and after, and why they differ."""

    step: str
    rows_in: int
    rows_out: int
    units_in: int
    units_out: int
    why: str

    def told(self) -> str:
        """Say in one line what was left out and why."""
        out = self.rows_in - self.rows_out
        return f"{self.step}: {out:,} of {self.rows_in:,} rows ({self.why})"


@dataclass(frozen=True, slots=True)
class Panel:
    """N units by T periods, before any check of the design.

    Periods are positions 1..T. `assigned` and `trained` hold such positions as floats: they may
    lie outside 1..T, are `NEVER` for units held back and NaN where the cell was blank.
    """

    units: NDArray[np.object_]  # (N,) labels, sorted
    period_labels: tuple[str, ...]  # (T,)
    counts: dict[str, Floats]  # outcome -> (N, T); 0 where absent
    present: NDArray[np.bool_]  # (N, T)
    assigned: Floats | None  # (N,)
    trained: Floats | None  # (N,)
    exposure: Floats | None  # (N, T); 0 where absent
    strata: NDArray[np.object_] | None  # (N,) text, None where blank
    cluster: NDArray[np.object_] | None  # (N,) text, None where blank
    files: tuple[SourceFile, ...]
    account: tuple[AccountStep, ...]
