"""The chapter of a study's briefing: what others found, and the result read beside it."""

from __future__ import annotations

from stepdown.briefing.blocks import Block, Heading, Section, Table, Text
from stepdown.briefing.numbers import span
from stepdown.briefing.published.rows import sources_table
from stepdown.briefing.published.rungs import short_ladder
from stepdown.briefing.sizes import shown_name
from stepdown.evaluation.results import BeliefReading, OutcomeResult, Results
from stepdown.evidence.table import Evidence

WHO = {
    "flat": "No opinion",
    "sceptical": "A doubter",
    "evidence": "Somebody who goes by what was published",
}


def published_section(results: Results, evidence: Evidence) -> Section:
    """Show the ladder of published evidence, then each result beside three beliefs."""
    ladder = short_ladder(evidence)
    blocks: list[Block] = [
        Text(
            "What studies elsewhere found, rung by rung. It is no result of this study, and other "
            "places count force and injuries in other ways. The whole table with its sources: "
            "stepdown evidence report."
        ),
        ladder,
    ]
    read = [o for o in results.outcomes if o.beliefs]
    if read:
        blocks.append(Heading("This result beside what was published"))
        blocks.append(
            Text(
                "Three people look at the same data. One has no opinion, one doubts that training "
                "does anything, one expects what was published. The table shows what each thought "
                "before and thinks now. If they still differ, the data are too few to settle it. "
                "None of this enters the answer on page one."
            )
        )
        blocks += [_table(outcome) for outcome in read]
    used = [n for rung in ladder.rungs for n in rung.rows]
    used += [n for o in read for b in o.beliefs for n in b.rows]
    known = {r.id for r in evidence.rows}
    blocks.append(sources_table(evidence, (n for n in used if n in known)))
    return Section("published", "What was found elsewhere", tuple(blocks))


def _table(outcome: OutcomeResult) -> Table:
    better = "lower" if outcome.better == "fewer" else "higher"
    return Table(
        caption=f"{shown_name(outcome.label)}: three beliefs, before and with these data",
        columns=(
            "Who",
            "Before",
            "With these data",
            f"Chance that it is {better}",
            "Chance that it is worthwhile",
        ),
        rows=tuple(_cells(b) for b in outcome.beliefs),
        numeric=(3, 4),
        cites=tuple(tuple(b.rows) for b in outcome.beliefs),
    )


def _cells(b: BeliefReading) -> tuple[str, ...]:
    before = "anything"
    if b.before_low is not None and b.before_high is not None:
        before = _span(b.before_low, b.before_high)
    worth = "–" if b.probability_worthwhile is None else _chance(b.probability_worthwhile)
    return (
        WHO.get(b.name, b.name),
        f"{before} ({b.how})",
        _span(b.after_low, b.after_high),
        _chance(b.probability_better),
        worth,
    )


def _span(low: float, high: float) -> str:
    return span((f"{abs(low):.0f}%", low), (f"{abs(high):.0f}%", high))


def _chance(value: float) -> str:
    """Write a chance in percent, never as certainty."""
    if value < 0.01:
        return "under 1%"
    return "over 99%" if value > 0.99 else f"{100 * value:.0f}%"
