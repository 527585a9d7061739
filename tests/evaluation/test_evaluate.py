import math

import jsonschema
import numpy as np
import pytest

from stepdown.evaluation.evaluate import evaluate_study
from stepdown.evaluation.schema import json_schema
from stepdown.problems import InputProblems

from .plans import plan, write_study


def big_panel(effect=0.0, seed=3, late=0, **columns):
    """60 officers in three waves; training removes a share `effect` of the counts."""
    waves = ("4",) * 20 + ("6",) * 20 + ("never",) * 20
    rng = np.random.default_rng(seed)
    level = rng.gamma(4.0, 0.75, len(waves))
    found = []
    for i, wave in enumerate(waves):
        for t in range(1, 11):
            count = rng.poisson(level[i])
            if wave != "never" and t >= int(wave) + late:
                count = rng.binomial(count, 1 - effect)
            row = {"officer": f"o{i:02d}", "month": t, "wave": wave, "force": int(count)}
            found.append(row | {name: values(i, t, rng) for name, values in columns.items()})
    return found


def run(tmp_path, study=None, panel=None, **options):
    path = write_study(tmp_path, study or plan(), panel or big_panel())
    return evaluate_study(path, **{"draws": 200, "seed": 1, **options})


def test_a_large_effect_is_found(tmp_path):
    outcome = run(tmp_path, panel=big_panel(effect=0.7)).outcomes[0]
    assert outcome.verdict.code == "works"
    assert outcome.deciding.estimator == "efficient"
    assert outcome.deciding.percent == pytest.approx(-70, abs=15)
    assert outcome.deciding.randomization.p_value == pytest.approx(1 / 201)


def test_more_can_be_better(tmp_path):
    study = plan()
    study["outcomes"][0] |= {"better": "more", "smallest_effect": "10%"}
    outcome = run(tmp_path, study, big_panel(effect=0.7)).outcomes[0]
    assert outcome.verdict.code == "harm"
    assert outcome.threshold > 0


def test_every_estimator_and_estimand_is_reported_and_one_decides(tmp_path):
    study = plan()
    study["estimands"] = ["calendar", "simple"]
    outcome = run(tmp_path, study).outcomes[0]
    assert len(outcome.estimates) == 8
    assert [(r.estimator, r.estimand) for r in outcome.estimates if r.decides] == [
        ("efficient", "calendar")
    ]
    assert [r.randomization is not None for r in outcome.estimates].count(True) == 1


def test_an_absolute_threshold_is_taken_as_it_is(tmp_path):
    study = plan()
    study["outcomes"][0]["smallest_effect"] = -0.25
    assert run(tmp_path, study).outcomes[0].threshold == -0.25


def test_the_detectable_effect_comes_from_the_error_alone(tmp_path):
    outcome = run(tmp_path).outcomes[0]
    assert outcome.detectable_effect == pytest.approx(2.8015852 * outcome.deciding.se_neyman)
    assert outcome.detectable_percent == pytest.approx(
        100 * outcome.detectable_effect / outcome.baseline_mean
    )


def test_the_same_input_gives_the_same_results_for_any_number_of_workers(tmp_path):
    one, two = (run(tmp_path, workers=n, draws=350) for n in (1, 3))
    assert one == two
    assert one != run(tmp_path, workers=1, draws=350, seed=2)


def test_results_follow_their_published_schema(tmp_path):
    results = run(tmp_path)
    jsonschema.validate(results.model_dump(mode="json"), json_schema("results"))
    assert "NaN" not in results.model_dump_json()


def test_observational_timing_never_works_and_has_no_randomization(tmp_path):
    study = plan()
    study["design"]["assignment"] = "observational"
    results = run(tmp_path, study, big_panel(effect=0.7))
    outcome = results.outcomes[0]
    assert outcome.verdict.code == "cannot_tell"
    assert outcome.verdict.reason == "observational"
    assert outcome.deciding.estimator == "callaway_santanna"
    assert all(row.randomization is None for row in outcome.estimates)
    assert min(row.lag for row in outcome.event_study) < 0
    assert "pre_trend" in {row.kind for row in outcome.robustness}
    assert "cannot show that training" in results.warnings[0]


