import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import stepdown.scenarios
from stepdown.cli import app
from stepdown.encounter.library import library
from stepdown.encounter.log import read_log
from tests.encounter.test_polcom import DOCUMENT

ACTS = (
    "/tv\n/one voice\nSix hours is too long. I'm sorry.\n/blanket\n/wait 5\n/look\n/nosuch\n"
    "/help\n/moves\n/stop\n"
)


def run(*arguments, typed=None):
    return CliRunner().invoke(app, list(map(str, arguments)), input=typed)


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "a.jsonl"
    done = run(
        "practice", "emergency_room", "--seed", 4, "--log", path, "--no-readings", typed=ACTS
    )
    assert done.exit_code == 0, done.output
    return path


def test_an_encounter_can_be_played_by_typing(tmp_path):
    path = tmp_path / "a.jsonl"
    done = run("practice", "emergency_room", "--seed", 4, "--log", path, typed=ACTS)
    assert done.exit_code == 0, done.output
    assert "988" in done.output
    assert "You can stop at any time" in " ".join(done.output.split())
    assert "There is no /nosuch here" in done.output
    kinds = [e.kind for e in read_log(path)]
    assert kinds[0] == "start"
    assert kinds[-1] == "end"
    assert "say" in kinds


def test_the_crisis_line_is_the_agencys_own(tmp_path, monkeypatch):
    monkeypatch.setenv("STEPDOWN_CRISIS_LINE", "Ring the desk on 4444.")
    done = run("practice", "bridge", "--log", tmp_path / "x.jsonl", typed="/stop\n")
    assert "4444" in done.output
    assert "988" not in done.output


def test_the_end_of_the_input_stops_the_encounter_and_keeps_the_log(tmp_path):
    path = tmp_path / "a.jsonl"
    assert run("practice", "bridge", "--seed", 1, "--log", path, typed="Hello.\n").exit_code == 0
    assert read_log(path)[-1].data["how"] in ("stopped", "self_harm")


def test_readings_are_asked_for_and_logged(tmp_path):
    path = tmp_path / "a.jsonl"
    typed = "/wait 30\n/wait 30\n7\n1\n1\n1\ngive space\n/stop\n"
    run("practice", "brother", "--seed", 3, "--log", path, typed=typed)
    found = [e.data["reading"] for e in read_log(path) if e.kind == "assess"]
    assert found
    assert found[0]["arousal"] == 7
    assert found[0]["next"] == "give space"


def test_in_real_pace_the_clock_runs(tmp_path):
    path = tmp_path / "a.jsonl"
    done = run(
        "practice", "bridge", "--seed", 1, "--pace", "real", "--log", path, typed="Hi.\n/stop\n"
    )
    assert done.exit_code == 0, done.output
    assert read_log(path)[0].data["pace"] == "real"


def test_a_review_is_printed_written_and_given_as_json(log, tmp_path):
    page = tmp_path / "r.html"
    done = run("review", log, "--page", page)
    assert done.exit_code == 0, done.output
    for word in ("Line by line", "domain", "To talk about", "Worth"):
        assert word in done.output
    assert page.read_text().startswith("<!doctype html>")
    found = json.loads(run("review", log, "--json").stdout)
    assert {"outcome", "timeline", "worth", "rubric", "helped", "hurt", "debrief"} <= set(found)


def test_try_again_writes_a_new_log_and_leaves_the_old(log, tmp_path):
    before, path = log.read_bytes(), tmp_path / "again.jsonl"
    done = run("retry", log, "--at", 2, "--to", path, typed="Hello again.\n/stop\n")
    assert done.exit_code == 0, done.output
    assert log.read_bytes() == before
    again = read_log(path)
    assert [e.line() for e in again[:2]] == [e.line() for e in read_log(log)[:2]]
    assert again[2].data["text"] == "Hello again."
    assert run("retry", log, "--at", 999).exit_code == 2


