from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from stepdown.evaluation.study import Study
from stepdown.incidents.demo import DemoAgency, simulate_agency, write_agency
from stepdown.incidents.demo_people import DemoPlan
from stepdown.incidents.load import load_panel
from stepdown.incidents.panel import Panel

TINY = DemoPlan(
    months=8,
    officers=40,
    joining_a_month=1.0,
    leaving_a_month=0.02,
    draw_month=2,
    waves=(3, 5, 7),
    break_month=6,
    late=0.3,
    never=0.1,
    districts={"A": 0.5, "B": 0.5},
    outcomes={
        name: dataclasses.replace(outcome, rate=outcome.rate * 20)
        for name, outcome in DemoPlan().outcomes.items()
    },
)


@pytest.fixture(scope="module")
def agency() -> DemoAgency:
    return simulate_agency()


@pytest.fixture(scope="module")
def study_file(agency: DemoAgency, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_agency(agency, tmp_path_factory.mktemp("parent") / "demo")


@pytest.fixture(scope="module")
def study(study_file: Path) -> Study:
    return Study.model_validate(YAML(typ="safe", pure=True).load(study_file.read_text()))


@pytest.fixture(scope="module")
def panel(study: Study, study_file: Path) -> Panel:
    names = [o.name for o in study.outcomes] + [c.name for c in study.counts_only]
    found, problems = load_panel(study.data, study_file.parent, names)
    assert problems == []
    assert found is not None
    return found


def test_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path: Path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_agency(simulate_agency(seed, TINY), tmp_path / name)
    for file in ("people.csv", "incidents.csv", "hours.csv", "study.yaml"):
        a, b, c = ((tmp_path / folder / file).read_bytes() for folder in "abc")
        assert a == b
        assert a != c


def test_nothing_half_written_is_left_beside_the_files(study_file: Path):
    names = sorted(p.name for p in study_file.parent.iterdir())
    assert names == ["hours.csv", "incidents.csv", "people.csv", "study.yaml"]


def test_levels_are_those_of_published_records(panel: Panel):
    early = panel.present.copy()
    early[:, 10:] = False
    assert panel.counts["force"][early].mean() == pytest.approx(0.040, rel=0.10)
    assert panel.counts["complaints"][panel.present].mean() == pytest.approx(0.038, rel=0.10)
    assert panel.counts["officer_injury"][panel.present].mean() == pytest.approx(0.004, rel=0.25)
    assert panel.exposure[panel.present].mean() == pytest.approx(150, rel=0.05)


def test_a_tenth_of_officers_has_nearly_half_of_force(panel: Panel):
    total = np.sort(panel.counts["force"].sum(axis=1))[::-1]
    assert total[: len(total) // 10].sum() / total.sum() == pytest.approx(0.45, abs=0.04)


def test_the_agency_has_the_size_and_the_window_of_a_real_one(panel: Panel):
    assert panel.present.shape[1] == 48
    assert 3800 <= np.isfinite(panel.assigned).sum() <= 4200
    assert np.isnan(panel.assigned).any()
    assert not panel.present.all()


def test_waves_are_equal_within_every_district(panel: Panel):
    drawn = np.isfinite(panel.assigned)
    waves = np.unique(panel.assigned[drawn])
    assert waves.tolist() == [11, 15, 19, 23, 27, 31, 35, 39, 51]
    whole = panel.present.all(axis=1)
    assert len(np.unique(panel.strata)) == 6
    for district in np.unique(panel.strata):
        here = drawn & (panel.strata == district)
        sizes = [int((here & (panel.assigned == g)).sum()) for g in waves]
        assert max(sizes) - min(sizes) <= 2  # the few who left before the window are not here
        assert min(int((here & whole & (panel.assigned == g)).sum()) for g in waves) >= 5


def test_most_are_trained_on_time_some_late_and_a_few_never(panel: Panel):
    due = panel.present.all(axis=1) & (panel.assigned <= 36)
    delay = panel.trained[due] - panel.assigned[due]
    assert 0.80 <= (delay == 0).mean() <= 0.90
    assert 0.07 <= (delay > 0).mean() <= 0.16
    assert 0.02 <= np.isnan(delay).mean() <= 0.07
    assert not (delay < 0).any()


def test_nobody_is_trained_after_leaving_or_after_the_data_end(agency: DemoAgency):
    known = ~np.isnat(agency.trained)
    assert (agency.trained[known] < agency.plan.starts[-1]).all()
    left = known & ~np.isnat(agency.people.end)
    assert (agency.trained[left] <= agency.people.end[left]).all()


def test_more_force_is_recorded_from_the_break_on_for_the_untrained_too(agency: DemoAgency):
    events, plan = agency.events, agency.plan
    force = np.bincount(events.month[events.kind == "force"], minlength=plan.months)
    hours = agency.hours.sum(axis=0)
    before, after = slice(24, 36), slice(36, 48)
    ratio = (force[after].sum() / hours[after].sum()) / (force[before].sum() / hours[before].sum())
    assert ratio == pytest.approx(1.25, abs=0.15)


def test_training_prevents_the_declared_share(agency: DemoAgency):
    events = agency.events
    for name, outcome in agency.plan.outcomes.items():
        share = events.prevented[events.kind == name].mean()
        assert share == pytest.approx(outcome.effect, abs=0.04)


def test_the_truth_is_about_a_quarter_of_force_and_nothing_for_complaints(agency: DemoAgency):
    assert -0.013 < agency.truth["force"] < -0.008
    assert agency.truth["complaints"] == 0
    assert -0.0008 < agency.truth["officer_injury"] < 0


def test_the_study_file_is_valid_and_says_that_it_is_simulated(study: Study, agency: DemoAgency):
    assert study.design.assignment == "randomized"
    assert study.design.unassigned == "exclude"
    assert study.design.breaks[0].period == "2024-01"
    assert study.simulated is not None
    assert study.simulated.truth["force"] == agency.truth["force"]
    assert "no real officer" in study.simulated.note


def lives(agency: DemoAgency, unit: int, trained: np.datetime64, month: int, kind: str) -> int:
    """Count one officer's events of one kind in one month, one by one."""
    count = 0
    events = agency.events
    for e in range(len(events.unit)):
        if (events.unit[e], events.month[e], events.kind[e]) != (unit, month, kind):
            continue
        lost = events.prevented[e] and not np.isnat(trained) and events.day[e] >= trained
        count += not lost
    return count


@pytest.mark.parametrize("waves", [(3, 5, 7), (3, 5, 12)])
def test_the_truth_equals_potential_outcomes_counted_one_by_one(waves: tuple[int, ...]):
    agency = simulate_agency(3, dataclasses.replace(TINY, waves=waves, officers=25))
    people, plan = agency.people, agency.plan
    who = np.flatnonzero(people.analysed)
    never = np.datetime64("NaT", "D")
    assert len(who) > 10
    total = weight = 0.0
    for g, wave in enumerate(waves[:-1]):
        size = int((people.wave[who] == g).sum())
        for month in range(wave, min(plan.months, waves[-1] - 1) + 1):
            effects = [
                lives(agency, i, people.trained_in[i, g], month - 1, "force")
                - lives(agency, i, never, month - 1, "force")
                for i in who
            ]
            total += size * float(np.mean(effects))
            weight += size
    assert agency.truth["force"] == pytest.approx(total / weight, rel=1e-12)
    assert agency.truth["force"] < 0
