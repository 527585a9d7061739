"""Which way studies point and how large they are, outcome by outcome: pooled only where honest."""

from __future__ import annotations

from stepdown.briefing.blocks import Block, Drawing, Figure, Section, Table, Text
from stepdown.briefing.frame import NARROW, WIDE
from stepdown.briefing.numbers import probability
from stepdown.briefing.published.forest_chart import ForestRow, forest_plot
from stepdown.briefing.published.harvest_chart import Bar, HarvestRow, harvest_plot
from stepdown.briefing.published.study_marks import (
    HEIGHT,
    SAYS,
    SHADE,
    placed_name,
    short_name,
    tip_of,
)
from stepdown.briefing.svg import draw
from stepdown.evidence.effects import percent
from stepdown.evidence.pooling import leave_one_out, pool, small_studies
from stepdown.evidence.shown import percent_of, shown_effect
from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.synthesis import Group, groups_of
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import DESIGN_WORDS, OUTCOMES, SECTOR_WORDS

SHOWN = ("force", "restraint", "aggression", "subject_injury", "responder_injury", "complaints",
         "trust")  # fmt: skip
_COLUMN = {"worse": 0, "unknown": 1, "better": 2}

WHAT_DIRECTIONS_SAY = (
    "What counts here is on which side the estimate of a study lies, however unsure, and not "
    "whether it is called significant. A coin would give as lopsided a count as often as the "
    "column “chance” says: 0.05 is one time in twenty. That says nothing about size, and a small "
    "study counts as much as a large one. Studies that give no number have no known side; the last "
    "column shows what would come out whichever way they lay."
)
NOTHING_POOLED = (
    "Nothing can be averaged today. An average of studies needs at least three of the same kind "
    "that published how sure they are, and we could read that of two at most. Without it an "
    "average would rest on invented numbers."
)
WHAT_POOLING_NEEDS = (
    "Studies are averaged only within one outcome, one profession and one strength of design, when "
    "at least three published how sure they are. “In a new place” says where the effect of such "
    "training would lie elsewhere. Method: random effects (REML), intervals by Hartung and Knapp."
)


def directions_section(evidence: Evidence) -> Section:
    """Show the harvest plot and the count of directions."""
    groups = _groups(evidence)
    blocks: tuple[Block, ...] = (Text(WHAT_DIRECTIONS_SAY), _harvest(groups), _counts(groups))
    return Section("directions", "Which way studies point", blocks)


def sizes_section(evidence: Evidence) -> Section:
    """Show published sizes, pools, and where there is no pool, why."""
    groups = _groups(evidence)
    pooled = [g for g in groups if not g.refusal]
    rows = tuple(r.id for g in groups for r in g.rows)
    said = Text(WHAT_POOLING_NEEDS) if pooled else Text(NOTHING_POOLED, rows=rows)
    blocks: list[Block] = [said, *_forests(groups)]
    blocks += [_pools([g for g in groups if g.effects])]
    blocks += [_left_one_out(g) for g in groups if len(g.effects) > 3]
    blocks += [t for g in groups if (t := _small_studies(g)) is not None]
    return Section("sizes", "How large the published effects are", tuple(blocks))


def _groups(evidence: Evidence) -> list[Group]:
    return [g for outcome in SHOWN for g in groups_of(evidence, outcome)]


def _name(group: Group) -> str:
    return f"{_capital(OUTCOMES[group.outcome].words)}, {SECTOR_WORDS[group.sector]}"


def _harvest(groups: list[Group]) -> Figure:
    by_name: dict[str, list[Group]] = {}
    for group in groups:
        by_name.setdefault(_name(group), []).append(group)
    rows = [
        HarvestRow(
            name,
            tuple(
                Bar(_COLUMN[r.side], HEIGHT[r.design_group], SHADE[r.bias], tip_of(r))
                for g in members
                for r in g.rows
            ),
        )
        for name, members in by_name.items()
    ]
    studies = [(name, r) for name, members in by_name.items() for g in members for r in g.rows]
    return Figure(
        title="Harvest plot: one bar per study",
        caption="Height: strength of design, from before and after to comparison without a draw to "
        "randomised trial. Shade: risk of bias, from pale (high) to middle to full (low). The side "
        "is that of the estimate, however unsure; in the middle stand those that tell no side.",
        drawings=(
            Drawing(
                id="harvest",
                wide=draw(harvest_plot(rows, WIDE)),
                narrow=draw(harvest_plot(rows, NARROW)),
                alt=" ".join(_harvest_alt(row) for row in rows),
            ),
        ),
        table=Table(
            caption="The studies in the picture",
            columns=("Study", "Outcome", "Points", "Design", "Risk of bias", "Published"),
            rows=tuple(
                (short_name(r), name, r.side, DESIGN_WORDS[r.design_group],
                 r.bias, shown_effect(r))
                for name, r in studies
            ),
            cites=tuple((r.id,) for _, r in studies),
        ),
    )  # fmt: skip


def _harvest_alt(row: HarvestRow) -> str:
    worse, unclear, better = (sum(b.column == c for b in row.bars) for c in range(3))
    return f"{row.name}: {better} better, {unclear} without a side, {worse} worse."


def _counts(groups: list[Group]) -> Table:
    rows = [(_name(g), DESIGN_WORDS[g.design], *_direction_cells(g)) for g in groups]
    return Table(
        caption="Directions, with the chance that a fair coin gives as lopsided a count",
        columns=("Outcome", "Design", "Estimate points to better", "To worse", "Not known",
                 "Chance of a coin", "If the unknown are counted"),
        rows=tuple(rows),
        numeric=(2, 3, 4, 5, 6),
        cites=tuple(tuple(r.id for r in g.rows) for g in groups),
    )  # fmt: skip


