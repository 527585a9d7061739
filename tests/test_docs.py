"""What the documentation shows is run, and what it promises is there."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from stepdown.cli import app
from stepdown.evaluation.study import Study
from stepdown.incidents.datasets import DATA_DIR

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(page):
    return [(m[1], m[2]) for m in BLOCK.finditer(page.read_text())]


def test_the_tutorial_runs_and_prints_what_it_shows(chicago_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DATA_DIR, str(chicago_file.parent))
    printed, ran, names = "", 0, {}
    for language, text in blocks(ROOT / "docs/tutorial/chicago.md"):
        if language == "yaml":
            Path("study.yaml").write_text(text)
        elif language == "console":
            command = shlex.split(text.removeprefix("$ stepdown "))
            result = CliRunner().invoke(app, command)
            assert result.exit_code == (1 if command[0] == "check" else 0), result.output
            ran += 1
        elif language == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(text, "chicago.md", "exec"), names)
            printed, ran = out.getvalue(), ran + 1
        elif language == "text":
            assert printed == text
    assert ran == 6
    assert Path("results/briefing.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_study_shown_is_valid(page):
    for language, text in blocks(page):
        if language == "yaml" and "outcomes:" in text:
            Study.model_validate(YAML(typ="safe", pure=True).load(text))


def test_every_stepdown_command_shown_exists():
    runner = CliRunner()
    for page in PAGES:
        for line in re.findall(r"stepdown ((?:data )?[a-z]+(?:-[a-z]+)*)", page.read_text()):
            if page.name == "command-line.md" or line.split()[0] in {"with", "is", "and"}:
                continue
            shown = runner.invoke(app, [*line.split(), "--help"])
            assert shown.exit_code == 0, f"{page.name}: stepdown {line}"


def test_the_line_by_line_page_shows_the_whole_new_scenario_in_order():
    page = ROOT / "docs/how-to/scenario-line-by-line.md"
    shown = [text.rstrip("\n") for language, text in blocks(page) if language == "yaml"]
    new = (ROOT / "src/stepdown/encounter/new.yaml").read_text()
    assert "\n".join(shown).splitlines() == new.rstrip("\n").splitlines()


def test_the_agreement_of_raters_comes_out_as_shown():
    page = dict(blocks(ROOT / "docs/how-to/validate-a-scenario.md"))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(page["python"], "validate-a-scenario.md", "exec"), {})
    assert out.getvalue() == page["text"]
