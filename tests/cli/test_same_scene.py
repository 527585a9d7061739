from __future__ import annotations

import json
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stepdown.cli import app
from tests.evaluation.plans import plan, rows, write_study
from tests.evaluation.same_scene.cases import agency, write_agency

COLUMNS = ("--incident", "incident", "--officer", "officer", "--level", "force",
           "--levels", "none,hands,weapon,shot")  # fmt: skip
TRAINED = ("--date", "day", "--trained-on", "course", "--randomized")
QUICK = ("--permutations", 199)


def run(*arguments):
    return CliRunner().invoke(app, ["same-scene", *map(str, arguments)])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_agency(tmp_path_factory.mktemp("agency") / "force.csv", agency())


@dataclass(frozen=True)
class Told:
    """What the command said of the agency, and the folder it wrote to."""

    stdout: str
    folder: Path


@pytest.fixture(scope="module")
def told(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("told")
    result = run(data, *COLUMNS, *TRAINED, *QUICK, "--workers", 2, "--out", folder / "out")
    assert result.exit_code == 0, result.output
    return Told(result.stdout, folder / "out")


def test_it_says_what_it_found_and_writes_page_and_numbers(told: Told):
    said = " ".join(told.stdout.split())
    assert "Connected pieces: 1" in said
    assert said.index("Connected pieces") < said.index("Officers:")
    assert "Levels, lowest first: none (" in said
    assert "never an effect of training on the amount of force" in said
    assert sorted(p.name for p in told.folder.iterdir()) == [
        "same_scene.html", "same_scene.json", "same_scene.pdf"]  # fmt: skip


def test_json_stands_alone_and_has_the_published_fields(data: Path, told: Told):
    result = run(data, *COLUMNS, *TRAINED, *QUICK, "--json", "--workers", 1)
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert len(found["s"]) == 4
    assert {"officer", "n_scenes", "n_peers", "p_top5", "p_bottom5", "relative_mean",
            "relative_low", "relative_high"} <= set(found["officers"][0])  # fmt: skip
    assert {"beta", "low", "high"} <= set(found["training"])
    assert {"rhat_max", "ess_min", "divergences", "seconds"} <= set(found["diagnostics"])
    with_two_workers = json.loads((told.folder / "same_scene.json").read_text())
    assert with_two_workers["officers"] == found["officers"]
    assert with_two_workers["training"] == found["training"]


def test_draws_that_cannot_be_trusted_exit_with_1_and_show_nothing(data: Path, tmp_path: Path):
    result = run(data, *COLUMNS, "--chains", 2, "--draws", 20, "--tune", 10, "--out", tmp_path)
    assert result.exit_code == 1
    assert "No results: the draws cannot be trusted" in result.stdout
    assert json.loads((tmp_path / "same_scene.json").read_text())["officers"] == []


def test_bad_input_exits_with_2_and_lists_everything(tmp_path: Path):
    path = tmp_path / "force.csv"
    path.write_text("id,idOff,y\n1,Smith,0\n1,12,1\n1,12,4\n")
    result = run(path, "--out", tmp_path / "out")
    assert result.exit_code == 2
    for part in ("'Smith' in row 2", "nobody at 2, 3", "repeat an officer at a scene"):
        assert part in result.stderr
    assert not (tmp_path / "out").exists()
    as_json = run(path, "--json")
    assert as_json.exit_code == 2
    assert len(json.loads(as_json.stdout)["problems"]) == 3


def test_names_are_shown_only_with_a_reason_and_a_log(data: Path, tmp_path: Path):
    roster = tmp_path / "roster.csv"
    roster.write_text("officer,name\n" + "".join(f"{1000 + n},Person {n}\n" for n in range(50)))
    assert run(data, *COLUMNS, *QUICK, "--names", roster).exit_code == 2
    refused = run(data, *COLUMNS, *QUICK, "--names", roster, "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert "--why" in refused.stderr
    assert not (tmp_path / "out").exists()
    shown = run(data, *COLUMNS, *QUICK, "--names", roster, "--why", "case 12",
                "--out", tmp_path / "out")  # fmt: skip
    assert shown.exit_code == 0
    assert "Person 7" in (tmp_path / "out/same_scene.html").read_text()
    assert "Person" not in (tmp_path / "out/same_scene.json").read_text()
    log = json.loads((tmp_path / "out/names.log").read_text())
    assert log["why"] == "case 12"
    assert log["by"] == pwd.getpwuid(os.getuid()).pw_name
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("incident,officer,force\n1,x,none\n")
    both = run(wrong, *COLUMNS, "--names", roster, "--out", tmp_path / "new")
    assert both.exit_code == 2
    assert "'x' in row 2" in both.stderr
    assert "--why" in both.stderr


def test_a_folder_that_cannot_be_written_is_told_before_the_fit(data: Path, tmp_path: Path):
    (tmp_path / "file").write_text("")
    result = run(data, *COLUMNS, *QUICK, "--out", tmp_path / "file")
    assert result.exit_code == 2
    assert "a folder that can be written to" in result.stderr


def test_lots_are_redrawn_only_with_days(data: Path):
    result = run(data, *COLUMNS, "--randomized")
    assert result.exit_code == 2
    assert "--date" in result.stderr


def test_options_that_say_nothing_are_refused(data: Path):
    assert run(data, *COLUMNS, "--date", "day", "--trained-on", "course", "--clusters", "years"
               ).exit_code == 2  # fmt: skip
    assert run(data, *COLUMNS, "--why", "because").exit_code == 2


def test_a_study_takes_it_as_a_chapter(tmp_path: Path, told: Told):
    study = write_study(tmp_path, plan(), rows())
    result = CliRunner().invoke(app, [
        "evaluate", str(study), "--out", str(tmp_path / "out"), "--draws", "99",
        "--same-scene", str(told.folder / "same_scene.json")])  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "At the same scene" in (tmp_path / "out/briefing.html").read_text()
