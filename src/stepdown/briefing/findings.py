"""Page one: the answer for each outcome, the picture of all of them, and what to be careful of."""

from __future__ import annotations

from dataclasses import replace

from stepdown.briefing.blocks import Answer, Drawing, Figure, Notice, Table, Tone
from stepdown.briefing.frame import NARROW, WIDE
from stepdown.briefing.interval_chart import IntervalRow, interval_plot, percent_domain
from stepdown.briefing.numbers import listed, percent, plural, signed
from stepdown.briefing.sizes import (
    percent_cells,
    reference,
    scale_of,
    shown_name,
    threshold_percent,
    threshold_size,
    truth_percent,
)
from stepdown.briefing.stories import different_stories
from stepdown.briefing.svg import draw
from stepdown.briefing.words import (
    advice,
    claim,
    detectable_sentence,
    evidence,
    meaning,
    truth_sentence,
)
from stepdown.evaluation.results import DesignSummary, OutcomeResult, Results

FEW_EVENTS = 100

_TONES: dict[str, Tone] = {
    "works": "good",
    "works_below_threshold": "good",
    "works_size_unclear": "good",
    "harm": "bad",
    "not_worse": "good",
    "worse": "bad",
}
_ROLES = {"primary": "main outcome", "safety": "safety"}


def notices(results: Results) -> tuple[Notice, ...]:
    """Give the labels that stand on top of every page: simulated, observational."""
    found = []
    if results.simulated is not None:
        found.append(Notice("Simulated data", results.simulated, "simulated"))
    if results.design.assignment == "observational":
        found.append(
            Notice(
                "Not a test of cause and effect",
                "Nobody drew lots for the order of training. Those trained early may differ from "
                "those trained late, so the differences here cannot show what training did.",
                "warning",
            )
        )
    return tuple(found)


def summary(design: DesignSummary, noun: str) -> str:
    """Describe the rollout in a sentence or two."""
    waves = sum(1 for w in design.waves if w.period is not None and w.period <= design.n_periods)
    drawn = (
        "According to the study plan, a random draw (lots) decided the order of training"
        if design.assignment == "randomized"
        else "The order of training was not drawn by lot"
    )
    groups = f", in {design.n_units:,} groups" if design.level == "cluster" else ""
    units = "groups" if design.level == "cluster" else "people"
    first, last = design.period_labels[0], design.period_labels[-1]
    end = (
        "By the end everyone was due to be trained."
        if design.untrained_at_end == 0
        else f"At the end {design.untrained_at_end:,} of {design.n_units:,} {units} "
        "were not yet due for training: with them, the trained are compared to the end."
    )
    return (
        f"{design.n_people:,} people{groups}, followed for {plural(design.n_periods, noun)} "
        f"({first} to {last}) and trained in {plural(waves, 'wave')}. {drawn}. {end}"
    )


def answer_of(outcome: OutcomeResult, design: DesignSummary) -> Answer:
    """Put the sentences about one outcome into reading order."""
    said = evidence(outcome, design)
    return Answer(
        name=shown_name(outcome.label),
        role=_ROLES.get(outcome.role, ""),
        seen=detectable_sentence(outcome, design),
        verdict=f"{claim(outcome, design)}.",
        tone=_TONES.get(outcome.verdict.code, "open"),
        finding=f"{said[0].upper()}{said[1:]}.",
        meaning=meaning(outcome, design),
        truth=truth_sentence(outcome, design),
        advice=advice(outcome, design),
    )


def said_once(answers: tuple[Answer, ...]) -> tuple[tuple[Answer, ...], tuple[str, ...]]:
    """Take what is the same for all of several outcomes out of the answers, to be said once."""
    meanings, advices = {a.meaning for a in answers}, {a.advice for a in answers}
    shared: list[str] = []
    if len(answers) > 1 and len(meanings) == 1:
        shared += meanings
        answers = tuple(replace(a, meaning="") for a in answers)
    if len(answers) > 1 and len(advices) == 1:
        shared += advices
        answers = tuple(replace(a, advice="") for a in answers)
    return answers, tuple(filter(None, shared))


