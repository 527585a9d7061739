import csv
import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from stepdown.cli import app
from stepdown.evaluation.study_file import read_study

NEXT = dt.date.today().year + 1
WAVES = ["--wave", f"{NEXT}-03-01", "--wave", f"{NEXT}-06-01", "--wave", "never"]


def run(*arguments):
    return CliRunner().invoke(app, ["rollout", *map(str, arguments)])


@pytest.fixture
def units(tmp_path):
    rows = "".join(f"U{n:02d},{'east' if n % 2 else 'west'}\n" for n in range(12))
    (tmp_path / "units.csv").write_text("Unit,Stratum\n" + rows)
    return tmp_path / "units.csv"


def drawn(units, *more):
    out = units.parent / "rollout.json"
    return run("draw", units, "--seed", 5, *WAVES, "--out", out, *more), out


def test_a_draw_is_recorded_shown_and_drawn_again(units):
    made, out = drawn(units)
    assert made.exit_code == 0, made.output
    assert "seed 5, sha256-sort-1" in made.stdout
    again = run("check", out, "--json")
    found = json.loads(again.stdout)
    assert len(found["assigned"]) == 12
    assert found["digest"] in made.stdout


def test_a_record_is_never_written_over(units):
    _, out = drawn(units)
    before = out.read_bytes()
    again, _ = drawn(units)
    assert again.exit_code == 2
    assert "a draw is made once" in again.stderr
    assert out.read_bytes() == before


def test_a_changed_record_is_found(units):
    _, out = drawn(units)
    out.write_text(out.read_text().replace('"seed": 5', '"seed": 6'))
    found = run("check", out)
    assert found.exit_code == 2
    assert "the seed gives another wave" in found.stderr


def test_a_draw_after_the_first_session_writes_nothing(units):
    found, out = drawn(units, "--first-session", "2020-01-01T08:00")
    assert found.exit_code == 2
    assert "before the first session" in found.stderr
    assert not out.exists()


def test_waves_and_files_that_are_none_are_said(units, tmp_path):
    out = tmp_path / "r.json"
    assert run("draw", units, "--seed", 1, "--wave", "soon", "--out", out).exit_code == 2
    assert run("draw", tmp_path / "no.csv", "--seed", 1, *WAVES, "--out", out).exit_code == 2
    (tmp_path / "other.csv").write_text("name\nx\n")
    assert "`unit`" in run("draw", tmp_path / "other.csv", "--seed", 1, *WAVES, "--out", out).stderr
    (tmp_path / "bad.json").write_bytes(b"\xff\xff")
    assert run("check", tmp_path / "bad.json").exit_code == 2
    assert not out.exists()


def test_the_export_is_a_study_file(units, tmp_path):
    _, out = drawn(units)
    people = "".join(f"P{n},x {n},U{n % 12:02d},2015-01-01\n" for n in range(60))
    (tmp_path / "people.csv").write_text("id,name,unit,start\n" + people)
    window = ("--first", f"{NEXT - 2}-01", "--last", f"{NEXT}-12")
    found = run(
        "export", out, "--people", tmp_path / "people.csv", *window, "--out", tmp_path / "s"
    )
    assert found.exit_code == 0, found.output
    study = read_study(tmp_path / "s" / "study.yaml")
    assert study.problems == ()
    assert study.study.design.level == "cluster"
    assert (tmp_path / "s" / "people.csv").read_text().count("\n") == 61


def test_people_without_a_first_day_are_named(units, tmp_path):
    _, out = drawn(units)
    (tmp_path / "people.csv").write_text("id,name,unit\nP1,x,U01\n")
    window = ("--first", f"{NEXT - 2}-01", "--last", f"{NEXT}-12")
    found = run(
        "export", out, "--people", tmp_path / "people.csv", *window, "--out", tmp_path / "s"
    )
    assert found.exit_code == 2
    assert "row 2" in found.stderr
    assert not (tmp_path / "s").exists()


def test_an_actual_date_is_written_beside_the_drawn_one(units):
    _, out = drawn(units)
    before = json.loads(out.read_text())
    today = dt.date.today().isoformat()
    found = run("note", out, "U03", today, "--note", "first session", "--by", "Registrar")
    assert found.exit_code == 0, found.output
    assert f"U03: trained on {today}; drawn for " in found.stdout
    assert "1 of 12 units" in found.stdout
    after = json.loads(out.read_text())
    assert (after["draw"], after["draw_digest"]) == (before["draw"], before["draw_digest"])
    (entry,) = after["actual"]
    assert (entry["unit"], entry["day"], entry["note"], entry["by"]) == (
        "U03", today, "first session", "Registrar"
    )  # fmt: skip
    assert run("check", out).exit_code == 0


def test_an_actual_date_is_taken_back_with_a_reason_and_both_entries_stay(units):
    _, out = drawn(units)
    today = dt.date.today().isoformat()
    run("note", out, "U03", today)
    kept = out.read_bytes()
    for wrong in (("U03", today), ("U03", "--take-back")):
        found = run("note", out, *wrong)
        assert found.exit_code == 2
        assert "why it differs" in found.stderr
    assert out.read_bytes() == kept
    found = run("note", out, "U03", "--take-back", "--note", "it was another unit", "--json")
    assert json.loads(found.stdout)["trained"] == {}
    assert [entry["day"] for entry in json.loads(out.read_text())["actual"]] == [today, None]
    assert "nothing to take back" in run("note", out, "U03", "--take-back", "--note", "x").stderr


def test_an_entry_that_cannot_be_changes_nothing(units):
    _, out = drawn(units)
    kept = out.read_bytes()
    tomorrow = (dt.date.today() + dt.timedelta(days=1)).isoformat()
    for given, said in (
        (("Nowhere", tomorrow), "a unit that was part of the draw"),
        (("U03", tomorrow), "write down training when it has happened"),
        (("U03", "soon"), "a day, YYYY-MM-DD"),
        (("U03",), "a day, or --take-back"),
        (("U03", tomorrow, "--take-back"), "a day, or --take-back"),
    ):
        found = run("note", out, *given)
        assert found.exit_code == 2, given
        assert said in found.stderr
    assert out.read_bytes() == kept


def test_an_actual_date_reaches_the_export(units, tmp_path):
    _, out = drawn(units)
    today = dt.date.today()
    run("note", out, "U03", today)
    (tmp_path / "people.csv").write_text(
        "id,name,unit,start\nP1,x,U03,2015-01-01\nP2,y,U04,2015-01-01\n"
    )
    window = ("--first", f"{NEXT - 2}-01", "--last", f"{NEXT}-12")
    run("export", out, "--people", tmp_path / "people.csv", *window, "--out", tmp_path / "s")
    rows = list(csv.DictReader((tmp_path / "s" / "people.csv").read_text().splitlines()))
    told = [(row["trained"], row["dose_hours"], row["completed"]) for row in rows]
    assert told == [(today.isoformat(), "", ""), ("", "", "")]
