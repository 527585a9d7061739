"""An agency's tables → the panel, and an account of every row that is not in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import blank_cells, connect
from stepdown.incidents.faults import SHOWN, count_cells, faulty_rows, first_few
from stepdown.incidents.panel import Floats, Panel
from stepdown.incidents.roster import Roster, read_roster, wanted_columns
from stepdown.incidents.sources import ExposureTable, IncidentTable, PeopleTable, RawData
from stepdown.incidents.tables import Table, read_table
from stepdown.incidents.tallies import Tally, register_people, tally
from stepdown.incidents.units import label_texts
from stepdown.incidents.window import Window, find_window, read_days
from stepdown.problems import InputProblems, Problem

_VALUES_SHOWN = 12
_EXPOSURE = "exposure"


def assemble_panel(
    source: RawData, folder: Path, outcomes: Sequence[str]
) -> tuple[Panel | None, list[Problem]]:
    """Build the panel from people, incidents and exposure, and list everything that is wrong.

    A person is present in a period when in service on its every day, and counts only where
    present; the panel's account says how many rows were left out of which table and why.
    Only whole periods between `first` and `last` are used. Files are relative to `folder`.
    """
    window, problems = find_window(source)
    people, found = _read(folder, source.people, wanted_columns(source.people))
    problems += found
    incidents = []
    for part in source.incidents:
        table, found = _read(folder, part, [part.unit, part.date, part.outcome])
        problems += found
        incidents.append(table)
    exposure = None
    if source.exposure is not None:
        part_columns = [source.exposure.unit, source.exposure.date, source.exposure.amount]
        exposure, found = _read(folder, source.exposure, part_columns)
        problems += found
    if people is None or window is None:
        return None, problems
    roster, found, account = read_roster(people, source.people, window)
    problems += found
    if roster is None:
        return None, problems
    with connect() as con:
        register_people(con, roster)
        tallies, found = _incidents(con, source.incidents, incidents, outcomes, roster, window)
        problems += found
        hours = _exposure(con, source.exposure, exposure, roster, window)
    problems += hours.problems if hours else ()
    tables = [people, *(t for t in (*incidents, exposure) if t is not None)]
    if len(tables) < 1 + len(source.incidents) + (source.exposure is not None):
        return None, problems
    panel = Panel(
        units=roster.units,
        period_labels=window.period_labels,
        counts={name: _total(tallies, name, roster, window) for name in outcomes},
        present=roster.present(window.length),
        assigned=roster.assigned,
        trained=roster.trained,
        exposure=None if hours is None else hours.amounts[_EXPOSURE],
        strata=roster.strata,
        cluster=roster.cluster,
        files=tuple(t.source_file for t in tables),
        account=(*account, *(s for t in (*tallies, hours) if t is not None for s in t.account)),
    )
    if exposure is not None and source.exposure is not None:
        problems += _unexposed(panel, exposure, source.exposure)
    return panel, problems


def _read(
    folder: Path,
    part: PeopleTable | IncidentTable | ExposureTable,
    wanted: Sequence[str | None],
) -> tuple[Table | None, list[Problem]]:
    named = [name for name in wanted if name is not None]
    try:
        table = read_table(folder / part.file, named, part.sheet)
    except InputProblems as error:
        return None, list(error.problems)
    missing = table.missing(named)
    return (None if missing else table), missing


def _total(tallies: Sequence[Tally], name: str, roster: Roster, window: Window) -> Floats:
    total = np.zeros((len(roster.units), window.length))
    for part in tallies:
        if name in part.amounts:
            total += part.amounts[name]
    return total


def _incidents(
    con: duckdb.DuckDBPyConnection,
    parts: Sequence[IncidentTable],
    tables: Sequence[Table | None],
    outcomes: Sequence[str],
    roster: Roster,
    window: Window,
) -> tuple[list[Tally], list[Problem]]:
    tallies: list[Tally] = []
    problems: list[Problem] = []
    mentioned: dict[str, None] = {}
    for part, table in zip(parts, tables, strict=True):
        if table is None:
            continue
        days, found = read_days(table, part.date)
        problems += found
        things: NDArray[np.object_] | str = part.counts_as or ""
        if part.outcome is not None:
            cells = table.columns[part.outcome]
            things = label_texts(cells)
            expected, fix = "an outcome in every row", "say what the row counts for"
            problems += faulty_rows(table, part.outcome, blank_cells(cells), expected, fix)
            mentioned |= dict.fromkeys(str(t) for t in things.tolist() if t is not None)
        else:
            mentioned[str(things)] = None
        keep = [o for o in outcomes if not isinstance(things, str) or o == things]
        tallies.append(tally(con, table, part.unit, days, things, None, keep, roster, window))
        problems += tallies[-1].problems
    if None not in tables:
        problems += _unmentioned(outcomes, mentioned, tables)
    return tallies, problems


def _unmentioned(
    outcomes: Sequence[str], mentioned: dict[str, None], tables: Sequence[object]
) -> list[Problem]:
    there = ", ".join(f"'{name}'" for name in list(mentioned)[:_VALUES_SHOWN])
    more = len(mentioned) - _VALUES_SHOWN
    there += f" and {more:,} more" if more > 0 else ""
    files = ", ".join(t.name for t in tables if isinstance(t, Table))
    return [
        Problem(
            where=f"study file, outcome '{name}'",
            given=f"no row of {files} counts for '{name}'; the rows count for: {there}",
            expected="a name that stands in the incident files, or in `counts_as`",
            fix="correct the outcome's name in the study file",
        )
        for name in outcomes
        if name not in mentioned
    ]


def _exposure(
    con: duckdb.DuckDBPyConnection,
    part: ExposureTable | None,
    table: Table | None,
    roster: Roster,
    window: Window,
) -> Tally | None:
    if part is None or table is None:
        return None
    days, problems = read_days(table, part.date, months=True)
    amounts, found = count_cells(table, part.amount, whole=False)
    problems += found
    keep = [_EXPOSURE]
    result = tally(con, table, part.unit, days, _EXPOSURE, amounts, keep, roster, window)
    return Tally(result.amounts, result.account, (*problems, *result.problems))


def _unexposed(panel: Panel, table: Table, part: ExposureTable) -> list[Problem]:
    """Say where something was counted and no exposure given, or nobody has any."""
    if panel.exposure is None:
        return []
    problems = []
    nobody = np.flatnonzero((panel.exposure <= 0).all(axis=0) & panel.present.any(axis=0))
    if nobody.size:
        labels = [panel.period_labels[i] for i in nobody[:SHOWN].tolist()]
        problems.append(
            Problem(
                where=f"{table.name}, column '{part.amount}'",
                given=f"no exposure for anybody in {first_few(labels, nobody.size)}",
                expected="exposure in every period of the window",
                fix="add these periods to the file, or shorten the window in the study file",
            )
        )
    happened = np.zeros(panel.present.shape, dtype=bool)
    for counts in panel.counts.values():
        happened |= counts > 0
    without = happened & (panel.exposure <= 0)
    without[:, nobody] = False
    cells = np.argwhere(without)
    if len(cells):
        given = [f"{panel.units[i]} in {panel.period_labels[t]}" for i, t in cells[:SHOWN].tolist()]
        problems.append(
            Problem(
                where=f"{table.name}, column '{part.amount}'",
                given="something was counted, but exposure is 0 or absent, for "
                f"{first_few(given, len(cells))}",
                expected="exposure above 0 wherever something was counted",
                fix="add or correct the exposure of these people, or leave the exposure out",
            )
        )
    return problems
