"""The evidence ladder as a summary: for each rung what was studied, how well, and which way."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.evidence.shown import percent_of
from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.synthesis import Group, groups_of
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import OUTCOMES, RUNGS, SECTOR_WORDS

GAP_SECTORS = ("police", "health_care", "security", "schools", "citizens")
"""Where a missing study is a gap to be drawn."""


@dataclass(frozen=True, slots=True)
class OutcomeSummary:
    """What single studies say on one outcome in one sector, a row per study.

    `smallest` and `largest` are the rows with the least and the greatest percent change toward
    benefit, None where no row has one.
    """

    outcome: str
    sector: str
    groups: tuple[Group, ...]

    @property
    def rows(self) -> tuple[StudyRow, ...]:
        """All rows, strongest designs first."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def randomised(self) -> int:
        """How many are randomised trials."""
        return sum(len(g.rows) for g in self.groups if g.design == "randomised")

    @property
    def low_risk(self) -> int:
        """How many are at low risk of bias, as we judge it."""
        return sum(row.bias == "low" for row in self.rows)

    def on_side(self, side: str) -> tuple[StudyRow, ...]:
        """Return the rows whose estimate lies on a side: `better`, `worse` or `unknown`."""
        return tuple(r for r in self.rows if r.side == side)

    @property
    def clear(self) -> tuple[StudyRow, ...]:
        """Rows that say of themselves that they differ clearly."""
        return tuple(r for r in self.rows if r.direction in ("better", "worse"))

    @property
    def extremes(self) -> tuple[StudyRow, StudyRow] | None:
        """Rows with the lowest and the highest published percent change."""
        sized = [(p, r) for r in self.rows if (p := percent_of(r)) is not None]
        if not sized:
            return None
        ordered = sorted(sized, key=lambda pair: pair[0])
        return ordered[0][1], ordered[-1][1]


@dataclass(frozen=True, slots=True)
class RungSummary:
    """One rung: its outcomes by sector, and the sectors in which nobody has looked."""

    rung: str
    outcomes: tuple[OutcomeSummary, ...]
    gaps: tuple[str, ...]


def climb(evidence: Evidence) -> tuple[RungSummary, ...]:
    """Summarise the table rung by rung, lowest first."""
    found = []
    for rung in RUNGS:
        summaries = tuple(
            OutcomeSummary(outcome.name, sector, groups)
            for outcome in OUTCOMES.values()
            if outcome.rung == rung
            for sector in SECTOR_WORDS
            if (groups := _in_sector(evidence, outcome.name, sector))
        )
        seen = {s.sector for s in summaries}
        found.append(RungSummary(rung, summaries, tuple(s for s in GAP_SECTORS if s not in seen)))
    return tuple(found)


def _in_sector(evidence: Evidence, outcome: str, sector: str) -> tuple[Group, ...]:
    return tuple(g for g in groups_of(evidence, outcome) if g.sector == sector)