def test_more_periods_are_offered_only_while_somebody_is_untrained(tmp_path):
    held_back = run(tmp_path).outcomes[0].verdict
    assert held_back.code == "cannot_tell"
    assert held_back.more_periods_searched == 36
    panel = [row | {"wave": row["wave"].replace("never", "9")} for row in big_panel()]
    all_trained = run(tmp_path, panel=panel).outcomes[0].verdict
    assert all_trained.code == "cannot_tell"
    assert (all_trained.more_periods, all_trained.more_periods_searched) == (None, None)


def test_actual_dates_feed_compliance_and_change_no_estimate(tmp_path):
    study = plan()
    study["data"]["trained"] = "came"
    panel = [row | {"came": "" if row["wave"] == "never" else "7"} for row in big_panel()]
    results = run(tmp_path, study, panel)
    assert results.compliance.late == 40
    assert results.compliance.median_delay == 2
    assert results.outcomes == run(tmp_path).outcomes


def test_a_recording_break_gives_the_estimate_on_both_sides(tmp_path):
    study = plan()
    study["design"]["breaks"] = [{"period": 6, "note": "new form"}]
    results = run(tmp_path, study)
    kinds = [row.kind for row in results.outcomes[0].robustness]
    assert kinds == ["break_before", "break_after", "without_top", "poisson", "placebo"]
    assert results.design.breaks[0].period == 6


def test_exposure_gives_a_rate_and_the_effect_on_itself(tmp_path):
    study = plan()
    study["data"]["exposure"] = "hours"
    panel = big_panel(hours=lambda i, t, rng: 150 + (i + t) % 7)
    kinds = [row.kind for row in run(tmp_path, study, panel).outcomes[0].robustness]
    assert kinds == ["per_exposure", "exposure", "without_top", "poisson", "placebo"]


def test_clusters_are_the_units_when_they_were_drawn(tmp_path):
    study = plan()
    study["data"]["cluster"] = "squad"
    study["design"]["level"] = "cluster"
    panel = big_panel(squad=lambda i, t, rng: f"squad {i // 5}")
    results = run(tmp_path, study, panel, draws=40_000)
    assert (results.design.n_units, results.design.n_people) == (12, 60)
    test = results.outcomes[0].deciding.randomization
    assert test.exact
    assert test.draws == math.factorial(12) // math.factorial(4) ** 3


def test_counts_only_are_counted_before_and_after(tmp_path):
    study = plan()
    study["counts_only"] = [{"name": "deaths", "unit_of_count": "person"}]
    panel = big_panel(deaths=lambda i, t, rng: int(i == 0 and t in (2, 5, 6)))
    found = run(tmp_path, study, panel).counts_only[0]
    assert (found.total, found.before, found.after) == (3, 1, 2)
    assert found.unit_periods_before + found.unit_periods_after == 600


def test_waves_that_were_not_drawn_raise_a_warning(tmp_path):
    panel = big_panel()
    for row in panel:
        row["force"] += 4 * (row["wave"] == "4")
    assert any("waves already differed" in w for w in run(tmp_path, panel=panel).warnings)


def test_the_data_account_ends_with_the_analysed_units(tmp_path):
    panel = [row for row in big_panel() if not (row["officer"] == "o03" and row["month"] == 1)]
    results = run(tmp_path, panel=panel)
    last = results.data_account[-1]
    assert (last.units_in, last.units_out) == (60, 59)
    assert results.design.n_units == 59


def test_the_truth_of_simulated_data_stands_beside_the_estimate(tmp_path):
    study = plan()
    study["simulated"] = {"note": "made up", "truth": {"force": -0.5}}
    results = run(tmp_path, study)
    assert results.simulated == "made up"
    assert results.outcomes[0].truth == -0.5