def picture(results: Results) -> Figure | None:
    """Draw all outcomes that have a percentage; None if none has."""
    design = results.design
    drawable = [(o, row) for o in results.outcomes if (row := _row(o, design)) is not None]
    shown, rows = [o for o, _ in drawable], [row for _, row in drawable]
    if not rows:
        return None
    drawn = design.assignment == "randomized"
    against = "without training" if drawn else "among people not yet due"
    left_out = [o.label for o in results.outcomes if o not in shown]
    missing = f" Not shown, for want of a level to compare with: {listed(left_out)}."
    return Figure(
        title="What the data fit, and what they could have shown",
        caption=_key(rows, safety=any(o.role == "safety" for o in shown))
        + (missing if left_out else ""),
        drawings=(
            Drawing(
                id="answers",
                wide=draw(interval_plot(rows, against, WIDE)),
                narrow=draw(interval_plot(rows, against, NARROW)),
                alt=" ".join(f"{row.tip}." for row in rows),
            ),
        ),
        table=_table(shown, design),
    )


def cautions(results: Results) -> tuple[str, ...]:
    """Say in plain words what a reader must know before relying on an answer."""
    found = []
    differ = [o.label for o in results.outcomes if o.balance.waves_differ]
    if differ:
        found.append(
            f"Before anybody was trained, the waves already differed in {listed(differ)} by more "
            "than a fair draw of lots explains. Until it is known how the waves were formed, treat "
            f"the {'answer' if len(differ) == 1 else 'answers'} on {listed(differ)} with caution."
        )
    for outcome in results.outcomes:
        found += different_stories(outcome, results.design)
    few = [o.label for o in results.outcomes if o.events < FEW_EVENTS]
    if few:
        found.append(f"Very few events were counted for {listed(few)}: its numbers are rough.")
    return tuple(found)


def _row(outcome: OutcomeResult, design: DesignSummary) -> IntervalRow | None:
    row = outcome.shown
    if row.percent is None or row.percent_low is None or row.percent_high is None:
        return None
    scale = scale_of(design)
    name = shown_name(outcome.label)
    seen = outcome.detectable_percent
    detectable = f"smallest change likely to be seen about {percent(seen)}, " if seen else ""
    return IntervalRow(
        name=name,
        estimate=row.percent,
        low=row.percent_low,
        high=row.percent_high,
        threshold=threshold_percent(outcome),
        detectable=seen,
        truth=truth_percent(outcome),
        tip=f"{name}: {detectable}best estimate {scale.change(row.estimate, row.percent)}, "
        f"range {scale.interval(row)}",
    )


def _key(rows: list[IntervalRow], *, safety: bool) -> str:
    parts = [
        "Grey area: changes too small to be seen reliably here.",
        "Dot: best estimate.",
        "Bar: the range that fits the data (95% interval: about 95 of 100 hold the truth).",
        "Solid line: no change.",
        "Dashed line: smallest worthwhile change"
        + (", for safety the smallest harm that would matter." if safety else "."),
    ]
    if any(row.truth is not None for row in rows):
        parts.append("Open diamond: the truth built into the simulation.")
    low, high = percent_domain(rows)
    if any(row.low < low or row.high > high for row in rows):
        parts.append("Arrowhead: the range goes on beyond the picture.")
    return " ".join(parts)


def _table(outcomes: list[OutcomeResult], design: DesignSummary) -> Table:
    simulated = any(o.truth is not None for o in outcomes)
    scale = scale_of(design)
    rows = []
    for outcome in outcomes:
        seen = outcome.detectable_percent
        estimate, interval = percent_cells(outcome.shown)
        cells = [
            shown_name(outcome.label),
            percent(seen) if seen else "–",
            threshold_size(outcome, scale),
            estimate,
            interval,
        ]
        if simulated:
            truth = truth_percent(outcome)
            cells.append("–" if truth is None else signed(percent(truth), truth))
        rows.append(tuple(cells))
    columns = ["Outcome", "Smallest change seen", "Size that matters", "Best estimate", "Range"]
    return Table(
        caption=f"Difference from {reference(design)}, in percent",
        columns=(*columns, *(["Truth"] if simulated else [])),
        rows=tuple(rows),
        numeric=(1, 2, 3, 4, *([5] if simulated else [])),
    )
