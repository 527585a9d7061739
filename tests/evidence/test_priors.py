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


def test_officer_injuries_lie_between_the_largest_published_and_none() -> None:
    found = published(read_evidence(), "responder_injury", "police")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((-36.0, 0.0))
    assert [b.name for b in found.beliefs] == ["flat", "sceptical", "evidence"]
    flat, sceptical, evidence = found.beliefs
    assert flat.sd is None
    assert sceptical.mean == 0
    assert sceptical.sd == pytest.approx(-math.log(0.64) / 1.6448536, rel=1e-6)
    assert (evidence.mean, evidence.sd) == pytest.approx((math.log(0.64) / 2, -math.log(0.64) / 2))


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


def test_studies_without_a_draw_enter_discounted(tmp_path: Path) -> None:
    robins = "; ".join(f"{d}=serious: x" for d in (
        "confounding", "selection", "classification", "deviations", "missing", "measurement",
        "reporting"))  # fmt: skip
    observed = {"design_group": "controlled", "bias_tool": "ROBINS-I", "bias": "serious",
                "bias_reasons": robins, "effect": -50,
                "low": "", "high": "", "level": ""}  # fmt: skip
    evidence = read_evidence(
        write(tmp_path / "t.csv", another(1, **NOTHING), another(2), another(3, **observed))
    )
    found = published(evidence, "force", "police")
    assert found is not None
    assert found.low == pytest.approx(100 * (0.5**DISCOUNT - 1))
    assert found.high == 0


def test_all_published_lies_in_the_span() -> None:
    found = published(read_evidence(), "force", "police")
    assert found is not None
    assert found.low <= -28.1
    assert {"engel2022_lmpd_uof", "mclean2020_t3_uof"} <= set(found.rows)
