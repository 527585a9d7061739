"""How predictions did against an agency's own re-tests, quarter by quarter."""

from __future__ import annotations

from datetime import date

from stepdown.retention.calibration import Calibration, calibration
from stepdown.retention.history import Histories
from stepdown.retention.refit import Fit

MOST_BINS, TESTS_A_BIN = 10, 5


def checked(known: Histories, fit: Fit, today: date) -> Calibration | None:
    """Return how predictions at the beginning of each quarter did; None without any re-test.

    In as many bins as there can be of about five tests, ten at most.
    """
    if not known.retests:
        return None
    bins = min(MOST_BINS, max(known.retests // TESTS_A_BIN, 1))
    return calibration(known, fit, quarters(known, today), bins)


def quarters(known: Histories, today: date) -> list[date]:
    """Return the first days of all quarters of a year since the first teaching on record."""
    day = known.first.min().astype(date)
    firsts = (date(year, month, 1) for year in range(day.year, today.year + 1)
              for month in (1, 4, 7, 10))  # fmt: skip
    return [first for first in firsts if day < first <= today]
