import pytest

from stepdown.evaluation.prepare import prepare_study
from stepdown.problems import InputProblems

from .plans import plan, rows, write_study

SIX = ("3",) * 6 + ("5",) * 6 + ("never",) * 6


def told(tmp_path, study, panel):
    with pytest.raises(InputProblems) as caught:
        prepare_study(write_study(tmp_path, study, panel))
    return [str(p) for p in caught.value.problems]


def only(tmp_path, study, panel):
    found = told(tmp_path, study, panel)
    assert len(found) == 1, found
    return found[0]


def test_a_sound_study_passes(tmp_path):
    prepared = prepare_study(write_study(tmp_path, plan(), rows()))
    assert prepared.sample.n_units == 18
    assert prepared.breaks == []


@pytest.mark.parametrize("wave", ["1", "0", "-2"])
def test_units_trained_before_there_is_a_past_are_refused(tmp_path, wave):
    found = only(tmp_path, plan(), rows(waves=(wave, wave, *SIX)))
    assert "in or before the first period" in found
    assert "o00, o01" in found
    assert "study.yaml line" in found


def test_one_cohort_has_nothing_to_compare_with(tmp_path):
    assert "one cohort" in only(tmp_path, plan(), rows(waves=("3",) * 8))


def test_cohorts_of_one_are_named(tmp_path):
    assert "cohorts of one unit: 4" in only(tmp_path, plan(), rows(waves=("4", *SIX)))


def test_nobody_trained_inside_the_window_is_a_mistake(tmp_path):
    assert "nobody is assigned" in only(tmp_path, plan(), rows(waves=("never",) * 4 + ("99",) * 4))


def test_blank_dates_need_a_rule(tmp_path):
    panel = rows(waves=("", *SIX))
    found = only(tmp_path, plan(), panel)
    assert "no date for o00" in found
    assert "unassigned: never" in found
    study = plan()
    study["design"]["unassigned"] = "exclude"
    assert prepare_study(write_study(tmp_path, study, panel)).sample.n_units == 18
    study["design"]["unassigned"] = "never"
    assert prepare_study(write_study(tmp_path, study, panel)).sample.n_units == 19


def test_a_stratum_without_a_wave_is_named(tmp_path):
    study = plan()
    study["data"]["strata"] = "district"
    strata = ["north"] * 3 + ["south"] * 3 + ["north"] * 6 + ["south"] * 1 + ["north"] * 5
    found = only(tmp_path, study, rows(district=strata))
    assert "south has no units in 5" in found
    assert "south has 1 unit in later or never" in found


def test_clusters_with_two_dates_are_refused(tmp_path):
    study = plan()
    study["data"]["cluster"] = "squad"
    study["design"]["level"] = "cluster"
    squads = ["a", "a", "b", "b", "c", "c"] * 3
    assert "more than one assigned date: a, b, c" in only(tmp_path, study, rows(squad=squads))


def test_an_outcome_without_events_is_refused(tmp_path):
    panel = [{**row, "force": 0} for row in rows()]
    found = only(tmp_path, plan(), panel)
    assert "zero for every unit" in found
    assert "outcomes[0].name" in found


@pytest.mark.parametrize("period", ["7", "0", "1", "2019-04"])
def test_a_break_outside_the_data_is_refused(tmp_path, period):
    study = plan()
    study["design"]["breaks"] = [{"period": period, "note": "new form"}]
    found = only(tmp_path, study, rows())
    assert f"period {period}" in found
    assert "up to 6" in found


def test_deaths_are_refused_as_an_outcome_with_counts_and_reason(tmp_path):
    study = plan()
    study["outcomes"].append(
        {"name": "deaths", "smallest_effect": "-10%", "unit_of_count": "person"}
    )
    panel = [{**row, "deaths": int(n % 40 == 0)} for n, row in enumerate(rows())]
    found = only(tmp_path, study, panel)
    assert "deaths: 3 in the data" in found
    assert "counts_only" in found
    assert "too rare" in found


def test_deaths_as_counts_are_accepted(tmp_path):
    study = plan()
    study["counts_only"] = [{"name": "deaths", "unit_of_count": "person"}]
    panel = [{**row, "deaths": int(n % 40 == 0)} for n, row in enumerate(rows())]
    assert prepare_study(write_study(tmp_path, study, panel)).panel.counts["deaths"].sum() == 3


def test_mistakes_of_plan_and_data_are_told_together(tmp_path):
    study = plan()
    study["outcomes"][0]["smallest_effect"] = "ten"
    study["outcomes"].append(
        {"name": "complaints", "smallest_effect": "-5%", "unit_of_count": "complaint"}
    )
    study["design"]["breaks"] = [{"period": 99, "note": "new form"}]
    found = "\n".join(told(tmp_path, study, rows(waves=("1", *SIX))))
    for part in ("percentage", "complaints", "period 99", "before the first period"):
        assert part in found


def test_nobody_present_all_along_is_a_mistake(tmp_path):
    panel = [r for r in rows() if not (r["month"] == 1 and r["officer"] < "o09")]
    panel = [r for r in panel if not (r["month"] == 6 and r["officer"] >= "o09")]
    assert "no unit is left" in only(tmp_path, plan(), panel)


def test_strata_are_named_rightly_when_one_of_them_is_left_out_altogether(tmp_path):
    study = plan()
    study["data"]["strata"] = "district"
    study["design"]["unassigned"] = "exclude"
    strata = ["away"] * 2 + ["north"] * 3 + ["south"] * 3 + ["north"] * 6 + ["south"] * 6
    found = only(tmp_path, study, rows(waves=("", "", *SIX), district=strata))
    assert "north has no units in later or never" in found
    assert "away" not in found


def test_a_forgotten_percent_sign_is_noticed(tmp_path):
    study = plan()
    study["outcomes"][0]["smallest_effect"] = -10
    assert "for a percentage write -10" in only(tmp_path, study, rows())
