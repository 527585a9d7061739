import csv
import datetime as dt
import io
import json
import random
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from stepdown.cli import app
from stepdown.evaluation.study_file import read_study
from stepdown.problems import InputProblems
from stepdown.retention.rollout import draw
from stepdown.retention.rollout_export import (
    StudyFrame,
    StudyOutcome,
    StudyPerson,
    study_files,
)
from stepdown.retention.rollout_plan import DrawnUnit, RolloutPlan, even_waves
from stepdown.retention.rollout_record import Actual, Rollout, record_actual
from tests.retention.test_rollout import DRAWN, FIRST, STARTS

FORCE = StudyOutcome("force", "report", "primary")
INJURY = StudyOutcome("injury", "officer hurt", "safety", margin="+10%")
FRAME = StudyFrame("Our rollout: 'a' & #b", "2025-01", "2026-12", (FORCE, INJURY))


def late(made):
    return next(a.unit for a in made.draw.assigned if a.wave == 1)


def rollout(level, n=32):
    units = tuple(DrawnUnit(f"U{k:03d}", "east" if k % 2 else "west") for k in range(n))
    plan = RolloutPlan(units, even_waves(n, STARTS), level)
    made = Rollout(draw(plan, 5, DRAWN, FIRST))
    at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    return record_actual(made, Actual(late(made), dt.date(2026, 11, 20), at, "x"))


def people(level, n=32):
    start = dt.date(2015, 1, 1)
    if level == "unit":
        return [StudyPerson(f"U{k:03d}", "Squad", start) for k in range(n)]
    return [StudyPerson(f"P{k:04d}", f"U{k % n:03d}", start) for k in range(10 * n)]


def table(files):
    return {row["person"]: row for row in csv.DictReader(io.StringIO(files["people.csv"]))}


def incidents(text, seed, effect):
    """Counts for everybody in every month, and fewer from the assigned day on."""
    chance = random.Random(seed)
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["person", "date", "outcome"])
    for row in csv.DictReader(io.StringIO(text)):
        for month in range(24):
            day = dt.date(2025 + month // 12, month % 12 + 1, 15)
            trained = row["assigned"] != "never" and row["assigned"] <= day.isoformat()
            for name, rate in (("force", 0.6), ("injury", 0.1)):
                for _ in range(4):
                    kept = 1 - effect * (trained and name == "force")
                    if chance.random() < rate / 4 * kept:
                        write([row["person"], day.isoformat(), name])
    return out.getvalue()


def evaluated(tmp_path, level, effect=0.6):
    made = rollout(level)
    given = [replace(p, attended=((made.draw.drawn_at.date(), 5),)) for p in people(level)]
    files = study_files(made, given, FRAME)
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "incidents.csv").write_text(incidents(files["people.csv"], 3, effect))
    command = ["evaluate", str(tmp_path / "study.yaml"), "--out", str(tmp_path / "out"), "--draws",
               "199", "--json"]  # fmt: skip
    found = CliRunner().invoke(app, command)
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


@pytest.mark.parametrize("level", ["cluster", "unit"])
def test_stepdown_evaluate_takes_the_export_as_it_stands_and_finds_the_effect(tmp_path, level):
    results = evaluated(tmp_path, level)
    design = results["design"]
    assert design["assignment"] == "randomized"
    assert (design["level"], design["n_units"]) == (level, 32)
    assert [w["n_units"] for w in design["waves"]] == [8, 8, 8, 8]
    force = next(o for o in results["outcomes"] if o["name"] == "force")
    assert force["verdict"]["code"] == "works"
    assert force["estimates"][0]["randomization"]["draws"] == 199
    assert results["compliance"]["late"] == (10 if level == "cluster" else 1)
    assert results["compliance"]["on_time"] == 0


def test_the_assigned_date_is_the_drawn_one_whatever_happened():
    made = rollout("cluster")
    rows = list(
        csv.DictReader(io.StringIO(study_files(made, people("cluster"), FRAME)["people.csv"]))
    )
    for row in rows:
        due = made.draw.of(row["unit"]).due
        assert row["assigned"] == (due.isoformat() if due else "never")
    assert {r["unit"] for r in rows if r["trained"]} == {late(made)}


def test_a_persons_own_date_goes_before_that_of_the_unit():
    made = rollout("cluster")
    given = [replace(p, trained=dt.date(2026, 10, 1)) for p in people("cluster")[:1]]
    text = study_files(made, given, FRAME)["people.csv"]
    assert "2026-10-01" in text


