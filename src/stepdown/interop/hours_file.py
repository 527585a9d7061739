"""Files of people and of their credits → values for the rules on hours, whole or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from stepdown.interop.delimited import Delimited, at_most
from stepdown.interop.named import named_day, named_rows, named_table
from stepdown.problems import Problem
from stepdown.retention.hours import MOST_MINUTES, Credit
from stepdown.retention.hours_cycles import Member


@dataclass(frozen=True, slots=True)
class HoursFile:
    """Members by number, and the credits of each."""

    members: dict[str, Member]
    credits: dict[str, tuple[Credit, ...]]


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A row of a file of credits: its number, whose they are, and what it was."""

    number: int
    who: str
    credit: Credit
    what: str


def read_hours(people: bytes, credits_: bytes) -> HoursFile:
    """Read people (id, hired, and certified if any) and credits (id, day, topic, minutes).

    Raises one InputProblems with every bad row of both.
    """
    wrong: list[Problem] = []
    members = _members(named_table(people, "people", ("id", "hired"), wrong), wrong)
    table = named_table(credits_, "credits", ("id", "day", "topic", "minutes"), wrong)
    found = _credits(table, members, wrong)
    if wrong:
        raise at_most("people and credits", wrong)
    return HoursFile(members, {who: tuple(given) for who, given in found.items()})


def read_credits(
    raw: bytes, people: Collection[str]
) -> tuple[tuple[CreditRow, ...], list[Problem]]:
    """Read credits (id, day, topic, minutes, what) of people who are known, by id.

    Returns the rows that could be read, and what is wrong with the others, row by row.
    """
    wrong: list[Problem] = []
    table = named_table(raw, "credits", ("id", "day", "topic", "minutes", "what"), wrong)
    rows = []
    for number, row in named_rows(table):
        bad = _unknown(row, f"credits, row {number}", people)
        credit = _credit(row, f"credits, row {number}", bad)
        wrong += bad
        if credit is not None and not bad:
            rows.append(CreditRow(number, row["id"], credit, row["what"]))
    return tuple(rows), wrong


def _members(table: Delimited | None, wrong: list[Problem]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for number, row in named_rows(table):
        where = f"people, row {number}"
        hired = named_day(row["hired"], f"{where}, column 'hired'", wrong)
        certified = row.get("certified", "")
        since = named_day(certified, f"{where}, column 'certified'", wrong) if certified else None
        who = row["id"]
        if not who or who in found:
            given = f"'{who[:60]}' again" if who else "nothing"
            wrong.append(
                Problem(f"{where}, column 'id'", given, "each person once", "correct the number")
            )
        elif hired is not None:
            found[who] = Member(who, hired, since)
    return found


def _credits(
    table: Delimited | None, members: dict[str, Member], wrong: list[Problem]
) -> dict[str, list[Credit]]:
    found: dict[str, list[Credit]] = defaultdict(list)
    for number, row in named_rows(table):
        where = f"credits, row {number}"
        credit = _credit(row, where, wrong)
        wrong += _unknown(row, where, members) if members else []
        if credit is not None:
            found[row["id"]].append(credit)
    return found


def _credit(row: dict[str, str], where: str, wrong: list[Problem]) -> Credit | None:
    """Return the credit of a row; else add what is wrong and return None."""
    day = named_day(row["day"], f"{where}, column 'day'", wrong)
    text = row["minutes"]
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 0 < minutes <= MOST_MINUTES:
        expected = f"whole minutes, 1 to {MOST_MINUTES}"
        wrong.append(
            Problem(f"{where}, column 'minutes'", f"'{text[:60]}'", expected, "correct it")
        )
        return None
    return None if day is None else Credit(day, row["topic"], minutes)


def _unknown(row: dict[str, str], where: str, people: Collection[str]) -> list[Problem]:
    if row["id"] in people:
        return []
    return [
        Problem(f"{where}, column 'id'", f"'{row['id'][:60]}'", "somebody of the people",
                "add them, or correct the number")
    ]  # fmt: skip
