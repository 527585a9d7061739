"""A ready file, one row per unit and period → the panel, and everything wrong with it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from stepdown.incidents.cells import canonical
from stepdown.incidents.datasets import find
from stepdown.incidents.faults import as_numbers, count_cells, faulty_rows
from stepdown.incidents.grid import Grid, lay_out
from stepdown.incidents.panel import AccountStep, Floats, Panel, SourceFile
from stepdown.incidents.periods import infer_scale
from stepdown.incidents.sources import PanelData
from stepdown.incidents.tables import Table, read_table
from stepdown.problems import InputProblems, Problem

Found = tuple[Panel | None, list[Problem]]


def read_panel(
    source: PanelData,
    folder: Path,
    outcomes: Sequence[str],
    environ: Mapping[str, str] | None = None,
) -> Found:
    """Read a ready panel file and list everything that is wrong with it.

    `source.panel` is a path relative to `folder`, or the name of a registered dataset, which
    is looked for through `environ` (the process's own if None) and downloaded if it is nowhere.
    The panel comes along with its problems when there is enough to go on, without what the file
    does not have, and is None if not.
    """
    try:
        path = find(source.panel, os.environ if environ is None else environ, folder)
        table = read_table(path, _wanted(source, outcomes), source.sheet)
    except InputProblems as error:
        return None, list(error.problems)
    return _panel_of(table, source, outcomes, (table.source_file,))


def panel_from_columns(
    columns: Mapping[str, Any],
    source: PanelData,
    outcomes: Sequence[str],
    name: str = "data",
) -> Found:
    """Make a panel of columns in memory, as `read_panel` does of a file.

    `columns` maps the names used in `source` to arrays of one length, (n,). Problems name
    row 1 for the first element. Fast when units and periods are whole numbers.
    """
    wanted = _wanted(source, outcomes)
    found = {c: canonical(columns[c]) for c in wanted if c in columns}
    lengths = {c: len(v) for c, v in found.items()}
    rows = next(iter(lengths.values()), 0)
    if len(set(lengths.values())) > 1:
        given = ", ".join(f"{c}: {n}" for c, n in lengths.items())
        return None, [Problem(name, given, "columns of one length", "give equally long columns")]
    if rows == 0:
        return None, [Problem(name, "no rows", "at least one row", "give the panel's rows")]
    return _panel_of(Table(name, "", rows, tuple(columns), found), source, outcomes, ())


def _wanted(source: PanelData, outcomes: Sequence[str]) -> list[str]:
    optional = (source.assigned, source.trained, source.exposure, source.strata, source.cluster)
    named = [source.unit, source.period, *(c for c in optional if c is not None), *outcomes]
    return list(dict.fromkeys(named))


def _panel_of(
    table: Table, source: PanelData, outcomes: Sequence[str], files: tuple[SourceFile, ...]
) -> Found:
    problems = table.missing(_wanted(source, outcomes))
    if source.unit not in table.columns or source.period not in table.columns:
        return None, problems
    scale = infer_scale(table.columns[source.period])
    grid, found = lay_out(table, source.unit, source.period, scale)
    problems += found
    counts = {}
    for outcome in (o for o in outcomes if o in table.columns):
        values, found = count_cells(table, outcome)
        problems += found
        counts[outcome] = values
    exposure, found = _exposure(table, source, counts)
    problems += found
    if grid is None:
        return None, problems
    problems += grid.problems()
    assigned, found = _when(grid, source.assigned)
    problems += found
    trained, found = _when(grid, source.trained)
    problems += found
    strata, found = _fixed(grid, source.strata)
    problems += found
    cluster, found = _fixed(grid, source.cluster)
    problems += found
    panel = Panel(
        units=grid.units.labels,
        period_labels=grid.period_labels,
        counts={name: grid.spread(values) for name, values in counts.items()},
        present=grid.present,
        assigned=assigned,
        trained=trained,
        exposure=None if exposure is None else grid.spread(exposure),
        strata=strata,
        cluster=cluster,
        files=files,
        account=(_account(table, source, grid),),
    )
    return panel, problems


def _exposure(
    table: Table, source: PanelData, counts: Mapping[str, Floats]
) -> tuple[Floats | None, list[Problem]]:
    if source.exposure is None or source.exposure not in table.columns:
        return None, []
    values, problems = count_cells(table, source.exposure, whole=False)
    happened = np.zeros(table.n_rows, dtype=bool)
    for count in counts.values():
        happened |= count > 0
    problems += faulty_rows(
        table,
        source.exposure,
        happened & (as_numbers(table.columns[source.exposure]) == 0),
        "exposure above 0 wherever something was counted",
        "correct the exposure or the count: nothing can be counted in no time at work",
    )
    return values, problems


def _when(grid: Grid, column: str | None) -> tuple[Floats | None, list[Problem]]:
    if column is None or column not in grid.table.columns:
        return None, []
    return grid.unit_periods(column)


def _fixed(grid: Grid, column: str | None) -> tuple[Any, list[Problem]]:
    if column is None or column not in grid.table.columns:
        return None, []
    return grid.unit_labels(column)


def _account(table: Table, source: PanelData, grid: Grid) -> AccountStep:
    dropped = table.n_rows - len(grid.rows)
    why = (
        "every row names a unit and a period"
        if dropped == 0
        else f"{dropped:,} rows without a readable {source.unit} and {source.period}"
    )
    units = len(grid.units.labels)
    return AccountStep(table.name, table.n_rows, len(grid.rows), units, units, why)
