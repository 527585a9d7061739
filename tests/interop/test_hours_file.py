import datetime as dt
import random

import pytest

from stepdown.interop.hours_file import CreditRow, read_credits, read_hours
from stepdown.problems import InputProblems
from stepdown.retention.hours import Credit
from stepdown.retention.hours_cycles import Member

PEOPLE = b"id,hired,certified\n1,2020-01-01,2020-06-15\n2,2021-01-01,\n"
CREDITS = b"id,day,topic,minutes\n1,2026-02-01,talk,90\n1,2026-02-02,law,30\n"


def test_people_and_credits_are_read():
    found = read_hours(PEOPLE, CREDITS)
    assert found.members == {
        "1": Member("1", dt.date(2020, 1, 1), dt.date(2020, 6, 15)),
        "2": Member("2", dt.date(2021, 1, 1)),
    }
    assert found.credits == {
        "1": (
            Credit(dt.date(2026, 2, 1), "talk", 90),
            Credit(dt.date(2026, 2, 2), "law", 30),
        )
    }


def test_every_bad_row_of_both_files_is_said_at_once():
    people = b"id,hired\n1,2020-02-30\n2,2021-01-01\n2,2021-01-01\n,2021-01-01\n"
    credits_ = (
        b"id,day,topic,minutes\n9,2026-02-01,talk,90\n2,20260201,law,1.5\n2,2026-02-01,x,-1\n"
    )
    with pytest.raises(InputProblems) as error:
        read_hours(people, credits_)
    assert [p.where for p in error.value.problems] == [
        "people, row 2, column 'hired'",
        "people, row 4, column 'id'",
        "people, row 5, column 'id'",
        "credits, row 2, column 'id'",
        "credits, row 3, column 'day'",
        "credits, row 3, column 'minutes'",
        "credits, row 4, column 'minutes'",
    ]


def test_columns_that_are_not_there_are_named():
    with pytest.raises(InputProblems, match=r"add hired(.|\n)*add minutes"):
        read_hours(b"id\n1\n", b"id,day,topic\n1,2026-01-01,x\n")


def refused(people, credits_):
    try:
        read_hours(people, credits_)
    except InputProblems:
        return True
    return False


def test_broken_files_are_refused_or_read_and_never_crash():
    chance = random.Random(5)
    outcomes = set()
    for _ in range(500):
        people, credits_ = bytearray(PEOPLE), bytearray(CREDITS)
        for raw in (people, credits_):
            for _ in range(chance.randint(0, 2)):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
        outcomes.add(refused(bytes(people), bytes(credits_)))
    assert outcomes == {True, False}


def test_credits_of_known_people_are_read_with_what_they_were_and_bad_rows_are_told():
    raw = (
        b"ID,day,topic,minutes,what\n1,2026-02-01,talk,90,Academy\n\n9,2026-02-01,,60,Aid\n"
        b"1,x,,0,\n"
    )
    rows, wrong = read_credits(raw, {"1"})
    assert rows == (CreditRow(2, "1", Credit(dt.date(2026, 2, 1), "talk", 90), "Academy"),)
    assert [p.where for p in wrong] == [
        "credits, row 4, column 'id'", "credits, row 5, column 'day'",
        "credits, row 5, column 'minutes'",
    ]  # fmt: skip


def test_credits_without_a_column_are_told_and_none_is_read():
    rows, wrong = read_credits(b"id,day\n1,2026-02-01\n", {"1"})
    assert rows == ()
    assert "topic, minutes, what" in wrong[0].fix
