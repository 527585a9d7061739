"""Rows of a delimited file by the names of their columns."""

from __future__ import annotations

import datetime as dt

from stepdown.interop.delimited import Delimited, armed, read_delimited
from stepdown.problems import InputProblems, Problem


def named_table(
    raw: bytes, name: str, wanted: tuple[str, ...], wrong: list[Problem]
) -> Delimited | None:
    """Return a file that has the wanted columns; else add what is wrong and return None."""
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


def named_rows(table: Delimited | None) -> list[tuple[int, dict[str, str]]]:
    """Return each row's number and its cells by the name of the column in small letters."""
    if table is None:
        return []
    names = [cell.casefold() for cell in table.header]
    return [
        (row.number, dict(zip(names, map(armed, row.cells), strict=True))) for row in table.rows
    ]


def named_day(text: str, where: str, wrong: list[Problem]) -> dt.date | None:
    """Return the day that a cell holds; else add what is wrong and return None."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        fix = "write days like 2026-03-01"
        wrong.append(Problem(where, f"'{text[:60]}'" if text else "nothing", "YYYY-MM-DD", fix))
        return None
