"""Published numbers on the common scale: the log rate ratio with its standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm

from stepdown.evidence.study_row import StudyRow

FEWEST = 3
"""Studies below which nothing is pooled."""
POOLED_SCALES = ("rate_ratio", "percent_change")


@dataclass(frozen=True, slots=True)
class Effect:
    """A log rate ratio, below 0 for fewer, with its standard error."""

    row: str
    study: str
    log_ratio: float
    se: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that cannot be pooled, and why."""

    row: str
    why: str


def effect_of(row: StudyRow) -> Effect | LeftOut:
    """Put a row on the common scale, or say why that cannot be done honestly.

    The standard error is the width of the published interval on the log scale; none is ever
    worked out from "significant" or from a p-value that is only a bound.
    """
    why = _why_not(row)
    if why:
        return LeftOut(row.id, why)
    value, low, high = (_log(row.scale, v) for v in (row.effect, row.low, row.high))
    z = float(norm.ppf(0.5 + (row.level or 95) / 200))
    return Effect(row.id, row.study, value, (high - low) / (2 * z))


def percent(log_ratio: float) -> float:
    """Turn a log rate ratio into a percent change.

    >>> round(percent(math.log(0.719)), 1)
    -28.1
    """
    return 100 * math.expm1(log_ratio)


def _why_not(row: StudyRow) -> str:
    reasons = (
        (row.intervention not in ("training", "programme"), "not a study of training"),
        (row.effect is None, "no number was published where we could read it"),
        (row.scale not in POOLED_SCALES, f"{row.scale.replace('_', ' ')}: not a ratio of rates"),
        (row.low is None, "no interval or standard error was published where we could read it"),
        (
            row.clusters not in ("none", "allowed_for"),
            "whether the interval allows for those assigned together is not known",
        ),
    )
    return next((why for holds, why in reasons if holds), "")


def _log(scale: str, value: float | None) -> float:
    if value is None:  # pragma: no cover - asked for before
        raise ValueError("no value")
    return math.log1p(value / 100) if scale == "percent_change" else math.log(value)
