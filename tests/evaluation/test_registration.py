import json
from datetime import UTC, datetime

import pytest

from stepdown.evaluation.evaluate import evaluate_study
from stepdown.evaluation.registration import place_of, register, registered
from stepdown.problems import InputProblems

from .plans import plan, write_study
from .test_evaluate import big_panel

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def test_a_registered_plan_is_kept_with_its_text_hash_and_time(tmp_path):
    study = write_study(tmp_path, plan(), big_panel())
    kept = json.loads(register(study, NOW).read_text())
    assert kept["study"] == study.read_text()
    assert kept["registered"].startswith("2026-01-02T03:04")
    assert registered(study).changes == []


def test_a_plan_needs_no_data_to_be_registered(tmp_path):
    study = write_study(tmp_path, plan(), big_panel())
    for file in tmp_path.glob("*.csv"):
        file.unlink()
    assert register(study, NOW).exists()


def test_a_registration_is_never_overwritten(tmp_path):
    study = write_study(tmp_path, plan(), big_panel())
    before = register(study, NOW).read_bytes()
    with pytest.raises(InputProblems, match="a registration that exists"):
        register(study, NOW)
    assert place_of(study).read_bytes() == before


def test_a_plan_with_mistakes_is_not_registered(tmp_path):
    study = write_study(tmp_path, plan(), big_panel())
    study.write_text(study.read_text().replace("randomized", "random"))
    with pytest.raises(InputProblems):
        register(study, NOW)
    assert not place_of(study).exists()


def test_what_was_changed_since_is_said_in_results_and_warnings(tmp_path):
    study = write_study(tmp_path, plan(), big_panel())
    register(study, NOW)
    same = evaluate_study(study, draws=50, seed=1)
    assert same.provenance.registered.changes == []
    assert not any("changed after" in w for w in same.warnings)
    study.write_text(study.read_text().replace("-10%", "-5%"))
    changed = evaluate_study(study, draws=50, seed=1)
    assert any(line.startswith("-") and "-10%" in line
               for line in changed.provenance.registered.changes)  # fmt: skip
    assert any("changed after it was registered on 2026-01-02" in w for w in changed.warnings)


@pytest.mark.parametrize("text", ["not json", "{}", None])
def test_a_broken_or_forged_registration_is_an_error(tmp_path, text):
    study = write_study(tmp_path, plan(), big_panel())
    place = register(study, NOW)
    place.write_text(text if text else place.read_text().replace("-10%", "-20%"))
    with pytest.raises(InputProblems, match="as `stepdown register` wrote it"):
        registered(study)
