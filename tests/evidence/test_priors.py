from __future__ import annotations

import math
from pathlib import Path

import pytest

from stepdown.evidence.pooling import pool
from stepdown.evidence.priors import DISCOUNT, published
from stepdown.evidence.synthesis import groups_of
from stepdown.evidence.table import read_evidence
from tests.evidence.rows import another, write

NOTHING = {"scale": "none", "effect": "", "low": "", "high": "", "level": "",
           "direction": "no_clear_difference"}  # fmt: skip


def test_officer_injuries_have_one_size_and_nulls_that_give_none() -> None:
    found = published(read_evidence(), "responder_injury", "police")
    assert found is not None
    assert (found.low, found.high, found.half) == pytest.approx((-36.0, -36.0, -18.0))
    assert found.largest == "engel2022_lmpd_off"
    assert set(found.nulls) == {"white2023_tempe_off", "sanders2024_ppst_off"}
    assert [b.name for b in found.beliefs] == ["flat", "sceptical", "evidence"]
    flat, sceptical, evidence = found.beliefs
    assert flat.sd is None
    assert (sceptical.mean, sceptical.sd) == pytest.approx((0, 0.13566), abs=1e-5)
    assert evidence.mean == pytest.approx(math.log(0.64) / 3)
    spread = math.sqrt(4 / 3) * abs(math.log(0.64)) / math.sqrt(3)
    assert evidence.sd == pytest.approx(spread)


def test_more_results_of_one_kind_make_the_belief_surer(tmp_path: Path) -> None:
    bare = {"low": "", "high": "", "level": ""}
    few = [another(1, **bare), another(2, effect=-30, **bare)]
    many = few + [another(n, effect=-20, **bare) for n in range(3, 9)]
    beliefs = []
    for name, rows in (("few", few), ("many", many)):
        found = published(read_evidence(write(tmp_path / f"{name}.csv", *rows)), "force", "police")
        assert found is not None
        beliefs.append(found.beliefs[2])
    assert (beliefs[1].sd or 0) <= (beliefs[0].sd or 0)


def test_harmful_evidence_gives_a_belief_like_any_other(tmp_path: Path) -> None:
    rows = [another(1, effect=20, low=1, high=42.6, direction="worse")]
    found = published(read_evidence(write(tmp_path / "t.csv", *rows)), "force", "police")
    assert found is not None
    assert found.largest is None
    assert all(b.sd is None or b.sd > 0 for b in found.beliefs)
    assert found.beliefs[2].mean > 0


def test_nothing_published_gives_no_beliefs() -> None:
    assert published(read_evidence(), "deaths", "police") is None
    assert published(read_evidence(), "force", "citizens") is None


def test_three_trials_with_intervals_give_their_prediction_interval(tmp_path: Path) -> None:
    evidence = read_evidence(
        write(tmp_path / "t.csv", another(1), another(2, effect=-20, low=-32, high=-6),
              another(3, effect=-5, low=-15, high=6.2)),
    )  # fmt: skip
    found = published(evidence, "force", "police")
    (group,) = groups_of(evidence, "force")
    pooled = pool(group.effects)
    assert found is not None
    belief = found.beliefs[2]
    assert belief.mean == pooled.mean
    assert belief.sd is not None
    assert belief.mean + 1.959963984540054 * belief.sd == pytest.approx(pooled.prediction_high)


def test_studies_without_a_draw_enter_the_belief_discounted(tmp_path: Path) -> None:
    robins = "; ".join(f"{d}=serious: xyz" for d in (
        "confounding", "selection", "classification", "deviations", "missing", "measurement",
        "reporting"))  # fmt: skip
    observed = {"design_group": "controlled", "bias_tool": "ROBINS-I", "bias": "serious",
                "bias_reasons": robins, "effect": -50,
                "low": "", "high": "", "level": ""}  # fmt: skip
    evidence = read_evidence(
        write(tmp_path / "t.csv", another(1, **NOTHING), another(3, **observed))
    )
    found = published(evidence, "force", "police")
    assert found is not None
    assert found.beliefs[2].mean == pytest.approx(DISCOUNT * math.log(0.5) / 2)
    assert found.largest is None


def test_published_sizes_are_those_of_randomised_trials() -> None:
    found = published(read_evidence(), "force", "police")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((-28.1, -9))
    assert "mclean2020_t3_uof" in found.nulls
    complaints = published(read_evidence(), "complaints", "police")
    assert complaints is not None
    assert complaints.sized == ("chicago_pj_complaints",)
