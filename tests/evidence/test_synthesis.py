from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.evidence.synthesis import groups_of
from stepdown.evidence.table import read_evidence
from tests.evidence.rows import another, write


def test_sectors_and_designs_stay_apart(tmp_path: Path) -> None:
    robins = "; ".join(f"{d}=moderate: xyz" for d in (
        "confounding", "selection", "classification", "deviations", "missing", "measurement",
        "reporting"))  # fmt: skip
    observed = {"design_group": "controlled", "bias_tool": "ROBINS-I", "bias": "moderate",
                "bias_reasons": robins}  # fmt: skip
    evidence = read_evidence(
        write(tmp_path / "t.csv", another(1), another(2, sector="health_care"), another(3),
              another(4, **observed), another(5, prespecified="no"),
              another(6, intervention="other"), another(7, outcome_group="complaints")),
    )  # fmt: skip
    found = {(g.sector, g.design): [r.study for r in g.rows] for g in groups_of(evidence, "force")}
    assert found == {
        ("police", "randomised"): ["s01x", "s03x"],
        ("police", "controlled"): ["s04x"],
        ("health_care", "randomised"): ["s02x"],
    }
    with pytest.raises(KeyError):
        groups_of(evidence, "fun")


def test_under_three_studies_with_intervals_nothing_is_pooled(tmp_path: Path) -> None:
    bare = {"low": "", "high": "", "level": ""}
    evidence = read_evidence(
        write(tmp_path / "t.csv", another(1), another(2), another(3, **bare), another(4, **bare))
    )
    (group,) = groups_of(evidence, "force")
    assert len(group.effects) == 2
    assert "2 of 4 studies" in group.refusal
    assert [left.row for left in group.left_out] == ["s03x_force", "s04x_force"]


def test_the_shipped_table_pools_nothing_it_must_not() -> None:
    evidence = read_evidence()
    for outcome in ("force", "restraint", "aggression", "subject_injury", "responder_injury"):
        for group in groups_of(evidence, outcome):
            assert bool(group.refusal) == (len(group.effects) < 3)
            assert len({r.study for r in group.rows}) == len(group.rows)
