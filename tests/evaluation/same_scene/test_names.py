from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from stepdown.evaluation.same_scene.names import Asked, log_names, read_names
from stepdown.problems import InputProblems

WHEN = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)


def asked(folder: Path, why: str = "review board, case 12") -> Asked:
    roster = folder / "roster.csv"
    roster.write_text("officer,name\n7,Ada Example\n9.0,Bo Example\n")
    return Asked(roster, why, "kim", WHEN)


def test_names_come_with_a_record_of_who_asked_and_why(tmp_path: Path):
    names, record = read_names(asked(tmp_path), "officer")
    assert names == {7: "Ada Example", 9: "Bo Example"}
    assert (record.by, record.why) == ("kim", "review board, case 12")
    assert record.when == "2026-03-01T09:30:00+00:00"
    log_names(record, "abc", tmp_path / "out")
    path = log_names(record, "abc", tmp_path / "out")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["data_sha256"] for line in lines] == ["abc"] * 2
    assert [line["why"] for line in lines] == ["review board, case 12"] * 2
    assert "Example" not in path.read_text()


def test_without_a_reason_or_the_column_there_are_no_names(tmp_path: Path):
    with pytest.raises(InputProblems) as raised:
        read_names(asked(tmp_path, why="  "), "badge")
    assert "--why" in str(raised.value)
    assert "no column 'badge'" in str(raised.value)


def test_without_a_log_there_are_no_names(tmp_path: Path):
    _, record = read_names(asked(tmp_path), "officer")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputProblems, match="without a log no names are shown"):
        log_names(record, "abc", tmp_path / "file")


def test_a_roster_that_could_name_the_wrong_person_is_refused(tmp_path: Path):
    roster = tmp_path / "roster.csv"
    roster.write_text("officer,name\n7,Ada\n7,Bo\n8.5,Cy\ninf,Di\nx,Ed\n9,\n")
    with pytest.raises(InputProblems) as raised:
        read_names(Asked(roster, "case 12", "kim", WHEN), "officer")
    said = str(raised.value)
    for part in ("more than one row for 7", "'8.5' in row 4", "blank in row 7"):
        assert part in said
