"""Dated rows of people → how much of each thing per person and period."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import Column, blank_cells
from stepdown.incidents.faults import faulty_rows, first_few
from stepdown.incidents.panel import AccountStep, Floats
from stepdown.incidents.roster import Roster
from stepdown.incidents.tables import Table
from stepdown.incidents.units import label_texts
from stepdown.incidents.window import Days, Window
from stepdown.problems import Problem

UNMATCHED = "people who are not in the people table or not in service in the window"
"""Why rows of people nobody knows are left out; many of them mean ids written in two ways."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted in one table, and an account of what was not.

    `amounts` maps the name of a thing to (N, T) sums over rows in service.
    """

    amounts: dict[str, Floats]
    account: tuple[AccountStep, ...]
    problems: tuple[Problem, ...]


def tally(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    unit: str,
    days: Days,
    things: Column | str,
    amounts: Floats | None,
    keep: list[str],
    roster: Roster,
    window: Window,
) -> Tally:
    """Sum rows by person, period and thing; rows of people not in service are left out.

    `days` and `amounts` (1 each if None) are (n,); `things` names what each row is, one name
    for all or (n,). Only things in `keep` are summed. `con` holds the table `people`, made by
    `register_people`.
    """
    cells = table.columns[unit]
    problems = faulty_rows(
        table, unit, blank_cells(cells), "a person in every row", "fill in who it was"
    )
    rows = {
        "unit": label_texts(cells),
        "day": days.astype("datetime64[us]"),
        "at_period": window.positions(days),
        "amount": np.ones(table.n_rows) if amounts is None else amounts,
    }
    if not isinstance(things, str):
        rows["thing"] = things
    thing = "r.thing" if "thing" in rows else _quoted(things if isinstance(things, str) else "")
    con.register("given", rows)
    con.execute(
        f"create or replace temp table placed as select r.unit, {thing} as thing, r.at_period, "
        "r.amount, p.code, p.begin, p.stop from given r left join people p on p.unit = r.unit "
        "where r.unit is not null and r.day is not null"
    )
    con.unregister("given")
    account, problem = _account(con, table, unit, keep, roster, window)
    sums = con.execute(
        "select thing, code, at_period, sum(amount) as total from placed "
        f"where {' and '.join(_conditions(keep))} group by all"
    ).fetchnumpy()
    shape = (len(roster.units), window.length)
    out = {name: np.zeros(shape) for name in keep}
    found = np.asarray(np.ma.getdata(sums["thing"]), dtype=object)
    for name in keep:
        mine = found == name
        codes = np.asarray(sums["code"])[mine], np.asarray(sums["at_period"])[mine]
        out[name][codes] = np.asarray(sums["total"])[mine]
    return Tally(out, tuple(account), (*problems, *problem))


def register_people(con: duckdb.DuckDBPyConnection, roster: Roster) -> None:
    """Make the table `people` that `tally` joins with."""
    people: dict[str, NDArray[np.generic]] = {
        "unit": roster.units,
        "code": np.arange(len(roster.units)),
        "begin": roster.begin,
        "stop": roster.stop,
    }
    con.register("roster", people)
    con.execute("create or replace temp table people as select * from roster")
    con.unregister("roster")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _conditions(keep: list[str]) -> list[str]:
    names = ", ".join(_quoted(name) for name in keep) or "''"
    return [
        f"thing in ({names})",
        "code is not null",
        "at_period >= 0",
        "at_period >= begin and at_period < stop",
    ]


def _account(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    unit: str,
    keep: list[str],
    roster: Roster,
    window: Window,
) -> tuple[list[AccountStep], list[Problem]]:
    conditions = _conditions(keep)
    reasons = [
        "rows that count for no outcome of the study",
        UNMATCHED,
        f"days outside {window.whole}",
        "days on which the person was not in service for the whole period",
    ]
    rows, units = _size(con, "true")
    steps = []
    if rows < table.n_rows:
        why = "rows without a readable person and day"
        steps.append(AccountStep(table.name, table.n_rows, rows, units, units, why))
    problems = []
    for n, why in enumerate(reasons, start=1):
        rows_left, units_left = _size(con, " and ".join(conditions[:n]))
        if rows_left < rows:
            steps.append(AccountStep(table.name, rows, rows_left, units, units_left, why))
        if n == 2 and rows and not rows_left:
            problems.append(_no_match(con, table, unit, roster))
        rows, units = rows_left, units_left
    steps.append(AccountStep(table.name, rows, rows, units, units, "counted"))
    return steps, problems


def _size(con: duckdb.DuckDBPyConnection, where: str) -> tuple[int, int]:
    query = f"select count(*), count(distinct unit) from placed where {where}"
    ((rows, units),) = con.execute(query).fetchall()
    return int(rows), int(units)


def _no_match(con: duckdb.DuckDBPyConnection, table: Table, unit: str, roster: Roster) -> Problem:
    some = con.execute("select distinct unit from placed order by unit limit 3").fetchall()
    return Problem(
        where=f"{table.name}, column '{unit}'",
        given=f"no row names a person of the people table; here: "
        f"{', '.join(row[0] for row in some)}; there: {first_few(list(roster.units))}",
        expected="the same names or numbers in both files",
        fix="write them alike in both files (007 and 7 are different)",
    )