def _direction_cells(group: Group) -> tuple[str, ...]:
    d = group.directions
    chance = "–" if d.p_value is None else probability(d.p_value)
    either = "–"
    if d.unknown and d.p_least is not None and d.p_most is not None:
        either = f"{probability(d.p_least)} to {probability(d.p_most)}"
    return (*(str(len(w)) for w in (d.better, d.worse, d.unknown)), chance, either)


def _forests(groups: list[Group]) -> list[Figure]:
    figures = []
    for outcome in SHOWN:
        members = [g for g in groups if g.outcome == outcome]
        if any(percent_of(r) is not None for g in members for r in g.rows):
            figures.append(_forest(outcome, members))
    return figures


def _forest(outcome: str, members: list[Group]) -> Figure:
    everything = [r for g in members for r in g.rows]
    rows = [_forest_row(row) for row in everything]
    for group in members:
        if not group.refusal:
            rows.append(_pooled_row(group))
    words = OUTCOMES[outcome].words
    return Figure(
        title=f"{_capital(words)}: published sizes",
        caption="Full dot with a bar: estimate with its margin of error. Open dot: no margin was "
        "published where we could read it. Where no number was published, words stand in its place."
        + ("" if all(g.refusal for g in members) else " Diamond: pooled."),
        drawings=(
            Drawing(
                id=f"forest-{outcome.replace('_', '-')}",
                wide=draw(forest_plot(rows, WIDE)),
                narrow=draw(forest_plot(rows, NARROW)),
                alt=" ".join(f"{r.tip}." for r in rows),
            ),
        ),
        table=Table(
            caption=f"{_capital(words)}: the numbers",
            columns=("Study", "Design", "Published", "Risk of bias", "Certainty of the number"),
            rows=tuple(
                (placed_name(r), DESIGN_WORDS[r.design_group],
                 shown_effect(r), r.bias, r.confidence)
                for r in everything
            ),
            cites=tuple((r.id,) for r in everything),
        ),
    )  # fmt: skip


def _forest_row(row: StudyRow) -> ForestRow:
    low, high = _ends(row)
    label = f"{placed_name(row)}, {DESIGN_WORDS[row.design_group]}"
    return ForestRow(
        label, percent_of(row), low, high, row.design_group == "randomised",
        f"{label}: {shown_effect(row)}", words=f"{SAYS[row.direction]}, no rate published",
    )  # fmt: skip


def _ends(row: StudyRow) -> tuple[float | None, float | None]:
    if row.low is None or row.high is None:
        return None, None
    if row.scale == "percent_change":
        return row.low, row.high
    return 100 * (row.low - 1), 100 * (row.high - 1)


def _pooled_row(group: Group) -> ForestRow:
    found = pool(group.effects)
    label = f"Pooled: {SECTOR_WORDS[group.sector]}, {DESIGN_WORDS[group.design]}"
    middle, low, high = (percent(v) for v in (found.mean, found.low, found.high))
    return ForestRow(
        label, middle, low, high, group.design == "randomised",
        f"{label}: {middle:+.0f}% ({low:+.0f}% to {high:+.0f}%)", pooled=True,
    )  # fmt: skip


def _pools(groups: list[Group]) -> Table:
    rows = []
    for group in groups:
        k = f"{len(group.effects)} of {len(group.rows)}"
        rows.append((_name(group), DESIGN_WORDS[group.design], k, *_pool_cells(group)))
    return Table(
        caption="Studies that published how sure they are, of all of their kind",
        columns=("Outcome", "Design", "Studies", "Pooled (95% interval)", "In a new place",
                 "Between studies"),
        rows=tuple(rows),
        cites=tuple(tuple(r.id for r in g.rows) for g in groups),
    )  # fmt: skip


def _pool_cells(group: Group) -> tuple[str, str, str]:
    if group.refusal:
        return "not pooled", "–", "–"
    found = pool(group.effects)
    ends = [_signed(percent(v)) for v in (found.mean, found.low, found.high,
            found.prediction_low, found.prediction_high)]  # fmt: skip
    return (
        f"{ends[0]} ({ends[1]} to {ends[2]})",
        f"{ends[3]} to {ends[4]}",
        f"I² {found.i2:.0f}%, tau {found.tau2**0.5:.2f}",
    )


def _left_one_out(group: Group) -> Table:
    return Table(
        caption=f"{_name(group)}, {DESIGN_WORDS[group.design]}: pooled without one study in turn",
        columns=("Without", "Pooled", "95% interval"),
        rows=tuple(
            (w.row, _signed(percent(w.pool.mean)),
             f"{_signed(percent(w.pool.low))} to {_signed(percent(w.pool.high))}")
            for w in leave_one_out(group.effects)
        ),
        cites=tuple(tuple(e.row for e in group.effects) for _ in group.effects),
    )  # fmt: skip


def _small_studies(group: Group) -> Text | None:
    if len(group.effects) < 10:
        return None
    found = small_studies(group.effects)
    if found is None:
        return None
    return Text(
        f"Do small studies find more? Slope on the standard error {found.slope:.2f}, "
        f"p = {probability(found.p_value)}.",
        lead=f"{_name(group)}.",
        rows=tuple(e.row for e in group.effects),
    )


def _signed(value: float) -> str:
    return f"{value:+.0f}%".replace("-", "−")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
