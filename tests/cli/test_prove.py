import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stepdown import __version__
from stepdown.cli import app
from stepdown.incidents.datasets import DATA_DIR
from tests.evaluation.plans import plan, rows, write_study

FILES = ("results.json", "briefing.html", "briefing.pdf")


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def study(tmp_path):
    return write_study(tmp_path, plan(), rows())


def test_evaluate_writes_results_and_briefing_and_prints_the_verdict(study, tmp_path):
    result = run("evaluate", study, "--out", tmp_path / "out", "--draws", 99)
    assert result.exit_code == 0
    written = json.loads((tmp_path / "out/results.json").read_text())
    assert f"force: {written['outcomes'][0]['verdict']['code']}" in result.stdout
    for name in FILES:
        assert (tmp_path / "out" / name).stat().st_size > 1000
        assert name in result.stdout.replace("\n", "")


def test_with_json_standard_output_is_the_results_alone(study, tmp_path):
    result = run("evaluate", study, "--out", tmp_path / "out", "--draws", 99, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads((tmp_path / "out/results.json").read_text())


def test_the_same_command_gives_the_same_bytes(study, tmp_path):
    for out in ("one", "two"):
        run("evaluate", study, "--out", tmp_path / out, "--draws", 99, "--workers", len(out) - 2)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_bad_input_exits_with_2_and_leaves_earlier_results_alone(study, tmp_path):
    run("evaluate", study, "--out", tmp_path / "out", "--draws", 99)
    before = {name: (tmp_path / "out" / name).read_bytes() for name in FILES}
    study.write_text(study.read_text().replace("randomized", "random"))
    result = run("evaluate", study, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "study.yaml line" in result.stderr
    assert "Traceback" not in result.output
    assert before == {name: (tmp_path / "out" / name).read_bytes() for name in FILES}


def test_bad_input_with_json_is_json_that_lists_the_problems(study, tmp_path):
    study.write_text(study.read_text().replace("randomized", "random"))
    result = run("evaluate", study, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 2
    problem = json.loads(result.stdout)["problems"][0]
    assert set(problem) == {"where", "given", "expected", "fix"}


def test_check_passes_a_draw_and_shows_no_effect(study):
    result = run("check", study, "--draws", 99, "--json")
    assert result.exit_code == 0
    assert "estimate" not in result.stdout
    assert json.loads(result.stdout)["passed"] is True


def test_check_fails_with_1_when_the_waves_were_not_drawn(tmp_path):
    panel = [{**r, "force": r["force"] + 9 * (r["wave"] == "3")} for r in rows()]
    result = run("check", write_study(tmp_path, plan(), panel), "--draws", 500)
    assert result.exit_code == 1
    assert "more than the declared draw explains" in result.stdout.replace("\n", " ")


@pytest.mark.parametrize("what", ["study", "results"])
def test_schemas_are_json(what):
    assert json.loads(run("schema", what).stdout)["properties"]["title"]


def test_an_unknown_schema_is_bad_input():
    assert run("schema", "nothing").exit_code == 2


def test_datasets_are_listed_and_fetched_from_the_named_folder(chicago_file, monkeypatch):
    monkeypatch.setenv(DATA_DIR, str(chicago_file.parent))
    listed = json.loads(run("data", "list", "--json").stdout)
    assert listed[0]["here"] == str(chicago_file)
    assert run("data", "fetch", "chicago-pj").stdout.replace("\n", "") == str(chicago_file)


def test_an_unknown_dataset_is_bad_input():
    result = run("data", "fetch", "atlantis")
    assert result.exit_code == 2
    assert "chicago-pj" in result.stderr


def test_demo_shows_the_truth_and_says_it_is_simulated(tmp_path):
    result = run("demo", "--out", tmp_path / "demo", "--draws", 99)
    assert result.exit_code == 0
    assert "imulated" in result.stdout
    results = json.loads((tmp_path / "demo/results.json").read_text())
    assert all(outcome["truth"] is not None for outcome in results["outcomes"])


def test_the_version_is_told():
    assert run("--version").stdout.strip() == f"stepdown {__version__}"


def test_the_installed_command_starts_and_completes():
    command = Path(sys.executable).with_name("stepdown")
    shown = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    assert "--install-completion" in shown.stdout


def test_published_results_are_verified_and_a_changed_one_is_named(study, tmp_path):
    run("evaluate", study, "--out", tmp_path / "out", "--draws", 99)
    path = tmp_path / "out/results.json"
    same = run("evaluate", "--verify", path)
    assert (same.exit_code, "came out again" in same.stdout) == (0, True)
    path.write_text(path.read_text().replace('"events": ', '"events": 1'))
    changed = run("evaluate", study, "--verify", path, "--json")
    assert changed.exit_code == 1
    assert json.loads(changed.stdout)["differences"][0]["where"] == "outcomes[0].events"


def test_results_that_are_none_cannot_be_verified(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    assert run("evaluate", "--verify", tmp_path / "x.json").exit_code == 2


def test_evaluate_asks_for_what_is_missing(study):
    for arguments in (("evaluate",), ("evaluate", study)):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "is missing" in result.output


def test_a_plan_is_registered_once(study):
    first, second = run("register", study), run("register", study)
    assert (first.exit_code, second.exit_code) == (0, 2)
    assert "Give a copy to somebody else" in first.stdout
