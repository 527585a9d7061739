"""Who was in service when, and who was to be trained when: the people table, read and checked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import Column, blank_cells
from stepdown.incidents.faults import faulty_rows, first_few
from stepdown.incidents.panel import AccountStep, Floats
from stepdown.incidents.sources import PeopleTable
from stepdown.incidents.tables import Table
from stepdown.incidents.units import Units, find_units, label_texts
from stepdown.incidents.window import Window, read_days
from stepdown.problems import Problem


@dataclass(frozen=True, slots=True)
class Roster:
    """N people, each in service for the periods begin..stop-1 (from 0; none if they are equal)."""

    units: NDArray[np.object_]  # (N,) sorted labels
    begin: NDArray[np.int64]  # (N,)
    stop: NDArray[np.int64]  # (N,)
    assigned: Floats | None  # (N,) positions 1..T, outside, NEVER or NaN
    trained: Floats | None  # (N,)
    strata: NDArray[np.object_] | None  # (N,)
    cluster: NDArray[np.object_] | None  # (N,)

    @property
    def served(self) -> NDArray[np.bool_]:
        """Whether a person was in service for at least one whole period, (N,)."""
        return self.stop > self.begin

    def present(self, length: int) -> NDArray[np.bool_]:
        """Whether a person was in service on every day of a period, (N, length)."""
        periods = np.arange(length)
        return (periods >= self.begin[:, None]) & (periods < self.stop[:, None])


def wanted_columns(source: PeopleTable) -> list[str]:
    """Name the columns that a people table must have."""
    optional = (source.end, source.assigned, source.trained, source.strata, source.cluster)
    return [source.unit, source.start, *(c for c in optional if c is not None)]


def read_roster(
    table: Table, source: PeopleTable, window: Window
) -> tuple[Roster | None, list[Problem], list[AccountStep]]:
    """Read the people table: one row per person; None if nobody was in service.

    `table` has all of `wanted_columns(source)`.
    """
    cells = table.columns[source.unit]
    nobody = blank_cells(cells)
    problems = faulty_rows(table, source.unit, nobody, "a person in every row", "fill in who")
    begin, stop, found = _service(table, source, window)
    problems += found
    named = np.flatnonzero(~nobody)
    if named.size == 0:
        return None, problems, []
    units = find_units(cells[named])
    problems += _twice(table, source.unit, units, named)
    firsts = np.empty(len(units.labels), dtype=np.intp)
    firsts[units.codes[::-1]] = named[::-1]
    assigned, found = _when(table, source.assigned, window)
    problems += found
    trained, found = _when(table, source.trained, window)
    problems += found
    served = stop[firsts] > begin[firsts]
    who = firsts[served]
    strata, found = _labels(table, source.strata, who)
    problems += found
    cluster, found = _labels(table, source.cluster, who)
    problems += found
    roster = Roster(
        units=units.labels[served],
        begin=begin[who],
        stop=stop[who],
        assigned=None if assigned is None else assigned[who],
        trained=None if trained is None else trained[who],
        strata=strata,
        cluster=cluster,
    )
    if not served.any():
        problems.append(
            Problem(
                where=f"{table.name}, column '{source.start}'",
                given=f"nobody is in service for a whole period of {window.whole}",
                expected="people in service within the window of the study",
                fix="check the dates of service, and `first` and `last` in the study file",
            )
        )
        return None, problems, []
    step = AccountStep(
        step=table.name,
        rows_in=table.n_rows,
        rows_out=int(served.sum()),
        units_in=len(units.labels),
        units_out=int(served.sum()),
        why=f"people in service for at least one whole period of {window.whole}",
    )
    return roster, problems, [step]


def _service(
    table: Table, source: PeopleTable, window: Window
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[Problem]]:
    starts, problems = read_days(table, source.start)
    begin = np.searchsorted(window.first_days, starts, side="left").astype(np.int64)
    stop = np.full(table.n_rows, window.length, dtype=np.int64)
    if source.end is not None:
        ends, found = read_days(table, source.end, blank_is="still in service")
        problems += found
        left = ~np.isnat(ends)
        stop[left] = np.searchsorted(window.last_days, ends[left], side="right")
        starts_text = label_texts(starts)
        problems += faulty_rows(
            table,
            source.end,
            left & (ends < starts),
            f"a last day on or after the first ('{source.start}')",
            "correct one of the two days",
            beside=lambda i: f"{source.start} {starts_text[i]}",
        )
    stop[np.isnat(starts)] = 0
    return begin, np.maximum(stop, 0), problems


def _twice(table: Table, column: str, units: Units, rows: NDArray[np.intp]) -> list[Problem]:
    hits = np.bincount(units.codes)
    again = np.flatnonzero(hits > 1)
    if again.size == 0:
        return []
    given = []
    for unit in again[:3].tolist():
        seen = rows[units.codes == unit] + table.first_row
        given.append(f"{units.labels[unit]} (rows {first_few([str(r) for r in seen.tolist()])})")
    return [
        Problem(
            where=f"{table.name}, column '{column}'",
            given=f"{again.size:,} people stand there more than once: "
            f"{first_few(given, again.size)}",
            expected="one row per person",
            fix="keep one row per person; for somebody who left and came back, "
            "give the longest stretch of service",
        )
    ]


def _when(table: Table, column: str | None, window: Window) -> tuple[Floats | None, list[Problem]]:
    if column is None:
        return None, []
    positions, bad = window.assigned(table.columns[column])
    return positions, faulty_rows(
        table,
        column,
        bad,
        "a day (YYYY-MM-DD), `never` or blank",
        "write dates as YYYY-MM-DD, and `never` for people held back to the end",
    )


def _labels(
    table: Table, column: str | None, who: NDArray[np.intp]
) -> tuple[Column | None, list[Problem]]:
    if column is None:
        return None, []
    cells = table.columns[column]
    blank = np.zeros(table.n_rows, dtype=bool)
    blank[who] = blank_cells(cells)[who]
    problems = faulty_rows(
        table, column, blank, f"a {column} for every person", "fill it in, or leave them out"
    )
    return label_texts(cells[who]), problems
