"""Files of people and of their credits → values for the rules on hours, whole or not at all."""

from __future__ import annotations

from collections import defaultdict
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
        day = named_day(row["day"], f"{where}, column 'day'", wrong)
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
