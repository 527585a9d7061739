"""Rows of a ready file laid out by unit and period, and what is wrong with their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import Column, blank_cells
from stepdown.incidents.faults import SHOWN, cell_text, faulty_rows, first_few
from stepdown.incidents.panel import Floats
from stepdown.incidents.periods import PeriodScale, coded
from stepdown.incidents.tables import Table
from stepdown.incidents.units import Units, find_units, label_texts
from stepdown.problems import Problem

MAX_PERIODS = 10_000
"""More periods than this are a mistake in a period column, not a panel."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The usable rows of a table as cells of a unit-by-period grid.

    N units, T periods, n usable rows; `flat` is unit * T + period, from 0.
    """

    table: Table
    unit: str
    period: str
    scale: PeriodScale
    rows: NDArray[np.intp]  # (n,) their numbers in the table
    units: Units
    first: float
    flat: NDArray[np.intp]  # (n,)
    hits: NDArray[np.intp]  # (N, T) rows per cell

    @property
    def present(self) -> NDArray[np.bool_]:
        """Whether a unit has a row in a period, (N, T)."""
        return self.hits > 0

    @property
    def period_labels(self) -> tuple[str, ...]:
        """The labels of the T periods, without gaps."""
        return tuple(self.scale.label(self.first + i) for i in range(self.hits.shape[1]))

    def spread(self, values: Floats) -> Floats:
        """Lay one value per table row out as (N, T), 0 where a unit has no row."""
        out = np.zeros(self.hits.size)
        out[self.flat] = self._usable(values)
        return out.reshape(self.hits.shape)

    def problems(self) -> list[Problem]:
        """Say what is wrong with the grid: twice, gaps and holes."""
        return [*self._twice(), *self._gaps(), *self._holes()]

    def unit_periods(self, column: str) -> tuple[Floats, list[Problem]]:
        """Read a column that gives each unit one period, as positions, (N,)."""
        cells = self.table.columns[column]
        ordinals, bad = self.scale.ordinals(cells)
        problems = faulty_rows(
            self.table,
            column,
            bad,
            f"a period like those in '{self.period}' ({self.scale.written}), `never` or blank",
            f"write it as in column '{self.period}'",
        )
        usable = self._usable(ordinals)
        firsts = self._first_rows()
        same = usable == usable[firsts][self.units.codes]
        if not same.all():
            blank = np.isnan(usable)
            same |= blank & blank[firsts][self.units.codes]
            same |= self._usable(bad)
        problems += self._changes(column, ~same, "one period per unit, the same in all its rows")
        return usable[firsts] - self.first + 1, problems

    def unit_labels(self, column: str) -> tuple[NDArray[np.object_], list[Problem]]:
        """Read a column that gives each unit one label, (N,) text, None where blank."""
        cells = self._usable(self.table.columns[column])
        firsts = self._first_rows()
        labels = label_texts(cells[firsts])
        codes = coded(cells)[0] if cells.dtype.kind == "O" else cells
        same = codes == codes[firsts][self.units.codes]
        blank = blank_cells(cells)
        same |= blank & blank[firsts][self.units.codes]
        problems = self._changes(column, ~same, "one value per unit, the same in all its rows")
        without = [str(self.units.labels[i]) for i, x in enumerate(labels) if x is None]
        if without:
            named = f"units {first_few(without)}" if len(without) > 1 else f"unit {without[0]}"
            problems.append(
                Problem(
                    where=f"{self.table.name}, column '{column}'",
                    given=f"blank for {named}",
                    expected=f"a {column} for every unit",
                    fix="fill it in, or leave these units out of the file",
                )
            )
        return labels, problems

    def _usable(self, values: Column) -> Column:
        return values if len(self.rows) == len(values) else values[self.rows]

    def _first_rows(self) -> NDArray[np.intp]:
        firsts = np.empty(len(self.units.labels), dtype=np.intp)
        firsts[self.units.codes[::-1]] = np.arange(len(self.flat) - 1, -1, -1)
        return firsts

    def _changes(self, column: str, changed: NDArray[np.bool_], expected: str) -> list[Problem]:
        rows = np.flatnonzero(changed)
        if rows.size == 0:
            return []
        units, at = np.unique(self.units.codes[rows], return_index=True)
        firsts = self._first_rows()
        cells = self._usable(self.table.columns[column])
        given = []
        for unit, row in zip(units[:SHOWN].tolist(), rows[at[:SHOWN]].tolist(), strict=True):
            start = int(firsts[unit])
            given.append(
                f"unit {self.units.labels[unit]} has {cell_text(cells[start])} in row "
                f"{self._seen(start)} and {cell_text(cells[row])} in row {self._seen(row)}"
            )
        return [
            Problem(
                where=f"{self.table.name}, column '{column}'",
                given=f"it changes within {units.size:,} units: {first_few(given, units.size)}"
                if units.size > 1
                else f"it changes: {given[0]}",
                expected=expected,
                fix="write the same value in every row of a unit",
            )
        ]

    def _seen(self, row: int) -> int:
        return int(self.rows[row]) + self.table.first_row

    def _cell(self, cell: int) -> str:
        unit, period = divmod(cell, self.hits.shape[1])
        return f"unit {self.units.labels[unit]} in period {self.scale.label(self.first + period)}"

    def _twice(self) -> list[Problem]:
        cells = np.flatnonzero(self.hits.ravel() > 1)
        if cells.size == 0:
            return []
        given = []
        for cell in cells[:SHOWN].tolist():
            seen = [str(self._seen(r)) for r in np.flatnonzero(self.flat == cell).tolist()]
            given.append(f"{self._cell(cell)} (rows {first_few(seen)})")
        return [
            Problem(
                where=f"{self.table.name}, columns '{self.unit}' and '{self.period}'",
                given=f"{cells.size:,} unit-periods stand there more than once: "
                f"{first_few(given, cells.size)}",
                expected="one row per unit and period",
                fix="add these rows up, or remove the repeated ones",
            )
        ]

    def _gaps(self) -> list[Problem]:
        gaps = np.flatnonzero(~self.present.any(axis=0))
        if gaps.size == 0:
            return []
        labels = [self.scale.label(self.first + i) for i in gaps[:SHOWN].tolist()]
        return [
            Problem(
                where=f"{self.table.name}, column '{self.period}'",
                given=f"no row for anybody in {first_few(labels, gaps.size)}",
                expected="every period from the first to the last",
                fix="add the rows of these periods, with 0 where nothing happened; "
                "periods must follow each other by 1",
            )
        ]

    def _holes(self) -> list[Problem]:
        present = self.present
        periods = np.arange(present.shape[1])
        start = present.argmax(axis=1)
        end = present.shape[1] - 1 - present[:, ::-1].argmax(axis=1)
        if bool((present.sum(axis=1) == end - start + 1).all()):
            return []
        inside = (periods >= start[:, None]) & (periods <= end[:, None])
        hole = inside & ~present & present.any(axis=0)
        cells = np.flatnonzero(hole.ravel())
        if cells.size == 0:
            return []
        given = [self._cell(cell) for cell in cells[:SHOWN].tolist()]
        units = int(hole.any(axis=1).sum())
        return [
            Problem(
                where=f"{self.table.name}, columns '{self.unit}' and '{self.period}'",
                given=f"{cells.size:,} rows are missing between a unit's first and last period, "
                f"in {units:,} units: {first_few(given, cells.size)}",
                expected="a row for every period from a unit's first to its last; "
                "a missing row is not a zero",
                fix="add these rows, with 0 where nothing happened; leave out units that were away",
            )
        ]


def lay_out(
    table: Table, unit: str, period: str, scale: PeriodScale
) -> tuple[Grid | None, list[Problem]]:
    """Place the rows that name a unit and a period; say which rows do not."""
    cells = table.columns[unit]
    nobody = blank_cells(cells)
    ordinals, bad = scale.ordinals(table.columns[period])
    blank = np.isnan(ordinals) & ~bad
    bad |= np.isinf(ordinals)
    problems = faulty_rows(table, unit, nobody, "a unit in every row", "fill in who it was")
    problems += faulty_rows(table, period, blank, "a period in every row", "fill in the period")
    problems += faulty_rows(
        table, period, bad, f"a period: {scale.written}", "write all periods in the same way"
    )
    out = nobody | blank | bad
    rows = np.flatnonzero(~out)
    if rows.size == 0:
        return None, problems
    if out.any():
        cells, ordinals = cells[rows], ordinals[rows]
    first, last = float(ordinals.min()), float(ordinals.max())
    span = last - first + 1
    if span > MAX_PERIODS:
        problems.append(
            Problem(
                where=f"{table.name}, column '{period}'",
                given=f"periods from {scale.label(first)} to {scale.label(last)}: {span:,.0f}",
                expected=f"periods that follow each other by 1, at most {MAX_PERIODS:,} of them",
                fix="number the periods 1, 2, 3, …, or write months as YYYY-MM (not YYYYMM)",
            )
        )
        return None, problems
    units = find_units(cells)
    T = int(span)
    flat = units.codes * T + (ordinals - first).astype(np.intp)
    hits = np.bincount(flat, minlength=len(units.labels) * T).reshape(-1, T)
    return Grid(table, unit, period, scale, rows, units, first, flat, hits), problems
