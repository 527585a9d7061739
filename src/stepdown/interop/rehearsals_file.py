"""Files of what was rehearsed, and of the refreshers there are → values for a plan."""

from __future__ import annotations

from typing import cast

from stepdown.interop.delimited import at_most
from stepdown.interop.named import named_day, named_rows, named_table
from stepdown.problems import Problem
from stepdown.retention.history import KINDS, Kind, Rehearsal
from stepdown.retention.refresher import Refresher


def read_rehearsals(raw: bytes, name: str = "rehearsals") -> tuple[Rehearsal, ...]:
    """Read person, technique, day, kind (taught, practised, tested) and score (0 to 1, or empty).

    Raises one InputProblems with every bad row.
    """
    wrong: list[Problem] = []
    found = []
    table = named_table(raw, name, ("person", "technique", "day", "kind", "score"), wrong)
    for number, row in named_rows(table):
        where = f"{name}, row {number}"
        day = named_day(row["day"], f"{where}, column 'day'", wrong)
        for column in ("person", "technique"):
            if not row[column]:
                expected = f"the {column}"
                wrong.append(Problem(f"{where}, column '{column}'", "nothing", expected, "add it"))
        if row["kind"] not in KINDS:
            given, expected = f"'{row['kind'][:60]}'", "one of " + ", ".join(KINDS)
            wrong.append(Problem(f"{where}, column 'kind'", given, expected, "correct it"))
        score = _share(row["score"], f"{where}, column 'score'", wrong) if row["score"] else None
        if day is not None:
            kind = cast("Kind", row["kind"])
            found.append(Rehearsal(row["person"], row["technique"], day, kind, score))
    if wrong:
        raise at_most(name, wrong)
    return tuple(found)


def read_refreshers(raw: bytes, name: str = "refreshers") -> tuple[Refresher, ...]:
    """Read id, title, hours and techniques (with spaces between). Raises InputProblems."""
    wrong: list[Problem] = []
    found = []
    table = named_table(raw, name, ("id", "title", "hours", "techniques"), wrong)
    for number, row in named_rows(table):
        where = f"{name}, row {number}, column 'hours'"
        hours = _number(row["hours"], where, "hours, more than 0", wrong)
        found.append(Refresher(row["id"], row["title"], hours, tuple(row["techniques"].split())))
    if wrong:
        raise at_most(name, wrong)
    return tuple(found)


def _share(text: str, where: str, wrong: list[Problem]) -> float:
    number = _number(text, where, "a share from 0 to 1", wrong, least=0.0)
    if number > 1:
        fix = "divide points by the points there were"
        wrong.append(Problem(where, f"'{text[:60]}'", "a share from 0 to 1", fix))
    return number


def _number(
    text: str, where: str, expected: str, wrong: list[Problem], least: float = 1e-6
) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not least <= number < float("inf"):
        wrong.append(Problem(where, f"'{text[:60]}'", expected, "correct it"))
        return least
    return number
