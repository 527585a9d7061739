from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from stepdown.briefing.same_scene import words
from stepdown.evaluation.same_scene.analyse import analyse
from stepdown.evaluation.same_scene.columns import Columns
from stepdown.evaluation.same_scene.network import pieces
from stepdown.evaluation.same_scene.options import Options
from stepdown.evaluation.same_scene.peers import standing
from stepdown.evaluation.same_scene.posterior import Posterior
from stepdown.evaluation.same_scene.read import read_scenes
from stepdown.evaluation.same_scene.results_file import read_same_scene, write_same_scene
from stepdown.evaluation.same_scene.sample import Tuning, sample
from stepdown.problems import InputProblems
from tests.evaluation.same_scene.cases import COLUMNS, LEVELS, TUNING, agency, write_agency


def test_officers_stand_as_the_draws_say(analysed):
    reading, results = analysed
    scenes = reading.scenes.with_covariates(
        reading.training.trained[reading.scenes.source][:, None]
    )
    posterior = Posterior.of(scenes)
    lam = posterior.split(sample(posterior, 1, TUNING).x)[0]
    found = standing(lam, pieces(scenes))
    assert [o.officer for o in results.officers] == scenes.officers.tolist()
    assert [o.n_scenes for o in results.officers] == scenes.scenes_of_officers.tolist()
    assert [o.n_peers for o in results.officers] == found.n_peers.tolist()
    assert [o.relative_mean for o in results.officers] == pytest.approx(found.relative.tolist())
    assert results.s[:2] == [0.0, 1.0]
    assert results.s == sorted(results.s)
    assert results.diagnostics.good
    assert results.diagnostics.rhat_max <= 1.01


def test_officers_are_found_where_their_truth_lies(analysed):
    made = agency()
    _, results = analysed
    known = results.officers
    truth = made.lam[[o.officer - 1000 for o in known]]
    means = np.array([o.relative_mean for o in known])
    assert np.corrcoef(truth, means)[0, 1] > 0.6
    centred = truth - truth.mean()
    held = [o.relative_low <= t <= o.relative_high for o, t in zip(known, centred, strict=True)]
    assert np.mean(held) > 0.8


def test_training_is_told_with_what_was_tried_beside_it(analysed):
    _, results = analysed
    training = results.training
    assert training.low < -0.8 < training.high
    assert training.beta < 0
    names = [one.name for one in training.sensitivity]
    assert names == [
        "prior N(0, 0.25) instead of N(0, 0.5)",
        "prior N(0, 1) instead of N(0, 0.5)",
        "with time since training",
        "beside years",
    ]
    narrow, wide = training.sensitivity[:2]
    assert abs(narrow.beta) < abs(training.beta) < abs(wide.beta)
    assert [c.name for c in training.sensitivity[2].beside] == ["time since training"]
    assert [c.name for c in training.sensitivity[3].beside] == ["years"]
    assert training.levels.draws == training.attendance.draws == 499
    assert training.levels.statistic < training.levels.expected


def test_lots_leave_less_spread_than_the_record(analysed):
    _, results = analysed
    assert len(results.placebo.permuted) == 2
    assert all(row.sd < results.placebo.real.sd for row in results.placebo.permuted)
    assert results.placebo.p_value == pytest.approx(1 / 3)


def test_the_map_names_nobody_and_links_are_places(analysed):
    _, results = analysed
    net = results.network
    assert len(net.places) == 50
    assert {"x", "y", "scenes", "piece"} == set(type(net.places[0]).model_fields)
    assert all(0 <= end < 50 for link in net.links for end in link)
    assert all(0 <= p.x <= 1 and 0 <= p.y <= 1 for p in net.places)


def test_without_good_draws_no_result_is_given(analysed, tmp_path: Path):
    reading, _ = analysed
    results = analyse(reading, Options(tuning=Tuning(chains=2, draws=20, tune=10), placebo=1))
    assert not results.diagnostics.good
    assert results.diagnostics.reasons
    assert (results.s, results.officers, results.training, results.placebo) == (
        None,
        [],
        None,
        None,
    )
    assert results.network.pieces


def test_training_that_never_meets_the_untrained_is_not_studied(tmp_path: Path):
    path = tmp_path / "force.csv"
    rows = [f"{k},{a},{y},{k % 2}" for k in range(40) for a, y in ((1, k % 3 > 0), (2, k % 3 == 0))]
    path.write_text("id,idOff,y,trained\n" + "\n".join(r.replace("True", "1").replace("False", "0")
                                                       for r in rows) + "\n")  # fmt: skip
    options = Options(Columns(trained="trained"), tuning=TUNING, min_scenes=1)
    results = analyse(read_scenes(path, options), options)
    assert results.training is None
    assert any("training cannot be studied" in w for w in results.warnings)


def test_force_users_alone_say_less(tmp_path: Path):
    path = write_agency(tmp_path / "force.csv", agency())
    columns = Columns("incident", "officer", "force")
    options = Options(columns, LEVELS, True, tuning=TUNING, min_scenes=1)
    everybody = dataclasses.replace(options, force_users_only=False)
    reading, whole = read_scenes(path, options), read_scenes(path, everybody)
    results = analyse(reading, options)
    assert results.levels == ["hands", "weapon", "shot"]
    assert len(results.s) == 3
    assert reading.scenes.n_scenes < whole.scenes.n_scenes
    less = analyse(whole, everybody)

    assert results.diagnostics.good
    assert sum(o.n_peers for o in results.officers) < sum(o.n_peers for o in less.officers)


def test_results_are_written_and_read_back(analysed, tmp_path: Path):
    _, results = analysed
    path = write_same_scene(results, tmp_path / "new")
    assert read_same_scene(path) == results
    path.write_text("{}")
    with pytest.raises(InputProblems, match=r"a same_scene.json written by Stepdown"):
        read_same_scene(path)


def test_without_witnesses_attendance_is_not_tested(tmp_path: Path):
    path = write_agency(tmp_path / "force.csv", agency())
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *(r for r in rows if ",none," not in r)]) + "\n")
    options = Options(COLUMNS, LEVELS, True, tuning=TUNING, randomized=True, permutations=99)
    training = analyse(read_scenes(path, options), options).training
    assert training.attendance is None
    assert training.levels is not None
    assert "cannot be tested" in words.tests_in_words(training)[0]


def test_placebo_trials_that_cannot_be_trusted_do_not_count(analysed):
    _, results = analysed
    bad = [row.model_copy(update={"good": False}) for row in results.placebo.permuted] * 10
    test = results.placebo.model_copy(update={"permuted": bad})
    title, said = words.answer_on_officers(results.model_copy(update={"placebo": test}))
    assert title == "Too few trials by lot to say whether officers differ."
    assert "20 trials with draws that cannot be trusted do not count" in said


def test_a_map_that_leads_nowhere_is_refused(analysed, tmp_path: Path):
    _, results = analysed
    path = write_same_scene(results, tmp_path)
    written = json.loads(path.read_text())
    written["network"]["links"] = [[0, 9999]]
    path.write_text(json.dumps(written))
    with pytest.raises(InputProblems):
        read_same_scene(path)