def test_bad_input_is_one_clear_error(tmp_path):
    for arguments in (("practice", "nowhere"), ("review", tmp_path / "no.jsonl"),
                      ("practice", "bridge", "--voice", "nope")):  # fmt: skip
        done = run(*arguments)
        assert done.exit_code == 2, arguments
        assert "Traceback" not in done.output
    (tmp_path / "bad.jsonl").write_text("{}\n")
    done = run("review", tmp_path / "bad.jsonl", "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["problems"]


def test_scenarios_are_listed_and_shown_without_their_answers():
    assert {s["id"] for s in json.loads(run("scenarios", "list", "--json").stdout)} == set(
        library()
    )
    assert "bridge" in run("scenarios", "list").output
    shown = run("scenarios", "show", "car_park").output
    assert "Policy:" in shown
    assert "by_other_means" not in shown
    assert "resolvable" not in json.loads(run("scenarios", "show", "car_park", "--json").stdout)


def test_a_new_scenario_already_plays(tmp_path):
    path = tmp_path / "ward_night.yaml"
    assert run("scenarios", "new", "ward_night", "--out", path).exit_code == 0
    assert run("scenarios", "new", "ward_night", "--out", path).exit_code == 2
    assert run("scenarios", "new", "Bad Id", "--out", tmp_path / "b.yaml").exit_code == 2
    assert not (tmp_path / "b.yaml").exists()
    done = run(
        "practice", path, "--seed", 1, "--log", tmp_path / "x.jsonl", typed="Hello.\n/stop\n"
    )
    assert done.exit_code == 0, done.output


def test_moves_and_the_schema_are_given(tmp_path):
    assert "step_back" in run("scenarios", "moves").output
    assert "step_back" in json.loads(run("scenarios", "moves", "--json").stdout)
    assert json.loads(run("scenarios", "schema").stdout)["title"] == "Scenario"
    assert run("scenarios", "schema", "--out", tmp_path / "s.json").exit_code == 0


def test_a_polcom_scenario_is_read_in_and_played(tmp_path, monkeypatch):
    source, target = tmp_path / "ferry.json", tmp_path / "ferry.yaml"
    source.write_text(json.dumps(DOCUMENT))
    done = run("scenarios", "import", source, "--out", target)
    assert done.exit_code == 0, done.output
    assert "CC BY 4.0" in done.output
    scored = json.loads(run("scenarios", "import", source, "--score-options", "--json").stdout)
    assert set(scored) == {"pair_agreement", "pairs", "length_only_agreement"}
    played = run("practice", target, "--seed", 1, "--log", tmp_path / "p.jsonl", typed="1\n/stop\n")
    assert played.exit_code == 0, played.output
    assert any(e.data.get("choice") == "0.0" for e in read_log(tmp_path / "p.jsonl"))


@pytest.mark.parametrize(
    "typed", ["/wait ²", "/read\n²\n²\n²\n²\n", "/wait 1e9", "²", "/wait -3", "/"]
)
def test_odd_numbers_are_no_crash(tmp_path, typed):
    path = tmp_path / "a.jsonl"
    done = run("practice", "bridge", "--seed", 1, "--log", path, typed=f"{typed}\n/stop\n")
    assert done.exit_code == 0, done.output


def test_leaving_in_the_midst_of_a_question_stops_and_keeps_the_log(tmp_path):
    path = tmp_path / "a.jsonl"
    done = run("practice", "bridge", "--seed", 1, "--log", path, typed="/read\n")
    assert done.exit_code == 0, done.output
    assert read_log(path)[-1].data["how"] == "stopped"


def test_the_first_letters_of_a_move_are_enough_where_they_name_only_one(tmp_path):
    path = tmp_path / "a.jsonl"
    run("practice", "bridge", "--seed", 1, "--log", path, typed="/rad\n/ste\n/stop\n")
    assert [e.data["move"] for e in read_log(path) if e.kind == "move"] == ["radio_off"]


def test_a_check_prints_rates_as_json_and_fails_on_a_wrong_label(tmp_path):
    found = CliRunner().invoke(
        app, ["scenarios", "check", "robbery", "--seeds", "20", "--workers", "1", "--json"]
    )
    assert found.exit_code == 0, found.output
    (scenario,) = json.loads(found.stdout)["scenarios"]
    assert scenario["ok"]
    assert set(scenario["responders"]["skilled"]) == {
        "p_consent", "p_safe_other", "p_force", "p_injury_responder", "p_injury_person",
        "p_injury_other", "median_s",
    }  # fmt: skip
    text = (Path(stepdown.scenarios.__file__).parent / "shop" / "robbery.yaml").read_text()
    wrong = tmp_path / "robbery.yaml"
    wrong.write_text(text.replace("resolvable: by_other_means", "resolvable: by_talk"))
    failed = CliRunner().invoke(app, ["scenarios", "check", str(wrong), "--seeds", "20"])
    assert failed.exit_code == 1
    assert "Label does not hold" in failed.output


def test_a_scripted_encounter_can_be_read():
    read = CliRunner().invoke(app, ["scenarios", "watch", "bus", "--responder", "silent"])
    assert read.exit_code == 0
    assert "time" in read.output or len(read.output.splitlines()) > 5
    unknown = CliRunner().invoke(app, ["scenarios", "watch", "bus", "--responder", "wizard"])
    assert unknown.exit_code == 2


def test_a_log_in_a_language_nobody_hears_is_refused_and_nothing_is_begun(log, tmp_path):
    first, *rest = log.read_text("utf-8").splitlines()
    start = json.loads(first)
    start["scenario"]["language"] = "fr"
    log.write_text("\n".join([json.dumps(start), *rest, ""]), "utf-8")
    refused = run("retry", log, "--at", 1, "--to", tmp_path / "b.jsonl")
    assert refused.exit_code == 2, refused.output
    assert "language" in refused.output
    assert not (tmp_path / "b.jsonl").exists()
