"""What published studies would make one expect, for somebody with data of their own.

Three beliefs about a log rate ratio, always shown together: `flat` (nothing is known), `sceptical`
(most likely no effect) and `evidence` (what was published). They are values to be handed on; what
they do to an estimate is for whoever holds the data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean, stdev

from stepdown.evidence.effects import FEWEST
from stepdown.evidence.pooling import pool
from stepdown.evidence.shown import percent_of
from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.synthesis import Group, groups_of
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import OUTCOMES

DISCOUNT = 0.5
"""Share of a non-randomised study's log ratio that counts. Assumed: they tend to find more."""
LEAST_SD = 0.15
"""Smallest standard deviation of a belief that is not pooled. Assumed."""
SPAN = 1.959963984540054
"""Standard deviations on either side that hold 95 %."""
SCEPTICAL_SD = -math.log(0.8) / 1.6448536269514722
"""5 % for a fall by more than a fifth (after Spiegelhalter 1994; the fifth is assumed)."""


@dataclass(frozen=True, slots=True)
class Belief:
    """A normal belief about a log rate ratio; `sd` is None for the flat one."""

    name: str
    mean: float
    sd: float | None
    how: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What was published on an outcome in a sector, and the three beliefs that follow.

    `low` to `high` (percent) span the sizes in `sized`, randomised trials' if there are any;
    `unsized` gave no size. `largest` is the row of the largest randomised effect toward benefit,
    None without one; `half` is half of it in percent. `nulls` are randomised trials that found no
    clear difference.
    """

    outcome: str
    sector: str
    low: float
    high: float
    sized: tuple[str, ...]
    unsized: tuple[str, ...]
    nulls: tuple[str, ...]
    largest: str | None
    half: float
    beliefs: tuple[Belief, ...]


def published(evidence: Evidence, outcome: str, sector: str) -> Published | None:
    """Sum up the randomised and controlled studies of an outcome; None where none gives a rate."""
    groups = [
        g for g in groups_of(evidence, outcome)
        if g.sector == sector and g.design in ("randomised", "controlled")
    ]  # fmt: skip
    drawn = [r for g in groups if g.design == "randomised" for r in g.rows]
    rows = [r for g in groups for r in g.rows]
    sizes = {r.id: change for r in rows if (change := percent_of(r)) is not None}
    trials = {r.id: sizes[r.id] for r in drawn if r.id in sizes}
    shown = trials or sizes
    if not shown:
        return None
    fewer = OUTCOMES[outcome].better == "fewer"
    toward = {k: v for k, v in trials.items() if (v < 0) == fewer and v != 0}
    largest = max(toward, key=lambda k: abs(toward[k]), default=None)
    return Published(
        outcome, sector, min(shown.values()), max(shown.values()), tuple(shown),
        tuple(r.id for r in (drawn or rows) if r.id not in sizes),
        tuple(r.id for r in drawn if r.direction == "no_clear_difference"),
        largest, toward[largest] / 2 if largest else 0.0,
        (
            Belief("flat", 0.0, None, "every effect alike: the data alone", ()),
            Belief("sceptical", 0.0, SCEPTICAL_SD,
                   "most likely none; 5 % for a fall by more than a fifth", ()),
            _evidence_belief(groups),
        ),
    )  # fmt: skip


def _evidence_belief(groups: list[Group]) -> Belief:
    for group in groups:
        if group.design == "randomised" and len(group.effects) >= FEWEST:
            found = pool(group.effects)
            sd = (found.prediction_high - found.prediction_low) / (2 * SPAN)
            return Belief(
                "evidence", found.mean, sd, "the 95 % prediction interval of the pooled trials",
                tuple(e.row for e in group.effects),
            )  # fmt: skip
    return _unpooled(groups)


def _unpooled(groups: list[Group]) -> Belief:
    """Believe in the mean of published sizes and their spread, as if of one more study.

    A trial that found no clear difference and gives no size counts as none; a study without a draw
    counts with half its log ratio.
    """
    values = {
        row.id: value * (1.0 if group.design == "randomised" else DISCOUNT)
        for group in groups
        for row in group.rows
        if (value := _log_ratio(row)) is not None
    }
    k = len(values)
    spread = stdev(values.values()) * math.sqrt(1 + 1 / k) if k > 1 else 0.0
    return Belief(
        "evidence", fmean(values.values()), max(spread, LEAST_SD),
        f"mean and spread of {k} published results, those without a difference counted as none; "
        "too few gave their uncertainty to pool, so this is an assumption and not a synthesis",
        tuple(values),
    )  # fmt: skip


def _log_ratio(row: StudyRow) -> float | None:
    change = percent_of(row)
    if change is not None:
        return math.log1p(change / 100)
    return 0.0 if row.direction == "no_clear_difference" and row.effect is None else None
