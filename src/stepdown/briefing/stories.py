"""Where a robustness row tells another story than the row on which the verdict rests."""

from __future__ import annotations

from stepdown.briefing.sizes import scale_of
from stepdown.evaluation.results import DesignSummary, EstimateRow, OutcomeResult, RobustnessRow

ESTIMATORS = {
    "efficient": "Efficient",
    "callaway_santanna": "Callaway–Sant’Anna",
    "sun_abraham": "Sun–Abraham",
    "difference_in_means": "Difference in means",
}
AVERAGES = {
    "simple": "trained time",
    "cohort": "waves",
    "calendar": "calendar time",
}
REFITS = {
    "break_before",
    "break_after",
    "break_between",
    "per_exposure",
    "zero_after_leaving",
    "without_top",
    "poisson",
}
PRECISE_ENOUGH = 2.0
"""A refit is compared in size only if its standard error is at most this multiple."""


def different_stories(outcome: OutcomeResult, design: DesignSummary) -> list[str]:
    """Say for each kind of check whether it would change what a reader takes away.

    A refit on a part of the data tells another story if its interval lies on another side of zero,
    or if it is about as precise and its estimate has the other sign or less than half the size.
    """
    found = [
        sentence
        for row in outcome.robustness
        if row.kind in REFITS and (sentence := _refit_story(outcome, row, design))
    ]
    found += _method_stories(outcome)
    if sentence := _wave_story(outcome):
        found.append(sentence)
    if sentence := _test_story(outcome):
        found.append(sentence)
    return found


def tells_another_story(outcome: OutcomeResult, row: EstimateRow | RobustnessRow) -> bool:
    """Tell whether a row would lead a reader elsewhere than the deciding row does."""
    if row.estimate is None or row.se_neyman is None:
        return False
    deciding = outcome.shown
    if _side(row) != _side(deciding) and _informative(row, deciding):
        return True
    if isinstance(row, EstimateRow) or row.kind != "break_before":
        return False
    return _as_precise(row, deciding) and _shrinks(row, outcome)


def _refit_story(outcome: OutcomeResult, row: RobustnessRow, design: DesignSummary) -> str:
    if not tells_another_story(outcome, row) or row.estimate is None:
        return ""
    scale, name = scale_of(design), outcome.label
    deciding = outcome.shown
    other = scale.change(row.estimate, row.percent)
    mine = scale.change(deciding.estimate, deciding.percent)
    label = f"{row.label[:1].lower()}{row.label[1:]}"
    both = f"the best estimate for {name} is {other} ({scale.interval(row)}), against {mine}"
    if row.kind.startswith("break_"):
        side = {"break_before": "before the change", "break_after": "after the change"}.get(
            row.kind, "between two changes"
        )
        return (
            f"With the records {side} in recording alone ({label}), {both} with all records. If "
            f"that change touched {name}, it may be part of what is seen."
        )
    return {
        "per_exposure": f"Measured as {label}, {both} as counted.",
        "zero_after_leaving": f"With everybody followed as drawn and {label}, {both} among those "
        "who stayed.",
        "without_top": f"Calculated {label}, {both} with everybody.",
        "poisson": f"By a {label}, {both} by the comparison that decides.",
    }[row.kind]


def _method_stories(outcome: OutcomeResult) -> list[str]:
    others = [
        row for row in outcome.estimates if not row.decides and tells_another_story(outcome, row)
    ]
    if not others:
        return []
    says = {-1: "to a decrease", 0: "to no clear change", 1: "to an increase"}
    sides = {_side(row) for row in others}
    where = says[sides.pop()] if len(sides) == 1 else "elsewhere"
    ways = "another way" if len(others) == 1 else f"{len(others)} other ways"
    verb = "points" if len(others) == 1 else "point"
    return [
        f"For {outcome.label}, {ways} of calculating the difference {verb} {where}; the "
        "one that was set to decide does not. Choosing among them afterwards would mislead."
    ]


def _wave_story(outcome: OutcomeResult) -> str:
    waves = outcome.leave_one_out
    if waves is None or not waves.interval_changes_sign_of_evidence:
        return ""
    name, which = outcome.label, waves.interval_changes_sign_of_evidence
    if len(which) == 1:
        return f"Without the wave of {which[0]}, the range for {name} lies otherwise against zero."
    return (
        f"For {name}, leaving out any one of {len(which)} waves moves the range across zero: the "
        "answer hangs on single waves."
    )


def _test_story(outcome: OutcomeResult) -> str:
    row = outcome.shown
    if row.randomization is None:
        return ""
    surprising = row.randomization.p_value < 0.05
    if surprising == (_side(row) != 0):
        return ""
    says = "would be rare by chance alone" if surprising else "is not rare by chance alone"
    return (
        f"For {outcome.label}, a second check, which draws the lots again many times, "
        f"disagrees with the range: by it, a difference like this {says}. The verdict asks "
        "for both, so it stays careful."
    )


def _side(row: EstimateRow | RobustnessRow) -> int:
    if row.ci_low is None or row.ci_high is None:
        return 0
    return -1 if row.ci_high < 0 else 1 if row.ci_low > 0 else 0


def _informative(row: EstimateRow | RobustnessRow, deciding: EstimateRow) -> bool:
    """A wide interval around zero contradicts nothing; one that excludes zero does."""
    return _side(row) != 0 or _as_precise(row, deciding)


def _as_precise(row: EstimateRow | RobustnessRow, deciding: EstimateRow) -> bool:
    return row.se_neyman is not None and row.se_neyman <= PRECISE_ENOUGH * deciding.se_neyman


def _shrinks(row: RobustnessRow, outcome: OutcomeResult) -> bool:
    """Whether a worthwhile-looking estimate turns around or falls below half its size."""
    deciding = outcome.shown
    if row.estimate is None or abs(deciding.estimate) < abs(outcome.threshold or 0.0) / 2:
        return False
    if row.percent is not None and deciding.percent:
        return row.percent / deciding.percent < 0.5
    return deciding.estimate != 0 and row.estimate / deciding.estimate < 0.5