@pytest.mark.parametrize("outcome", ["complaints", "force", "sustained"])
def test_chicago_from_file_to_results(chicago_file, tmp_path, outcome):
    study = tmp_path / "study.yaml"
    study.write_text(
        f"""
title: Procedural justice training, Chicago
data: {{panel: '{chicago_file}', unit: uid, period: period, assigned: first_trained}}
design: {{assignment: randomized, level: unit, breaks: [{{period: 63, note: recording changed}}]}}
outcomes:
  - {{name: {outcome}, better: fewer, smallest_effect: -10%, unit_of_count: report}}
estimands: [simple, cohort, calendar]
"""
    )
    results = evaluate_study(study, draws=99)
    found = results.outcomes[0]
    assert (found.n_units, found.n_periods, found.n_cohorts) == (7785, 72, 48)
    assert found.verdict.code == "cannot_tell"
    assert found.verdict.more_periods_searched is None
    assert results.design.untrained_at_end == 0


def test_the_limits_tell_who_is_not_in_the_comparison(tmp_path):
    study = plan()
    study["limits"] = ["Reports are written by the officers themselves."]
    own, everybody = run(tmp_path, study).limits
    assert own.startswith("Reports")
    assert "nothing is known about them" in everybody
    panel = [row for row in big_panel() if not (row["officer"] == "o03" and row["month"] == 1)]
    assert "1 people with an assigned date" in run(tmp_path, panel=panel).limits[0]


def test_an_outcome_is_called_by_its_label_or_its_name_in_words(tmp_path):
    study = plan()
    assert run(tmp_path, study).outcomes[0].label == "force"
    study["outcomes"][0]["label"] = "use of force"
    assert run(tmp_path, study).outcomes[0].label == "use of force"


def raw_study(folder, unknown):
    """Raw tables of 30 people; `unknown` of the 90 incidents name somebody else."""
    people = ["officer,start,end,wave"] + [
        f"o{i:02d},2020-01-01,,{('2023-03-01', '2023-05-01', 'never')[i % 3]}" for i in range(30)
    ]
    incidents = ["officer,day"] + [
        f"{'O' if n < unknown else 'o'}{n % 30:02d},2023-0{1 + n % 6}-15" for n in range(90)
    ]
    (folder / "people.csv").write_text("\n".join(people))
    (folder / "incidents.csv").write_text("\n".join(incidents))
    path = folder / "study.yaml"
    path.write_text(
        """
title: Raw tables
data:
  people: {file: people.csv, unit: officer, start: start, end: end, assigned: wave}
  incidents: [{file: incidents.csv, unit: officer, date: day, counts_as: force}]
  first: 2023-01
  last: 2023-06
design: {assignment: randomized}
outcomes: [{name: force, smallest_effect: -10%, unit_of_count: report}]
"""
    )
    return path


def test_incidents_of_people_nobody_knows_raise_a_warning(tmp_path):
    warnings = evaluate_study(raw_study(tmp_path, unknown=9), draws=50).warnings
    assert "9 of 90 rows of incidents.csv are not counted" in warnings[0]
    assert "in two ways" in warnings[0]
    warnings = evaluate_study(raw_study(tmp_path, unknown=1), draws=50).warnings
    assert not any("incidents.csv" in w for w in warnings)


def test_compliance_and_answer_are_about_the_same_people(tmp_path):
    study = plan()
    study["data"]["trained"] = "came"
    panel = [row | {"came": "" if row["wave"] == "never" else "7"} for row in big_panel()]
    panel = [row for row in panel if not (row["officer"] == "o03" and row["month"] == 1)]
    assert run(tmp_path, study, panel).compliance.assigned == 39


def test_where_before_and_after_cancel_exactly_the_verdict_is_that_nothing_varies(tmp_path):
    panel = big_panel()
    for row in panel:
        row["force"] = int(row["officer"][1:]) % 7  # the same in every month
    verdict = run(tmp_path, panel=panel).outcomes[0].verdict
    assert (verdict.code, verdict.reason) == ("cannot_tell", "no_variation")


def test_a_comparison_with_a_handful_of_people_raises_a_warning(tmp_path):
    panel = [row for row in big_panel() if row["wave"] != "never" or row["officer"] < "o45"]
    assert any("fewer than 20 units" in w for w in run(tmp_path, panel=panel).warnings)
    assert not any("fewer than 20 units" in w for w in run(tmp_path).warnings)


