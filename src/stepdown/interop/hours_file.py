"""Files of people and of their credits → values for the rules on hours, whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from stepdown.interop.delimited import Delimited, armed, at_most, read_delimited
from stepdown.problems import InputProblems, Problem
from stepdown.retention.hours import MOST_MINUTES, Credit
from stepdown.retention.hours_cycles import Member


@dataclass(frozen=True, slots=True)
class HoursFile:
    """Members by number, and the credits of each."""

    members: dict[str, Member]
    credits: dict[str, tuple[Credit, ...]]


def read_hours(people: bytes, credits_: bytes) -> HoursFile:
    """Read people (id, hired, and certified if any) and credits (id, day, topic, minutes).

    Raises one InputProblems with every bad row of both.
    """
    wrong: list[Problem] = []
    members = _members(_table(people, "people", ("id", "hired"), wrong), wrong)
    table = _table(credits_, "credits", ("id", "day", "topic", "minutes"), wrong)
    found = _credits(table, members, wrong)
    if wrong:
        raise at_most("people and credits", wrong)
    return HoursFile(members, {who: tuple(given) for who, given in found.items()})


def _table(
    raw: bytes, name: str, wanted: tuple[str, ...], wrong: list[Problem]
) -> Delimited | None:
    try:
        table = read_delimited(raw, name)
    except InputProblems as error:
        wrong += error.problems
        return None
    there = [cell.casefold() for cell in table.header]
    if missing := [column for column in wanted if column not in there]:
        given = ", ".join(table.header)[:80]
        expected = f"the columns {', '.join(wanted)}"
        wrong.append(Problem(f"{name}, the header", given, expected, f"add {', '.join(missing)}"))
        return None
    return table


def _rows(table: Delimited | None) -> list[tuple[int, dict[str, str]]]:
    if table is None:
        return []
    names = [cell.casefold() for cell in table.header]
    return [
        (row.number, dict(zip(names, map(armed, row.cells), strict=True))) for row in table.rows
    ]


def _members(table: Delimited | None, wrong: list[Problem]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for number, row in _rows(table):
        where = f"people, row {number}"
        hired = _day(row["hired"], f"{where}, column 'hired'", wrong)
        certified = row.get("certified", "")
        since = _day(certified, f"{where}, column 'certified'", wrong) if certified else None
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
    for number, row in _rows(table):
        where = f"credits, row {number}"
        day = _day(row["day"], f"{where}, column 'day'", wrong)
        text = row["minutes"]
        minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        if not 0 < minutes <= MOST_MINUTES:
            expected = f"whole minutes, 1 to {MOST_MINUTES}"
            wrong.append(
                Problem(f"{where}, column 'minutes'", f"'{text[:60]}'", expected, "correct it")
            )
        if members and row["id"] not in members:
            wrong.append(
                Problem(f"{where}, column 'id'", f"'{row['id'][:60]}'", "somebody of the people",
                        "add them, or correct the number")
            )  # fmt: skip
        if day is not None and minutes:
            found[row["id"]].append(Credit(day, row["topic"], minutes))
    return found


def _day(text: str, where: str, wrong: list[Problem]) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        fix = "write days like 2026-03-01"
        wrong.append(Problem(where, f"'{text[:60]}'" if text else "nothing", "YYYY-MM-DD", fix))
        return None