def test_who_did_not_come_where_attendance_is_on_record_was_not_trained(tmp_path):
    made = rollout("cluster")
    unit = late(made)
    mine = [p for p in people("cluster") if p.unit == unit]
    day = dt.date(2026, 11, 20)
    given = [replace(p, on_record=True, trained=day if n < 4 else None)
             for n, p in enumerate(mine)]  # fmt: skip
    files = study_files(made, given, FRAME, ["It says nothing else."])
    rows = list(csv.DictReader(io.StringIO(files["people.csv"])))
    assert [row["trained"] for row in rows] == ["2026-11-20"] * 4 + [""] * 6
    assert {row["assigned"] for row in rows} == {made.draw.of(unit).due.isoformat()}
    (tmp_path / "study.yaml").write_text(files["study.yaml"])
    read = read_study(tmp_path / "study.yaml")
    assert read.problems == ()
    assert read.study.limits[-1] == "It says nothing else."


def test_nobody_is_trained_on_a_day_on_which_they_did_not_serve():
    made = rollout("cluster")
    unit = late(made)
    given = [
        StudyPerson("left", unit, dt.date(2020, 1, 1), dt.date(2026, 11, 19)),
        StudyPerson("joined", unit, dt.date(2026, 11, 21)),
        StudyPerson("first day", unit, dt.date(2026, 11, 20)),
        StudyPerson("last day", unit, dt.date(2020, 1, 1), dt.date(2026, 11, 20)),
    ]
    found = table(study_files(made, given, FRAME))
    assert {who: row["trained"] for who, row in found.items()} == {
        "left": "", "joined": "", "first day": "2026-11-20", "last day": "2026-11-20"
    }  # fmt: skip


def test_everybody_trained_before_the_draw_is_named_at_once():
    made = rollout("cluster")
    before = made.draw.drawn_at.date() - dt.timedelta(days=1)
    given = [replace(p, trained=before) for p in people("cluster")[:3]]
    given += [replace(people("cluster")[3], trained=made.draw.drawn_at.date())]
    with pytest.raises(InputProblems) as caught:
        study_files(made, given, FRAME)
    assert [p.where for p in caught.value.problems] == [f"person P{n:04d}" for n in range(3)]
    assert f"trained on {before}, before the draw" in str(caught.value)


def test_how_much_somebody_attended_stands_beside_the_day(tmp_path):
    made = rollout("cluster")
    unit, day = late(made), dt.date(2026, 11, 20)
    whole = {"start": dt.date(2020, 1, 1), "on_record": True}
    given = [
        StudyPerson("five", unit, trained=day, attended=((day, 5),), **whole),
        StudyPerson("all", unit, trained=day, completed=dt.date(2026, 12, 2), **whole,
                    attended=((day, 480), (dt.date(2026, 12, 2), 480), (dt.date(2027, 1, 1), 60))),
        StudyPerson("none", unit, **whole),
        StudyPerson("unknown", unit, dt.date(2020, 1, 1)),
    ]  # fmt: skip
    files = study_files(made, given, FRAME)
    found = table(files)
    assert {who: (row["dose_hours"], row["completed"]) for who, row in found.items()} == {
        "five": ("0.08", ""), "all": ("16", "2026-12-02"), "none": ("0", ""), "unknown": ("", "")
    }  # fmt: skip
    (tmp_path / "study.yaml").write_text(files["study.yaml"])
    limits = " ".join(read_study(tmp_path / "study.yaml").study.limits)
    assert "Trained means: the first day on record at any session" in limits
    assert "until the end of 2026-12" in limits


def test_people_outside_the_draw_are_left_out_and_counted_in_the_study(tmp_path):
    more = [*people("cluster"), StudyPerson("new", "Elsewhere", dt.date(2026, 5, 1))]
    files = study_files(rollout("cluster"), more, FRAME)
    assert "new" not in files["people.csv"]
    (tmp_path / "study.yaml").write_text(files["study.yaml"])
    study = read_study(tmp_path / "study.yaml").study
    assert study.title == FRAME.title
    assert any("1 people were not part of the draw" in limit for limit in study.limits)
    assert any("seed 5 (sha256-sort-1)" in limit for limit in study.limits)


@pytest.mark.parametrize(
    ("given", "frame", "said"),
    [
        ([], FRAME, "nobody of a unit that was drawn"),
        (people("cluster")[:1] * 2, FRAME, "'P0000' 2 times"),
        ([StudyPerson("=x", "U000", dt.date(2020, 1, 1))], FRAME, "formula"),
        ([StudyPerson("x", "U000", dt.date(2020, 1, 2), dt.date(2020, 1, 1))], FRAME, "last day"),
        (people("cluster"), replace(FRAME, first="2026-03"), "before the first wave"),
        (people("cluster"), replace(FRAME, last="2026-02"), "until after it"),
        (people("cluster"), replace(FRAME, first="2025-13"), "YYYY-MM"),
        (people("cluster"), replace(FRAME, outcomes=()), "at least one"),
    ],
)
def test_an_export_that_cannot_be_evaluated_is_refused(given, frame, said):
    with pytest.raises(InputProblems, match=said):
        study_files(rollout("cluster"), given, frame)
