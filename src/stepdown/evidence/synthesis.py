"""All studies of one outcome: pooled where that is honest, else counted by direction."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.evidence.directions import Directions, directions
from stepdown.evidence.effects import FEWEST, Effect, LeftOut, effect_of
from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import EFFECT_DESIGNS, OUTCOMES, SECTOR_WORDS


@dataclass(frozen=True, slots=True)
class Group:
    """Studies that may stand together: one outcome, one sector, one strength of design."""

    outcome: str
    sector: str
    design: str
    rows: tuple[StudyRow, ...]

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Rows on the common scale."""
        return tuple(e for r in self.rows if isinstance(e := effect_of(r), Effect))

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Rows that cannot be pooled, and why."""
        return tuple(e for r in self.rows if isinstance(e := effect_of(r), LeftOut))

    @property
    def refusal(self) -> str:
        """Why nothing is pooled; empty where it is."""
        k = len(self.effects)
        if k >= FEWEST:
            return ""
        return (
            f"Not pooled: {k} of {len(self.rows)} "
            f"stud{'y' if len(self.rows) == 1 else 'ies'} published a rate ratio with its "
            "uncertainty, clusters allowed for, where we could read it; at least "
            f"{FEWEST} are needed."
        )

    @property
    def directions(self) -> Directions:
        """Which way the studies point."""
        return directions(self.rows)


def groups_of(evidence: Evidence, outcome: str) -> tuple[Group, ...]:
    """Group the prespecified rows of an outcome by sector and strength of design.

    Police, health care and others stay apart, and randomised trials apart from the rest. Studies
    of something else than training are left out.
    """
    if outcome not in OUTCOMES:
        raise KeyError(outcome)
    found = []
    for sector in SECTOR_WORDS:
        for design in EFFECT_DESIGNS:
            rows = tuple(
                r for r in evidence.rows
                if r.prespecified == "yes"
                and (r.outcome_group, r.sector, r.design_group) == (outcome, sector, design)
                and r.intervention in ("training", "programme")
            )  # fmt: skip
            if rows:
                found.append(Group(outcome, sector, design, rows))
    return tuple(found)
