from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from stepdown.cli import app
from stepdown.retention.curriculum import Curriculum, Module, Reference, digest
from stepdown.retention.curriculum_file import starter, written
from stepdown.retention.teaching import Attendance, Exemption, Fidelity, Session
from stepdown.retention.wall_code import LETTERS

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["curriculum", *arguments])


def saved(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_those_that_ship_are_listed():
    (found,) = json.loads(run("list", "--json").stdout)
    assert (found["id"], found["hours"], len(found["modules"])) == ("crisis_intervention", 16, 8)
    assert "crisis_intervention" in run("list").stdout


def test_one_is_shown_with_what_to_do_when_talk_fails_and_its_sources():
    said = run("show", "crisis_intervention").stdout
    assert "When talk fails: " in said
    assert "10.5811/westjem.2011.9.6864" in said
    assert "Techniques: Disengaging and handing over, Planning" in said
    found = json.loads(run("show", "crisis_intervention", "--json").stdout)
    assert Curriculum.model_validate(found["content"]) == starter()
    assert found["digest"] == digest(starter())


def test_a_sound_file_is_said_to_be_sound():
    found = run("check", saved("a.yaml", written(starter())))
    assert (found.exit_code, found.stdout) == (0, "a.yaml: nothing wrong. Modules: 8. Hours: 16.\n")
    assert json.loads(run("check", "a.yaml", "--json").stdout)["hours"] == 16


def test_everything_wrong_with_a_file_is_said_with_its_line():
    broken = (
        written(starter()).replace("hours: 1.5", "hours: 0", 1).replace("- bus\n", "- bsu\n", 1)
    )
    found = run("check", saved("a.yaml", broken), "--json")
    assert found.exit_code == 2
    where = [problem["where"] for problem in json.loads(found.stdout)["problems"]]
    assert len(where) == 2
    assert all(re.match(r"a\.yaml: line \d+, modules \d", place) for place in where)


def test_scenarios_of_ones_own_may_be_named():
    text = written(starter()).replace("- bus\n", "- our_own\n", 1)
    assert run("check", saved("a.yaml", text)).exit_code == 2
    assert run("check", "a.yaml", "--own-scenarios").exit_code == 0
    assert run("check", saved("b.yaml", text.replace("- respect\n", "- magic\n", 1)),
               "--own-scenarios").exit_code == 2  # fmt: skip


def test_what_differs_is_one_line_each_and_nothing_where_nothing_does():
    changed = written(starter()).replace("hours: 1.5", "hours: 2.0", 1)
    found = run("diff", "crisis_intervention", saved("a.yaml", changed))
    assert found.exit_code == 0
    assert found.stdout.splitlines() == [
        "Module “What a crisis is, and what talk can and cannot do”, hours: 1.5 → 2 (+0.5)",
        "Hours in all: 16 → 16.5 (+0.5)",
    ]  # fmt: skip
    assert run("diff", "a.yaml", "a.yaml").stdout == ""
    assert (
        len(json.loads(run("diff", "crisis_intervention", "a.yaml", "--json").stdout)["changes"])
        == 1
    )


def test_two_that_cannot_be_read_are_both_told():
    saved("a.yaml", "id: [")
    found = run("diff", "a.yaml", "nowhere", "--json")
    assert found.exit_code == 2
    assert len(json.loads(found.stdout)["problems"]) == 2


def test_the_page_on_writing_one_comes_out_as_shown():
    printed, ran, names = "", 0, {}
    for language, text in BLOCK.findall((DOCS / "how-to/curriculum.md").read_text()):
        if language == "yaml":
            saved("roll_call.yaml", text)
            saved("roll_call_2.yaml", text.replace("hours: 0.5", "hours: 0.75", 1))
        elif language == "console":
            command, shown = text.split("\n", 1)
            found = CliRunner().invoke(app, shlex.split(command.removeprefix("$ stepdown ")))
            assert (found.exit_code, found.stdout) == (0, shown)
            ran += 1
        elif language == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(text, "curriculum.md", "exec"), names)
            printed, ran = out.getvalue(), ran + 1
        elif language == "text":
            assert printed == text
    assert ran == 3


@pytest.mark.parametrize("kind", [Curriculum, Module, Reference])
def test_every_field_of_a_file_is_in_the_reference(kind):
    page = (DOCS / "reference/curriculum.md").read_text()
    for name in kind.model_fields:
        assert f"| `{name}` |" in page, name


@pytest.mark.parametrize("kind", [Session, Attendance, Exemption, Fidelity])
def test_every_field_of_a_record_is_in_the_reference(kind):
    page = (DOCS / "reference/curriculum.md").read_text()
    line = next(row for row in page.splitlines() if row.startswith(f"| {kind.__name__.lower()} |"))
    assert set(re.findall(r"`(\w+)`", line)) >= set(kind.__dataclass_fields__)
    assert LETTERS in page
