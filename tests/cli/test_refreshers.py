import csv
import json
from datetime import date, timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from stepdown.cli import app

TODAY = ("--today", "2026-09-01")


def run(*arguments):
    return CliRunner().invoke(app, ["refreshers", "plan", *map(str, arguments)])


@pytest.fixture
def files(tmp_path):
    r = np.random.default_rng(3)
    rows = ["person,technique,day,kind,score"]
    for n in range(20):
        for technique in ("listening", "options"):
            begun = date(2025, 1, 10) + timedelta(days=int(r.integers(0, 200)))
            rows.append(f"p{n},{technique},{begun},taught,")
            rows.append(
                f"p{n},{technique},{begun + timedelta(days=150)},tested,{r.uniform(0.5, 1):.2f}"
            )
    (tmp_path / "rehearsals.csv").write_text("\n".join(rows))
    (tmp_path / "refreshers.csv").write_text(
        "id,title,hours,techniques\nbridge,On the bridge,1.5,listening options\n"
        "talk,Listening again,1,listening\n"
    )
    return tmp_path / "rehearsals.csv", tmp_path / "refreshers.csv"


def test_a_plan_says_what_it_rests_on_who_comes_and_why(files, tmp_path):
    found = run(*files, "--hours", 10, "--months", 3, *TODAY, "--out", tmp_path / "plan.csv")
    assert found.exit_code == 0, found.output
    assert "Below 100 nothing is estimated" in found.stdout
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["day"] for row in rows} == {"2026-09-01", "2026-10-01", "2026-11-01"}
    assert all(row["why"].endswith(".") for row in rows)
    by_day = {}
    for row in rows:
        by_day[row["day"]] = by_day.get(row["day"], 0) + float(row["hours"])
    assert by_day["2026-09-01"] <= 10


def test_json_stands_alone_and_the_same_seed_gives_the_same_plan(files):
    one, again = (
        run(*files, "--hours", 10, "--months", 2, *TODAY, "--json", "--seed", 4) for _ in range(2)
    )
    found = json.loads(one.stdout)
    assert one.stdout == again.stdout
    assert found["retests"] == 40
    assert len(found["held"]) == len(found["hours"]) == 2
    assert found["held"][1] > found["held_without"][1]
    assert found["late"] == [0, 0]
    assert found["offered"] == [10, 10]
    assert len(found["moved"]) > 20
    assert not any(one["estimated"] for one in found["moved"])
    assert sum(one["tests"] for one in found["calibration"]["bins"]) == 40
    assert found["later"] == 0


def test_what_the_retests_told_is_shown_in_words(files):
    found = run(*files, "--hours", 10, "--months", 1, *TODAY)
    assert "stability of options" in found.stdout
    assert "190 (48 to 760)" in found.stdout
    assert "predicted" in found.stdout
    assert "off what was predicted on average" in found.stdout


def test_weights_and_hours_of_a_person_are_kept_to(files):
    heavy = run(*files, "--hours", 30, "--months", 1, *TODAY, "--json", "--most-hours", 1.5,
                "--weight", "options=0", "--weight", "listening=2")  # fmt: skip
    rows = json.loads(heavy.stdout)["visits"]
    people = [row["person"] for row in rows]
    assert len(people) == len(set(people)) > 10
    assert "talk" in {row["refresher"] for row in rows}
    for wrong in ("options", "options=much", "juggling=2", "options=-1"):
        found = run(*files, "--hours", 10, *TODAY, "--weight", wrong)
        assert found.exit_code == 2
        assert wrong.partition("=")[0] in found.stderr
    assert "allow more hours" in run(*files, "--hours", 10, *TODAY, "--most-hours", 1).stderr


def test_calendar_months_may_have_hours_of_their_own(files):
    options = (*files, "--hours", 10, "--months", 3, *TODAY)
    found = run(*options, "--hours-in", "10=0", "--hours-in", "9=2.5", "--json")
    told = json.loads(found.stdout)
    assert told["offered"] == [2.5, 0, 10]
    assert told["hours"][1] == 0
    assert {row["day"] for row in told["visits"]} <= {"2026-09-01", "2026-11-01"}
    shown = run(*options, "--hours-in", "10=777", "--hours-in", "12=888").stdout
    assert "there are" in shown
    assert "│ 777.0 " in shown
    assert "888" not in shown
    assert all(f"2026-{month}-01 │" in shown for month in ("09", "10", "11"))


