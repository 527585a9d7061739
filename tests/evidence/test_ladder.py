from __future__ import annotations

from stepdown.evidence.ladder import climb
from stepdown.evidence.table import read_evidence
from stepdown.evidence.vocabulary import RUNGS

RUNG = {r.rung: r for r in climb(read_evidence())}


def test_the_rungs_stand_in_their_order_and_none_is_skipped() -> None:
    assert tuple(RUNG) == RUNGS


def test_gaps_are_drawn_as_gaps() -> None:
    assert RUNG["deaths"].outcomes == ()
    assert set(RUNG["deaths"].gaps) >= {"police", "security", "citizens"}
    for rung in RUNG.values():
        assert "citizens" in rung.gaps
        assert "security" in rung.gaps


def test_force_in_the_police_is_counted_by_study() -> None:
    (police,) = [s for s in RUNG["force"].outcomes if (s.outcome, s.sector) == ("force", "police")]
    assert police.randomised == 7
    assert len({r.study for r in police.rows}) == len(police.rows)
    extremes = police.extremes
    assert extremes is not None
    assert extremes[0].id == "goh2021_camden_dept"
    assert "chicago_pj_force" in {r.id for r in police.on_side("better")}
    assert "chicago_pj_force" not in {r.id for r in police.clear}
