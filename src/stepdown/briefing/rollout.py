"""Who was trained when, whether it happened as planned, and the effect by time since training."""

from __future__ import annotations

from itertools import accumulate

from stepdown.briefing.blocks import Block, Drawing, Figure, Heading, Section, Table, Text
from stepdown.briefing.event_chart import LagRow, event_plot, rate_domain
from stepdown.briefing.frame import NARROW, WIDE
from stepdown.briefing.numbers import PER, listed, period_noun, plural, rate, signed
from stepdown.briefing.rollout_chart import Timeline, share_plot, waves_plot
from stepdown.briefing.sizes import reference, scale_of, shown_name
from stepdown.briefing.svg import draw
from stepdown.evaluation.results import (
    Compliance,
    DesignSummary,
    EventStudyRow,
    OutcomeResult,
    Results,
)

NO_SPREAD = 1e-12
"""Standard errors below this are zero but for rounding: nothing was counted there."""


def rollout_section(design: DesignSummary) -> Section:
    """Show how many were due for training when, and the share trained so far."""
    line = timeline(design)
    units = "groups" if design.level == "cluster" else "people"
    later = sum(w.n_units for w in design.waves if w.period is None)
    due_after = design.untrained_at_end - later
    texts = [
        f"Above: {units} assigned to start training in each {line.noun}. Below: share "
        "assigned as trained so far."
    ]
    if later:
        texts.append(f"{later:,} were held back and never assigned.")
    if due_after > 0:
        texts.append(f"{due_after:,} were due only after the data end.")
    texts += [f"Change in recording from {b.label}: {b.note.rstrip('. ')}." for b in design.breaks]
    drawings = (
        Drawing(
            "waves",
            draw(waves_plot(line, WIDE)),
            draw(waves_plot(line, NARROW)),
            f"Bar chart of {units} assigned to start training in each {line.noun}; "
            f"{plural(sum(1 for n in line.trained if n), 'wave')}, the largest of "
            f"{max(line.trained):,}.",
        ),
        Drawing(
            "share",
            draw(share_plot(line, WIDE)),
            draw(share_plot(line, NARROW)),
            f"Share of {units} assigned as trained, rising to {line.share[-1]:.0f}% in the last "
            f"{line.noun}." + "".join(f" Change in recording at {b.label}." for b in design.breaks),
        ),
    )
    table = Table(
        caption=f"Waves: {units} assigned, and share assigned as trained",
        columns=(line.noun.capitalize(), units.capitalize(), "Share trained"),
        rows=tuple(
            (label, f"{n:,}", f"{share:.0f}%")
            for label, n, share in zip(line.labels, line.trained, line.share, strict=True)
            if n
        ),
        numeric=(1, 2),
    )
    figure = Figure("The rollout", " ".join(texts), drawings, table)
    return Section("rollout", "Who was trained when", (figure,))


def timeline(design: DesignSummary) -> Timeline:
    """Spread the waves over the periods."""
    trained = [0] * design.n_periods
    for wave in design.waves:
        if wave.period is not None and wave.period <= design.n_periods:
            trained[wave.period - 1] += wave.n_units
    total = max(design.n_units, 1)
    return Timeline(
        labels=tuple(design.period_labels),
        trained=tuple(trained),
        share=tuple(min(100.0, 100 * n / total) for n in accumulate(trained)),
        breaks=tuple((b.period, f"{b.label}: {b.note}") for b in design.breaks),
        noun=period_noun(design.period_labels),
    )


def compliance_blocks(given: Compliance, design: DesignSummary) -> tuple[Block, ...]:
    """Compare assigned with actual training."""
    noun = period_noun(design.period_labels)
    rows = [
        ("Due for training", given.assigned),
        ("Trained in the assigned " + noun, given.on_time),
        ("Trained earlier", given.early),
        ("Trained later", given.late),
        ("Due but not trained by the end", given.never_trained),
    ]
    ahead = given.trained_though_held_back
    kept = f" {ahead:,} were trained although held back or not yet due." if ahead else ""
    delay = given.median_delay
    typical = "" if not delay else f" The typical delay was {delay:g} {noun}s."
    return (
        Heading("Was training delivered as assigned?"),
        Text(
            "Every answer compares people by the date they were assigned, whether or not they came "
            "on that date. People who were not trained when assigned make an effect look smaller."
            f"{typical}{kept}"
        ),
        Table(
            "Assigned and actual training",
            ("What happened", "People", "Share of those due"),
            tuple((name, f"{n:,}", _share(n, given.assigned)) for name, n in rows),
            numeric=(1, 2),
        ),
    )


