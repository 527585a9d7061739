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
