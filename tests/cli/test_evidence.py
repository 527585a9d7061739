from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from stepdown.cli import app
from tests.evaluation.plans import plan, write_study
from tests.evaluation.test_evaluate import big_panel
from tests.evidence.rows import another, cells, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("STEPDOWN_HOME", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["evidence", *arguments])


def read(*arguments: str) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_claims_have_the_published_shape() -> None:
    found = read("claims")
    assert set(found) == {"claims"}
    wordings = {"supported", "suggestive", "not_shown_by_cited_source", "unknown"}
    for claim in found["claims"]:
        assert {"id", "claim", "cited", "finding", "wording", "source_rows"} <= set(claim)
        assert claim["wording"] in wordings
        assert claim["source_rows"]
    assert "Nobody knows" in run("claims").output


def test_the_ladder_is_what_comes_without_a_word() -> None:
    found = read()
    assert found["rungs"][0]["rung"] == "delivered"
    said = run().output
    assert "Nobody knows" in said
    assert "Nothing found" in said


def test_pooling_is_refused_with_its_reason_and_directions_are_given() -> None:
    found = read("pool", "--outcome", "force")
    police = found["groups"][0]
    assert (police["sector"], police["design"], police["pool"]) == ("police", "randomised", None)
    assert "at least 3" in police["refusal"]
    assert police["directions"]["p_value"] == 0.125
    assert {left["row"] for left in police["not_pooled"]} == set(police["rows"])
    assert "Not pooled" in run("pool", "--outcome", "force").output


def test_an_outcome_nobody_knows_is_named_with_those_that_are() -> None:
    result = run("pool", "--outcome", "frce", "--json")
    assert result.exit_code == 2
    assert "force" in json.loads(result.stdout)["problems"][0]["expected"]


def test_a_row_or_a_study_is_shown_with_its_source() -> None:
    assert len(read("show", "engel2022")["rows"]) == 5
    (row,) = read("show", "engel2022_lmpd_uof")["rows"]
    assert row["effect"] == -28.1
    assert row["link"].startswith("http")
    assert "28.1% fewer uses of force" in run("show", "engel2022_lmpd_uof").output
    missing = run("show", "engel")
    assert missing.exit_code == 2
    assert "did you mean" in missing.output + missing.stderr


def test_check_names_every_bad_row_by_line_and_leaves_with_2(tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.csv", cells(source=""), another(1), another(2, low="9"))
    result = run("check", str(bad), "--json")
    assert result.exit_code == 2
    problems = json.loads(result.stdout)["problems"]
    assert [p["where"] for p in problems] == ["bad.csv line 2, source", "bad.csv line 4"]
    good = write(tmp_path / "good.csv", cells())
    assert read("check", str(good))["rows"] == 1
    assert read("check")["problems"] == []


def test_one_row_and_one_command_and_everything_follows(tmp_path: Path, home: Path) -> None:
    before = read("pool", "--outcome", "force")["groups"][0]
    three = [another(1), another(2, effect=-20, low=-32, high=-6),
             another(3, effect=-5, low=-15, high=6.2)]  # fmt: skip
    for number, row in enumerate(three):
        table = write(tmp_path / f"{number}.csv", row)
        assert read("add", str(table))["added"] == [row["id"]]
    after = read("pool", "--outcome", "force")["groups"][0]
    assert before["pool"] is None
    assert after["pool"]["k"] == 3
    assert len(after["rows"]) == len(before["rows"]) + 3
    assert read("show", "s01x_force")["rows"][0]["study"] == "s01x"
    assert "s02x" in run("bib").output.replace("\\", "")
    out = tmp_path / "report"
    assert run("report", "--out", str(out)).exit_code == 0
    assert "Pooled: police, randomised trial" in (out / "evidence.html").read_text("utf-8")
    assert (home / "my_studies.csv").exists()


def test_a_bad_addition_leaves_the_table_as_it_was(tmp_path: Path, home: Path) -> None:
    read("add", str(write(tmp_path / "a.csv", another(1))))
    before = (home / "my_studies.csv").read_bytes()
    result = run("add", str(write(tmp_path / "b.csv", another(2), another(1))))
    assert result.exit_code == 2
    assert "b.csv line 3" in result.stderr
    assert (home / "my_studies.csv").read_bytes() == before


def test_rows_go_into_a_table_of_ones_own_choosing(tmp_path: Path, home: Path) -> None:
    mine = tmp_path / "mine.csv"
    read("add", str(write(tmp_path / "a.csv", another(1))), "--into", str(mine))
    assert not home.exists()
    found = read("pool", "--outcome", "force", "--table", str(mine))
    assert found["groups"][0]["rows"] == ["s01x_force"]


def test_every_column_is_described() -> None:
    said = run("columns").output
    for column in ("bias_reasons", "prespecified", "source"):
        assert column in said


def test_a_study_is_read_beside_what_was_published(tmp_path: Path) -> None:
    study = plan()
    study["outcomes"][0]["published"] = {"sector": "police", "outcome": "force"}
    path = write_study(tmp_path, study, big_panel(effect=0.9))
    runner = CliRunner()
    checked = runner.invoke(app, ["check", str(path), "--draws", "50"])
    assert "published effects like this: -28 % to -9 %; 3 trials more" in checked.output
    out = tmp_path / "out"
    done = runner.invoke(app, ["evaluate", str(path), "--out", str(out), "--draws", "60", "--json"])
    assert done.exit_code == 0, done.output
    names = [b["name"] for b in json.loads(done.stdout)["outcomes"][0]["beliefs"]]
    assert names == ["flat", "sceptical", "evidence"]
    assert "A doubter" in (out / "briefing.html").read_text("utf-8")
    study["outcomes"][0]["published"]["outcome"] = "frce"
    path = write_study(tmp_path, study, big_panel(effect=0.9))
    wrong = runner.invoke(app, ["check", str(path), "--json"])
    assert wrong.exit_code == 2
    assert "outcomes[0].published.outcome" in json.loads(wrong.stdout)["problems"][0]["where"]
