"""Checks that inform and give no verdict."""

from __future__ import annotations

from stepdown.briefing.blocks import Block, Heading, Items, Note, Section, Table, Text
from stepdown.briefing.numbers import listed, period_noun, plural, probability, rate, signed
from stepdown.briefing.sizes import percent_cells, rate_cell, reference, scale_of, shown_name
from stepdown.briefing.stories import (
    AVERAGES,
    ESTIMATORS,
    REFITS,
    different_stories,
    tells_another_story,
)
from stepdown.evaluation.results import (
    DesignSummary,
    EstimateRow,
    OutcomeResult,
    Randomization,
    Results,
    RobustnessRow,
)

OTHER_STORY = "Tells another story"


def robustness_section(results: Results) -> Section:
    """Show every estimator and average, refits, single waves, the test and the balance."""
    blocks: list[Block] = [
        Text(
            "These checks give no verdict. The row marked “decides” was fixed in advance; the rest "
            "shows how much the answer hangs on how it was calculated. Percentages are "
            f"differences from {reference(results.design)}."
        )
    ]
    for outcome in results.outcomes:
        blocks += _outcome_blocks(outcome, results.design)
    return Section("checks", "Checks, which give no verdict", tuple(blocks))


def _outcome_blocks(outcome: OutcomeResult, design: DesignSummary) -> list[Block]:
    blocks: list[Block] = [Heading(shown_name(outcome.label))]
    blocks += [Note(OTHER_STORY, text) for text in different_stories(outcome, design)]
    blocks.append(_table(outcome, design))
    points = [
        *_waves(outcome, design),
        *_test(outcome.deciding.randomization, scale_of(design).unit),
        *_balance(outcome, design),
    ]
    blocks.append(Items(tuple(points)))
    return blocks


def _table(outcome: OutcomeResult, design: DesignSummary) -> Table:
    estimates = sorted(outcome.estimates, key=lambda row: not row.decides)
    rows = [_estimate_cells(outcome, row) for row in estimates]
    rows += [_refit_cells(outcome, row) for row in outcome.robustness]
    return Table(
        caption=f"{shown_name(outcome.label)}: the same comparison, calculated in other ways",
        columns=(
            "Method or data",
            "Averaged over",
            "Percent",
            "Range",
            f"Per 1,000 {scale_of(design).unit}",
            "Remark",
        ),
        rows=tuple(rows),
        numeric=(2, 3, 4),
        marked=(0,),
    )


def _estimate_cells(outcome: OutcomeResult, row: EstimateRow) -> tuple[str, ...]:
    remark = "Decides" if row.decides else ""
    if not row.decides and tells_another_story(outcome, row):
        remark = OTHER_STORY
    how = (ESTIMATORS[row.estimator], AVERAGES[row.estimand])
    return (*how, *percent_cells(row), rate_cell(row), remark)


def _refit_cells(outcome: OutcomeResult, row: RobustnessRow) -> tuple[str, ...]:
    remark = f"No estimate: {row.reason}" if row.reason else row.remark or ""
    if row.kind in REFITS and tells_another_story(outcome, row):
        remark = OTHER_STORY
    average = AVERAGES[outcome.deciding.estimand]
    if row.kind in {"per_exposure", "exposure"}:
        return (row.label, average, *percent_cells(row), "–", remark or "Other unit")
    return (row.label, average, *percent_cells(row), rate_cell(row), remark)


def _waves(outcome: OutcomeResult, design: DesignSummary) -> list[str]:
    waves = outcome.leave_one_out
    if waves is None:
        return []
    unit = scale_of(design).unit
    low, high = (signed(rate(v), v) for v in (waves.smallest, waves.largest))
    crossing = waves.interval_changes_sign_of_evidence
    text = (
        f"One wave left out at a time: the estimate runs from {low} (without "
        f"{waves.smallest_without}) to {high} (without {waves.largest_without}) per 1,000 {unit}."
    )
    if crossing:
        return [f"{text} The range moves across zero without: {listed(crossing)}."]
    return [f"{text} Whether the range includes zero never changes."]


def _test(test: Randomization | None, unit: str) -> list[str]:
    if test is None:
        return ["No randomization test: nobody drew lots, so there is no draw to repeat."]
    drawn = "all possible draws" if test.exact else f"{plural(test.draws, 'repeated draw')}"
    error = "" if test.exact else f" (± {probability(test.mc_error)} from the limited draws)"
    return [
        f"Randomization test: with no effect on anybody, a difference at least as large would come "
        f"out with probability p = {probability(test.p_value)}{error}; {drawn}; "
        f"the smallest p possible here is {probability(test.smallest_p)}.",
        *_adjusted(test),
        *_inverted(test, unit),
    ]


def _adjusted(test: Randomization) -> list[str]:
    if test.adjusted_p_value is None:
        return []
    return [
        "Adjusted for all secondary outcomes together (step-down max-t over the same draws), "
        f"p = {probability(test.adjusted_p_value)}: exact if training changed nothing for anybody, "
        "in large rollouts also for averages. The range holds for these outcomes together."
    ]


def _inverted(test: Randomization, unit: str) -> list[str]:
    """Say which effects the test does not reject, and for whom that holds exactly."""
    if test.ci_low is None or test.ci_high is None:
        return ["No effect can be ruled out by redrawing the lots: there are too few ways to draw."]
    low, high = (signed(rate(v), v) for v in (test.ci_low, test.ci_high))
    error = max(test.ci_low_mc_error, test.ci_high_mc_error)
    about = f" (ends ± {rate(error)} from the limited draws)" if error else ""
    gaps = " Some effects inside it are rejected too." if test.ci_gaps else ""
    return [
        f"Redrawing the lots does not rule out effects from {low} to {high} per 1,000 {unit}"
        f"{about}. That holds exactly for an effect alike for everybody, and in large rollouts for "
        f"an average.{gaps} The range that decides is on each side the wider of this and the "
        "normal interval."
    ]


def _balance(outcome: OutcomeResult, design: DesignSummary) -> list[str]:
    before, unit = outcome.balance, scale_of(design).unit
    text = (
        "Balance before training: weighted as the effect is, the waves differed by "
        f"{signed(rate(before.difference), before.difference)} per 1,000 {unit} "
        f"(p = {probability(before.p_value)})."
    )
    past = plural(before.pre_periods, period_noun(design.period_labels))
    joint = (
        f" All waves together, over the {past} before the first training: "
        f"p = {probability(before.waves_p_value)}."
        if before.waves_p_value is not None
        else ""
    )
    return [text + joint]
