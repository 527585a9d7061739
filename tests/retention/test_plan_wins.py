"""What benchmarks/refreshers.md publishes holds in small, too: fewer people, one refit of few."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "refreshers.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refreshers_benchmark", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_plan_wins_over_yearly_and_loses_little_with_a_wrong_prior(bench, monkeypatch):
    monkeypatch.setattr(bench, "REFITS", {5})
    truth = bench.Truth(people=250, fitted_on=60)
    (found,) = bench.compared([truth], bench.FEW_ROWS, [1])
    assert found.less("yearly") >= 0.1
    assert found.less("lowest") >= 0.4
    assert found.less("yearly", "reversed") >= -0.02


@pytest.mark.parametrize("hours", [4.0, 8.0, 16.0])
@pytest.mark.parametrize("together", [False, True])
def test_every_way_without_a_plan_uses_the_same_hours(bench, hours, together):
    truth = bench.Truth(people=100, hours=hours, together=together)
    ways = [("none", "right"), ("yearly", "right"), ("lowest", "right"), ("oracle", "right")]
    (found,) = bench.compared([truth], ways, [1])
    assert found.used[0, 1:3] == pytest.approx([1.0, 1.0], abs=0.02)
    assert found.used[0, 3] <= 1.0
    assert found.used[0, 0] == 0.0


def test_a_way_with_more_hours_than_others_is_refused(bench, monkeypatch):
    class Greedy(bench.Nothing):
        def choose(self, month, hours):
            return np.ones(self.world.half.shape, bool)

    for way, told in ((Greedy, "yearly used"), (bench.Nothing, "yearly used 0.000")):
        monkeypatch.setitem(bench.WAYS, "yearly", way)
        rows = [(name, "right") for name in ("none", "yearly", "oracle")]
        with pytest.raises(ValueError, match=told):
            bench.compared([bench.Truth(people=20)], rows, [1])


def test_with_an_hour_a_year_for_each_technique_everybody_comes_once_a_year(bench):
    world = bench.World(bench.Truth(people=240), 1)
    yearly = bench.Yearly(world, "right")
    visits = np.zeros(240)
    for month in range(12, 48):
        chosen = yearly.choose(month, world.a_month)
        assert (chosen.all(axis=1) == chosen.any(axis=1)).sum() >= 238
        visits += chosen.mean(axis=1)
        world.refresh(month, chosen)
    assert visits == pytest.approx(np.full(240, 3.0))


@pytest.mark.parametrize("shape", ["power", "exponential", "s-shaped", "half-kept"])
def test_of_every_curve_what_lasts_and_the_area_are_those_of_what_is_left(bench, shape):
    world = bench.World(bench.Truth(people=3, shape=shape, power=0.7), 1)
    lasts = world.lasts()
    assert world.shape.left(lasts / world.half) == pytest.approx(np.full((3, 8), 0.8))
    t = np.linspace(0, 30, 20_001)
    area = np.trapezoid(world.shape.left(t[:, None, None] / world.half), t, axis=0)
    assert world.given(np.full((3, 8), 30.0)) == pytest.approx(area, rel=1e-5)


def test_the_right_prior_is_the_median_over_all_people_there_could_be(bench):
    truth = bench.Truth(people=40_000, group_sd=0.5)
    world = bench.World(truth, 3)
    assert np.median(world.half, axis=0) == pytest.approx(world.technique_half, rel=0.02)


def test_the_report_is_whole_and_says_which_bars_are_missed(bench, monkeypatch):
    class Inline:
        map = staticmethod(map)

    monkeypatch.setattr(bench, "REFITS", set())
    few = bench.Truth(people=24, techniques=3, hours=3.0)
    cases = {"First": few, "Second": replace(few, aim="skill")}
    told = bench.report(cases, {"plenty": replace(few, hours=9.0)}, Inline, seeds=(1,))
    assert told.count("| yearly |") == 3  # two cases, and a column over truths
    assert "| plenty |" in told
    assert "met" in told or "missed" in told
    assert "{" not in told