def test_all_wrong_hours_of_months_are_refused_at_once_and_nothing_is_written(files, tmp_path):
    wrong = ("13=1", "0=1", "july=0", "7", "7=", "=3", "7=-1", "8=nan", "9=inf", "12=4", "12=5")
    given = [part for one in wrong for part in ("--hours-in", one)]
    found = run(*files, "--hours", 10, *TODAY, *given, "--out", tmp_path / "plan.csv")
    assert found.exit_code == 2
    assert found.stderr.count("--hours-in") == len(wrong) - 1
    for text in (*wrong[:-2], "12=5", "each month once"):
        assert text in found.stderr
    assert "12=4" not in found.stderr
    assert not (tmp_path / "plan.csv").exists()


def test_a_sentence_tells_the_time_by_the_record_and_a_person_has_one_a_month(files):
    lines = files[0].read_text().splitlines()
    begun = "p0,listening,2023-01-10,taught,\np0,options,2023-01-10,taught,"
    tested = "p0,listening,2026-08-20,tested,0.3\np0,options,2026-08-20,tested,0.3"
    files[0].write_text("\n".join([lines[0], begun, tested]))
    files[1].write_text("id,title,hours,techniques\na,A,1,listening\nb,B,1,options\n")
    found = run(*files, "--hours", 10, "--months", 1, *TODAY, "--json", "--scouting", 0)
    rows = json.loads(found.stdout)["visits"]
    assert [row["refresher"] for row in rows] == ["a", "b"]
    assert rows[0]["why"] == rows[1]["why"]
    assert (
        "2 weeks since they were last taught or tested in any of it (20 Aug 2026)"
        in (rows[0]["why"])
    )
    assert "in the next 12 months" in rows[0]["why"]


def test_rows_of_days_to_come_count_nowhere_and_are_counted(files):
    plain = json.loads(run(*files, "--hours", 10, "--months", 2, *TODAY, "--json").stdout)
    with files[0].open("a") as file:
        file.write("\np1,listening,2062-01-01,taught,\np2,options,2027-01-01,tested,0.1\n")
    later = json.loads(run(*files, "--hours", 10, "--months", 2, *TODAY, "--json").stdout)
    assert later.pop("later") == 2
    assert plain.pop("later") == 0
    assert later == plain
    told = run(*files, "--hours", 10, "--months", 1, *TODAY).stdout
    assert "Left out, as their day is after 2026-09-01: 2." in told


def test_a_promise_that_is_not_kept_is_said(files):
    found = run(*files, "--hours", 2, "--months", 2, *TODAY, "--within", 60)
    assert "wait too long" in found.stdout
    assert "The promise of 60 days is not kept" in found.stdout
    kept = run(*files, "--hours", 200, "--months", 2, *TODAY, "--within", 60)
    assert "wait too" in kept.stdout
    assert "not kept" not in kept.stdout


def test_everything_wrong_with_the_files_is_said_and_nothing_is_written(files, tmp_path):
    files[0].write_text(
        "person,technique,day,kind,score\n,listening,2026-01-01,taught,\n"
        "a,listening,soon,dreamt,8\n"
    )
    found = run(*files, "--hours", 10, "--out", tmp_path / "plan.csv")
    assert found.exit_code == 2
    for part in ("row 2, column 'person'", "column 'day'", "column 'kind'", "column 'score'"):
        assert part in found.stderr
    assert not (tmp_path / "plan.csv").exists()


def test_a_technique_that_nobody_keeps_and_a_wrong_day_are_said(files):
    files[1].write_text("id,title,hours,techniques\njuggle,Juggling,1,juggling\n")
    assert "juggling" in run(*files, "--hours", 10).stderr
    assert run(*files, "--hours", 10, "--today", "soon").exit_code == 2


def test_a_technique_beside_those_of_the_rubric_is_planned_for_where_it_is_named(files):
    with files[0].open("a") as rows:
        rows.write("\np1,disengagement,2025-02-01,taught,\np1,disengagement,2025-09-01,tested,.5\n")
    files[1].write_text("id,title,hours,techniques\nout,Ways out,1,disengagement\n")
    refused = run(*files, "--hours", 10, *TODAY)
    assert refused.exit_code == 2
    assert "disengagement" in refused.stderr
    given = (*files, "--hours", 10, *TODAY, "--technique", "disengagement", "--json")
    found = json.loads(run(*given).stdout)
    assert {row["person"] for row in found["visits"]} == {"p1"}
    assert "stability of disengagement" in {one["name"] for one in found["moved"]}
    twice = json.loads(run(*given, "--technique", "disengagement").stdout)
    assert twice == found