def _share(count: int, whole: int) -> str:
    return f"{100 * count / whole:.0f}%" if whole else "–"


def event_section(results: Results) -> Section:
    """Show the effect by time since training for each outcome."""
    design = results.design
    noun, unit = period_noun(design.period_labels), scale_of(design).unit
    intro = Text(
        f"Difference from {reference(design)}, per 1,000 {unit}, by {noun}s since the "
        "assigned start. The darker range is for each point alone; the lighter band is wide enough "
        "for the whole curve at once, and is the one to use when looking for a pattern. "
        "Single points give no verdict."
    )
    if design.assignment == "observational":
        intro = Text(
            f"{intro.text} Points left of zero are before training: if they are not near zero, the "
            "groups were already on different paths."
        )
    blocks: list[Block] = [intro]
    for number, outcome in enumerate(results.outcomes, 1):
        blocks.append(_event_block(outcome, number, noun, unit))
    return Section("over-time", "How the difference develops over time", tuple(blocks))


def _event_block(outcome: OutcomeResult, number: int, noun: str, unit: str) -> Block:
    rows = [_lag_row(row) for row in outcome.event_study]
    name = outcome.label
    if all(row.empty for row in rows):
        return Text(f"For {name} nothing can be drawn: the counts do not vary.")
    said = _curve_in_words(rows, noun)
    lags = f"{rows[0].lag} to {rows[-1].lag}" if len(rows) > 1 else str(rows[0].lag)
    title = f"{shown_name(outcome.label)}: difference per 1,000 {unit}"
    drawing = Drawing(
        f"event-{number}",
        draw(event_plot(rows, noun, WIDE)),
        draw(event_plot(rows, noun, NARROW)),
        f"Difference in {name} at {noun}s {lags} since the assigned start of training, with range "
        f"and band. {said}",
    )
    table = Table(
        caption=title,
        columns=(f"{noun.capitalize()}s since start", "People", "Difference", "Range", "Band"),
        rows=tuple(_event_cells(row) for row in outcome.event_study),
        numeric=(1, 2, 3, 4),
    )
    return Figure(title, said, (drawing,), table)


def _curve_in_words(rows: list[LagRow], noun: str) -> str:
    left_out = sum(r.empty for r in rows)
    rows = [r for r in rows if not r.empty]
    outside = [str(r.lag) for r in rows if r.band_low > 0 or r.band_high < 0]
    shown = listed(outside) if len(outside) < 7 else f"{', '.join(outside[:6])} and others"
    texts = [
        f"The band excludes zero at {noun}{'s' if len(outside) > 1 else ''} {shown}."
        if outside
        else f"The band includes zero at every {noun}."
    ]
    low, high = rate_domain(rows)
    if any(r.band_low < low or r.band_high > high for r in rows):
        beyond = any(not low <= r.estimate <= high for r in rows)
        texts.append(
            "Where few people are left to compare, ranges are wide and leave the picture"
            f"{' (triangles: points beyond it)' if beyond else ''}; the numbers are in the table."
        )
    if left_out:
        texts.append(
            f"{plural(left_out, noun)} without any count to compare "
            f"{'is' if left_out == 1 else 'are'} not drawn: no count is not certainty."
        )
    return " ".join(texts)


def _lag_row(row: EventStudyRow) -> LagRow:
    values = (row.estimate, row.ci_low, row.ci_high, row.band_low, row.band_high)
    estimate, low, high, band_low, band_high = (round(PER * v, 4) for v in values)
    tip = f"{row.lag}: {_signed(row.estimate)} ({_signed(row.ci_low)} to {_signed(row.ci_high)})"
    empty = row.se_neyman <= NO_SPREAD
    return LagRow(row.lag, row.n_units, empty, estimate, low, high, band_low, band_high, tip)


def _event_cells(row: EventStudyRow) -> tuple[str, ...]:
    return (
        str(row.lag),
        f"{row.n_units:,}",
        _signed(row.estimate),
        f"{_signed(row.ci_low)} to {_signed(row.ci_high)}",
        f"{_signed(row.band_low)} to {_signed(row.band_high)}",
    )


def _signed(value: float) -> str:
    return signed(rate(value), value)
