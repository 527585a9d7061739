import json

import pytest

from stepdown.evaluation.evaluate import evaluate_study
from stepdown.evaluation.results_file import write_results
from stepdown.evaluation.verify import verify
from stepdown.problems import InputProblems

from .plans import plan, write_study
from .test_evaluate import big_panel


@pytest.fixture
def published(tmp_path):
    study = write_study(tmp_path, plan(), big_panel(effect=0.4))
    results = evaluate_study(study, draws=120, seed=7)
    return study, write_results(results, tmp_path / "out")


def test_what_was_published_comes_out_again_with_any_number_of_workers(published):
    study, path = published
    assert verify(path) == []
    assert verify(path, study, workers=2) == []


def test_a_number_that_was_changed_is_named(published):
    _, path = published
    record = json.loads(path.read_text())
    record["outcomes"][0]["estimates"][0]["estimate"] *= 1.01
    path.write_text(json.dumps(record))
    assert [d.where for d in verify(path)] == ["outcomes[0].estimates[0].estimate"]


def test_other_data_are_noticed(published):
    study, path = published
    write_study(study.parent, plan(), big_panel(effect=0.4, seed=4))
    where = {d.where for d in verify(path)}
    assert "provenance.data[0].sha256" in where
    assert any(w.startswith("outcomes[0].estimates") for w in where)


def test_rounding_in_the_last_digits_is_no_difference(published):
    _, path = published
    record = json.loads(path.read_text())
    record["outcomes"][0]["baseline_mean"] *= 1 + 1e-12
    path.write_text(json.dumps(record))
    assert verify(path) == []


def test_a_study_file_that_is_gone_is_asked_for(published, monkeypatch, tmp_path_factory):
    study, path = published
    study.unlink()
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(InputProblems, match="stepdown evaluate STUDY --verify RESULTS"):
        verify(path)
