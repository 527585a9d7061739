import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stepdown.cli import app
from stepdown.retention.hours_rules import HoursRule, parsed_jurisdiction

DOCS = Path(__file__).resolve().parents[2] / "docs"


def run(*arguments):
    return CliRunner().invoke(app, ["hours", *map(str, arguments)])


@pytest.fixture
def given(tmp_path):
    (tmp_path / "people.csv").write_text("id,hired\n1,2020-01-01\n2,2020-01-01\n")
    (tmp_path / "credits.csv").write_text("id,day,topic,minutes\n1,2026-02-01,de_escalation,480\n")
    return ("--people", tmp_path / "people.csv", "--credits", tmp_path / "credits.csv",
            "--records-from", "2026-01-01")  # fmt: skip


def test_the_rules_that_ship_are_listed_as_examples():
    found = run("show")
    assert found.exit_code == 0
    assert found.stdout.count("An example, not a law") == 3
    assert len(json.loads(run("show", "--json").stdout)) == 3


def test_a_file_of_rules_is_shown_or_refused_with_its_line(tmp_path):
    (tmp_path / "x.yaml").write_text("id: x\nname: X\nrules:\n  - hours: many\n")
    found = run("show", tmp_path / "x.yaml")
    assert found.exit_code == 2
    assert "x.yaml: line 4" in found.stderr


def test_people_are_told_where_they_stand(given):
    found = run("check", "example_yearly", *given, "--day", "2026-06-01")
    assert found.exit_code == 0, found.output
    assert "By an example" in found.stdout
    shown = json.loads(
        run("check", "example_yearly", *given, "--day", "2026-06-01", "--json").stdout
    )
    assert [(p["id"], p["state"], p["lacks_minutes"]) for p in shown] == [
        ("1", "met", 0), ("2", "open", 480),
    ]  # fmt: skip


def test_somebody_overdue_makes_the_exit_code_1(given):
    assert run("check", "example_yearly", *given, "--day", "2027-01-01").exit_code == 1


def test_bad_files_make_the_exit_code_2(given, tmp_path):
    (tmp_path / "credits.csv").write_text("id,day,topic,minutes\n1,soon,x,0\n")
    found = run("check", "example_yearly", *given)
    assert found.exit_code == 2
    assert "credits, row 2" in found.stderr
    assert run("check", "nowhere", *given).exit_code == 2


def test_the_pages_on_hours_show_what_is_true():
    page = (DOCS / "how-to/hours.md").read_text()
    blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", page, re.M | re.S))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(blocks["python"], "hours.md", "exec"), {})
    assert out.getvalue() == blocks["text"]
    reference = (DOCS / "reference/hours.md").read_text()
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", reference, re.M | re.S)
    assert len(parsed_jurisdiction(example, "hours.md").rules) == 2
    assert all(f"`{name}`" in reference for name in HoursRule.model_fields)
