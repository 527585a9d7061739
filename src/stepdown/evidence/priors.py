"""What published studies would make one expect, for somebody with data of their own.

Three beliefs about a log rate ratio, always shown together: `flat` (nothing is known), `sceptical`
(most likely no effect) and `evidence` (what was published). They are values to be handed on; what
they do to an estimate is for whoever holds the data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from stepdown.evidence.effects import FEWEST, percent
from stepdown.evidence.shown import percent_of
from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.synthesis import Group, groups_of
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import OUTCOMES

DISCOUNT = 0.5
"""Share of a non-randomised study's log ratio that counts. Assumed: they tend to find more."""
SPAN = 1.959963984540054
"""Standard deviations on either side that hold 95 %."""
SCEPTICAL_TAIL = 1.6448536269514722
"""Normal quantile of 95 %: 5 % for an effect beyond the largest published (Spiegelhalter 1994)."""


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

    `low` and `high` (percent) span the published point estimates, no difference included where a
    study found none.
    """

    outcome: str
    sector: str
    studies: int
    low: float
    high: float
    rows: tuple[str, ...]
    beliefs: tuple[Belief, ...]


def published(evidence: Evidence, outcome: str, sector: str) -> Published | None:
    """Sum up an outcome in a sector; None where no study of it gives a rate or says "none"."""
    groups = [g for g in groups_of(evidence, outcome) if g.sector == sector]
    randomised = [g for g in groups if g.design == "randomised"]
    values = _values(randomised or groups, discounted=not randomised)
    if not any(v for v in values.values()):
        return None
    others = _values([g for g in groups if g.design == "controlled"], discounted=True)
    everything = {**others, **values}
    low, high = min(everything.values()), max(everything.values())
    low, high = min(low, 0.0), max(high, 0.0)
    rows = tuple(everything)
    extreme = low if OUTCOMES[outcome].better == "fewer" else high
    sceptical = Belief(
        "sceptical", 0.0, abs(extreme) / SCEPTICAL_TAIL,
        "centred on no effect, with 5 % for an effect larger than the largest published", rows,
    )  # fmt: skip
    flat = Belief("flat", 0.0, None, "every effect alike: the data alone", ())
    return Published(
        outcome, sector, len({evidence.row(r).study for r in rows}), percent(low), percent(high),
        rows, (flat, sceptical, _evidence_belief(groups, low, high, rows)),
    )  # fmt: skip


def _evidence_belief(groups: list[Group], low: float, high: float, rows: tuple[str, ...]) -> Belief:
    for group in groups:
        if group.design == "randomised" and len(group.effects) >= FEWEST:
            from stepdown.evidence.pooling import pool  # noqa: PLC0415 - slow to load, seldom used

            found = pool(group.effects)
            sd = (found.prediction_high - found.prediction_low) / (2 * SPAN)
            return Belief(
                "evidence", found.mean, sd, "the 95 % prediction interval of the pooled trials",
                tuple(e.row for e in group.effects),
            )  # fmt: skip
    return Belief(
        "evidence", (low + high) / 2, (high - low) / 2,
        "two in three for the span of published estimates, from the largest to none; too few "
        "published their uncertainty to pool, so this is an assumption and not a synthesis",
        rows,
    )  # fmt: skip


def _values(groups: list[Group], *, discounted: bool) -> dict[str, float]:
    """Log ratios by row; a study that found no difference and gives no number counts as none."""
    found = {}
    for group in groups:
        for row in group.rows:
            value = _log_ratio(row)
            if value is not None:
                found[row.id] = value * (DISCOUNT if discounted else 1.0)
    return found


def _log_ratio(row: StudyRow) -> float | None:
    change = percent_of(row)
    if change is not None:
        return math.log1p(change / 100)
    return 0.0 if row.direction == "no_clear_difference" and row.effect is None else None
