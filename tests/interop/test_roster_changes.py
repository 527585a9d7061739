import datetime as dt

import pytest

from stepdown.interop.roster import read_roster
from stepdown.interop.roster_changes import Changed, Known, Left, Moved, compare, confirmed
from stepdown.problems import InputProblems

DAY = dt.date(2026, 3, 1)
HEAD = "id,name,unit,email,end,status\n"
RECORD = [
    Known("k1", "1", "Ana", "North", "ana@x.org"),
    Known("k2", "2", "Bo", "North", "bo@x.org"),
    Known("k3", "3", "Cy", "South", "cy@x.org"),
    Known("k4", "4", "Di", "South", "di@x.org", active=False),
    Known("k5", None, "Ed", "South", "ed@x.org"),
]


def changes(rows, record=RECORD):
    return compare(read_roster((HEAD + rows).encode()), record, DAY)


def test_a_roster_says_who_joined_moved_changed_left_and_came_back():
    found = changes(
        "1,Ana,South,ana@x.org,,\n"
        "2,Bo Li,North,bo@x.org,,\n"
        "4,Di,South,di@x.org,,\n"
        "5,Ed,South,ed@x.org,,\n"
        "9,Fay,East,fay@x.org,,\n"
    )
    assert [p.id for p in found.joined] == ["9"]
    assert found.moved == (Moved("k1", "1", "Ana", "North", "South"),)
    assert Changed("k2", "2", "name", "Bo", "Bo Li") in found.changed
    assert found.left == (Left("k3", "3", "Cy", "South", "not on the roster"),)
    assert [p.key for p in found.returned] == ["k4"]
    assert found.new_units == ("East",)


def test_somebody_without_a_number_is_found_by_address_and_given_it():
    found = changes("5,Ed,South,ed@x.org,,\n1,Ana,North,ana@x.org,,\n")
    assert found.changed == (Changed("k5", "5", "id", "", "5"),)
    assert found.joined == ()


def test_somebody_without_a_number_is_never_ended_by_a_roster():
    found = changes("1,Ana,North,,,\n2,Bo,North,,,\n3,Cy,South,,,\n")
    assert found.left == ()
    assert found.nothing
    assert found.unchanged == 3
    assert "no roster ends them" in found.notes[-1]


def test_a_blank_address_takes_nobodys_address_away():
    assert changes("1,Ana,North,,,\n2,Bo,North,,,\n3,Cy,South,,,\n").changed == ()


def test_inactive_people_and_those_past_their_last_day_leave_with_the_reason():
    found = changes("1,Ana,North,,2026-02-28,\n2,Bo,North,,2026-03-01,\n3,Cy,South,,,inactive\n")
    assert [(p.key, p.why) for p in found.left] == [
        ("k1", "last day 2026-02-28"), ("k3", "listed as inactive"),
    ]  # fmt: skip


def test_somebody_unknown_who_is_gone_does_not_join():
    found = changes("1,Ana,North,,,\n2,Bo,North,,,\n3,Cy,South,,,\n8,Old,North,,2020-01-01,\n")
    assert found.nothing


def test_more_than_a_fifth_leaving_needs_a_confirmation_and_a_fifth_does_not():
    record = [Known(f"k{n}", str(n), "x", "N") for n in range(10)]
    rows = [f"{n},x,N,,,\n" for n in range(10)]
    fifth = changes("".join(rows[2:]), record)
    assert len(fifth.left) == 2
    assert confirmed(fifth, many_leave=False) is fifth
    more = changes("".join(rows[3:]), record)
    assert more.needs_confirmation
    with pytest.raises(InputProblems, match="3 of 10 people"):
        confirmed(more, many_leave=False)
    assert confirmed(more, many_leave=True) is more


def test_an_address_of_somebody_else_is_a_conflict_and_nothing_is_told_in_part():
    with pytest.raises(InputProblems, match=r"row 2.*\n.*belongs to number 2"):
        changes("1,Ana,North,bo@x.org,,\n")
    with pytest.raises(InputProblems, match="belongs to number 2"):
        changes("77,New,North,bo@x.org,,\n")


def test_a_number_held_twice_in_the_record_is_a_conflict():
    record = [Known("a", "1", "x", "N"), Known("b", "1", "y", "N")]
    with pytest.raises(InputProblems, match="held by 2 people"):
        changes("1,x,N,,,\n", record)


def test_numbers_that_lost_their_zeros_are_told():
    found = changes("42,x,N,,,\n", [Known("k", "0042", "x", "N")])
    assert "are zeros lost?" in found.notes[0]


def test_comparing_changes_neither_the_record_nor_the_roster():
    roster = read_roster((HEAD + "1,Ana,South,,,\n").encode())
    before = (roster, list(RECORD))
    compare(roster, RECORD, DAY)
    assert (roster, RECORD) == before
