from __future__ import annotations

import pytest

from stepdown.briefing.ladder import ladder, rung_of
from tests.briefing import cases

ORDER = [
    "delivered",
    "practised skill",
    "observed behaviour",
    "force",
    "injuries",
    "complaints and trust",
]


def test_the_rungs_keep_their_order_and_none_is_skipped() -> None:
    for results in (cases.chicago(), cases.simulated(), cases.observational()):
        assert [rung.name for rung in ladder(results).rungs] == ORDER


def test_rungs_without_data_say_so() -> None:
    rungs = {rung.name: rung for rung in ladder(cases.chicago()).rungs}
    assert not rungs["injuries"].measured
    assert rungs["injuries"].text == "Not measured in this study."
    assert "assigned dates only" in rungs["delivered"].text
    assert rungs["force"].measured


def test_delivery_comes_from_compliance() -> None:
    delivered = ladder(cases.simulated()).rungs[0]
    assert delivered.measured
    assert delivered.text.startswith("962 of 1,000 people due were trained (96%)")


@pytest.mark.parametrize(
    ("name", "unit", "rung"),
    [
        ("use_of_force", "report", "force"),
        ("officer_injuries", "report", "injuries"),
        ("sustained", "complaint", "complaints and trust"),
        ("bwc_score", "video", "observed behaviour"),
        ("arrests", "arrest", "other"),
    ],
)
def test_an_outcome_finds_its_rung(name: str, unit: str, rung: str) -> None:
    assert rung_of(cases.outcome(name, unit_of_count=unit)) == rung


def test_an_outcome_outside_the_ladder_is_still_shown() -> None:
    rungs = ladder(cases.results(cases.outcome("arrests", unit_of_count="arrest"))).rungs
    assert rungs[-1].name == "outside the ladder"
