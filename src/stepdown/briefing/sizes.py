"""The sizes of one outcome in words: in percent where there is a baseline, else as rates."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.briefing.numbers import percent, period_noun, rate, shift, signed, span
from stepdown.evaluation.results import DesignSummary, EstimateRow, OutcomeResult, RobustnessRow

NONE_LEFT = -100.0
"""A count cannot fall by more than 100 %; intervals that reach further are said to end here."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How differences are written. `unit` is the denominator of rates."""

    unit: str

    def size(self, value: float, relative: float | None) -> str:
        """Write the size of a difference: its percent if known, else its rate."""
        if relative is None:
            return f"{rate(value)} per 1,000 {self.unit}"
        return percent(max(relative, NONE_LEFT))

    def change(self, value: float, relative: float | None) -> str:
        """Say a difference: `16% lower`."""
        return shift(self.size(value, relative), value)

    def interval(self, row: EstimateRow | RobustnessRow) -> str:
        """Say the interval of a row that has one: `from 33% lower to 0.2% higher`."""
        if row.ci_low is None or row.ci_high is None:
            return ""
        low = (self.size(row.ci_low, row.percent_low), row.ci_low)
        high = (self.size(row.ci_high, row.percent_high), row.ci_high)
        return span(low, high)


def scale_of(design: DesignSummary | None) -> Scale:
    """Choose the unit of rates: person-months where labels look monthly, else person-periods."""
    return Scale(f"person-{period_noun(design.period_labels if design else ())}s")


def reference(design: DesignSummary) -> str:
    """Name what differences are from; without a draw that is not what training changed."""
    if design.assignment == "observational":
        return "people not yet due for training"
    return "the level without training"


def shown_name(label: str) -> str:
    """Give an outcome's label a capital, for headings."""
    return f"{label[:1].upper()}{label[1:]}"


def threshold_size(outcome: OutcomeResult, scale: Scale) -> str:
    """Write the size of the smallest effect of interest: `10%`, or a rate and its percent."""
    if outcome.smallest_effect.strip().endswith("%"):
        return percent(float(outcome.smallest_effect.strip().rstrip("% ")))
    relative = threshold_percent(outcome)
    about = f", about {percent(relative)}," if relative is not None else ""
    return f"{rate(float(outcome.smallest_effect))} per 1,000 {scale.unit}{about}"


def threshold_percent(outcome: OutcomeResult) -> float | None:
    """The smallest effect of interest in percent of the baseline; None without a baseline."""
    if outcome.threshold is None or outcome.baseline_mean <= 0:
        return None
    return 100 * outcome.threshold / outcome.baseline_mean


def truth_percent(outcome: OutcomeResult) -> float | None:
    """The simulated truth in percent of the estimated baseline; None without either."""
    if outcome.truth is None or outcome.baseline_mean <= 0:
        return None
    return 100 * outcome.truth / outcome.baseline_mean


def percent_cells(row: EstimateRow | RobustnessRow) -> tuple[str, str]:
    """Write a row's percent and its interval for a table; a dash where there is none."""
    if row.percent is None or row.percent_low is None or row.percent_high is None:
        return "–", "–"
    low, high = (signed(percent(v), v) for v in (row.percent_low, row.percent_high))
    return signed(percent(row.percent), row.percent), f"{low} to {high}"


def rate_cell(row: EstimateRow | RobustnessRow) -> str:
    """Write a row's rate per 1,000 with its interval for a table; a dash where there is none."""
    if row.estimate is None or row.ci_low is None or row.ci_high is None:
        return "–"
    middle, low, high = (signed(rate(v), v) for v in (row.estimate, row.ci_low, row.ci_high))
    return f"{middle} ({low} to {high})"