def watched(role="safety", **fields):
    """Return a plan with force and two more outcomes of a role."""
    study = plan()
    study["outcomes"][0]["role"] = "primary"
    yard = {"margin": "+30%"} if role == "safety" else {"smallest_effect": "-30%"}
    study["outcomes"] += [
        {"name": name, "role": role, "unit_of_count": "injured officer", **yard, **fields}
        for name in ("injury", "complaints")
    ]
    return study


def steady(i, t, rng):
    return int(rng.poisson(6))


def rising(i, t, rng):
    return int(rng.poisson(4 if i >= 40 or t < (4 if i < 20 else 6) else 9))


def test_safe_means_that_every_safety_outcome_was_shown_not_to_be_worse(tmp_path):
    safe = run(tmp_path, watched(), big_panel(injury=steady, complaints=steady))
    assert [o.verdict.code for o in safe.outcomes[1:]] == ["not_worse", "not_worse"]
    assert safe.safety.code == "not_worse"
    mixed = run(tmp_path, watched(), big_panel(injury=rising, complaints=steady))
    assert [o.verdict.code for o in mixed.outcomes[1:]] == ["worse", "not_worse"]
    assert mixed.safety.code == "worse"


def test_a_margin_narrower_than_the_noise_cannot_be_told(tmp_path):
    found = run(tmp_path, watched(margin="+1%"), big_panel(injury=steady, complaints=steady))
    assert "cannot_tell" in [o.verdict.code for o in found.outcomes[1:]]
    assert found.safety.code == "cannot_tell"


def test_without_safety_outcomes_nothing_is_said_of_safety(tmp_path):
    assert run(tmp_path).safety is None


def test_secondary_outcomes_share_their_error_and_the_primary_does_not(tmp_path):
    panel = big_panel(injury=steady, complaints=rising)
    found = run(tmp_path, watched("secondary"), panel, draws=500)
    primary, *others = found.outcomes
    assert primary.deciding.randomization.adjusted_p_value is None
    assert not primary.range.simultaneous
    for outcome in others:
        test = outcome.deciding.randomization
        assert test.adjusted_p_value >= test.p_value
        assert outcome.range.simultaneous
        assert outcome.range.high >= max(outcome.deciding.ci_high, test.ci_high)


def test_a_single_secondary_outcome_is_not_adjusted(tmp_path):
    study = watched("secondary")
    study["outcomes"].pop()
    found = run(tmp_path, study, big_panel(injury=steady))
    assert found.outcomes[1].deciding.randomization.adjusted_p_value is None


def test_spillover_is_estimated_where_the_plan_asks_for_it(tmp_path):
    study = plan()
    study["data"]["cluster"] = "squad"
    study["design"]["spillover"] = True
    panel = big_panel(squad=lambda i, t, rng: f"squad {i % 15}")
    rows = run(tmp_path, study, panel).outcomes[0].robustness
    assert [r.estimate is not None for r in rows if r.kind == "spillover"] == [True]


def test_spillover_needs_to_know_who_works_with_whom(tmp_path):
    study = plan()
    study["design"]["spillover"] = True
    with pytest.raises(InputProblems, match="no `cluster` column"):
        run(tmp_path, study)


def test_six_clusters_are_compared_with_every_way_to_draw_them(tmp_path):
    study = plan()
    study["data"]["cluster"] = "district"
    study["design"]["level"] = "cluster"
    panel = big_panel(effect=0.8, district=lambda i, t, rng: f"district {i // 10}")
    outcome = run(tmp_path, study, panel, draws=200).outcomes[0]
    test = outcome.deciding.randomization
    assert (test.exact, test.draws) == (True, 90)
    assert test.mc_error == 0
    assert test.ci_high < 0


def test_too_few_ways_to_draw_give_no_range_and_no_verdict(tmp_path):
    study = plan()
    study["data"]["cluster"] = "half"
    study["design"]["level"] = "cluster"
    panel = big_panel(effect=0.8, half=lambda i, t, rng: f"half {i // 20}-{i % 2}")
    panel = [row for row in panel if row["wave"] != "6"]
    outcome = run(tmp_path, study, panel).outcomes[0]
    assert outcome.deciding.randomization.smallest_p > 0.05
    assert (outcome.verdict.code, outcome.verdict.reason) == ("cannot_tell", "few_assignments")
    assert outcome.range.low is None
