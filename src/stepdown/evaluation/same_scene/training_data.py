"""What a file says of training: who was trained when, and what else may matter."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.columns import Columns
from stepdown.evaluation.same_scene.ids import one_each
from stepdown.evaluation.same_scene.permutation import Timing
from stepdown.evaluation.same_scene.scenes import Scenes
from stepdown.incidents.cells import Column, blank_cells
from stepdown.incidents.faults import as_numbers, faulty_rows
from stepdown.incidents.tables import Table
from stepdown.problems import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LARGEST = 1e12
"""Larger numbers are no dose and no years, but something else."""
DAYS_A_MONTH = 365.25 / 12
_NEVER = ("never", "inf")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:.*)?")
_EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Training, for every row of the file.

    `trained` (rows,) is 1 where the officer had been trained. With dates, `months` (rows,) are the
    months since training, 0 before; `day` and `training_day` (rows,) are days since 1970, inf for
    never; `unit` (rows,) numbers what the lots moved, officers or clusters, and `stratum` (rows,)
    where: lots are drawn again within a stratum, and one who was not part of the draw has a stratum
    of their own. `beside` (rows, q) are further numbers, with `names`, each scaled to mean 0 and
    standard deviation 1 over the rows; `scales` are the standard deviations.
    """

    trained: Floats
    months: Floats | None
    day: Floats | None
    training_day: Floats | None
    unit: Ints
    stratum: Ints
    names: tuple[str, ...]
    beside: Floats
    scales: tuple[float, ...]

    def outside_the_draw(self) -> list[str]:
        """Say how many officers were no part of the draw, if any."""
        outside = np.unique(self.unit[self.stratum < 0]).size
        if not outside:
            return []
        return [
            f"officers without a training day, who count as untrained and were no part of the "
            f"draw: {outside:,} (write `never` for those whom the draw held back)"
        ]

    def timing(self, scenes: Scenes) -> Timing | None:
        """Return when rows of `scenes` happened and officers were trained; None without dates."""
        if self.day is None or self.training_day is None:
            return None
        _, first, unit = np.unique(self.unit[scenes.source], return_index=True, return_inverse=True)
        of_unit = scenes.source[first]
        return Timing(
            row_day=self.day[scenes.source],
            unit=unit.astype(np.int64),
            training_day=self.training_day[of_unit],
            stratum=self.stratum[of_unit],
        )


def read_training(
    table: Table, columns: Columns, incident: Ints, officer: Ints
) -> tuple[TrainingData | None, list[Problem]]:
    """Read what a table says of training; None when no column for it is named.

    `incident` and `officer` (rows,) are the ids.
    """
    problems = _which(columns)
    day = training_day = months = None
    trained = np.zeros(table.n_rows)
    if columns.trained is not None:
        trained, found = _flags(table, columns.trained)
        problems += found
    if columns.date is not None and columns.trained_on is not None:
        day, bad_day, found = _days(table, columns.date, blank_is_never=False)
        problems += found
        training_day, bad_training, found = _days(table, columns.trained_on, blank_is_never=True)
        problems += found
        unread = blank_cells(table.columns[columns.date]) | bad_day
        problems += one_each(table, incident, columns.date, day, "an incident", unread)
        problems += one_each(
            table, officer, columns.trained_on, training_day, "an officer", bad_training
        )
        trained = (day >= training_day).astype(np.float64)
        months = np.where(trained > 0, (day - training_day) / DAYS_A_MONTH, 0.0)
        months = np.where(np.isfinite(months), months, 0.0)
    unit, stratum, found = _draw(table, columns, officer, training_day)
    problems += found
    beside, scales, found = _beside(table, columns.beside)
    problems += found
    if columns.trained is None and columns.trained_on is None:
        return None, problems
    found_all = TrainingData(
        trained, months, day, training_day, unit, stratum, columns.beside, beside, scales
    )
    return found_all, problems


def _which(columns: Columns) -> list[Problem]:
    dated = (columns.date is not None, columns.trained_on is not None)
    problems = []
    if columns.trained is not None and any(dated):
        problems.append(
            Problem(
                "options", "--trained together with --date or --trained-on",
                "one way to say who was trained",
                "give --trained (0 or 1 in every row), or --date and --trained-on",
            )
        )  # fmt: skip
    elif any(dated) and not all(dated):
        there = "--date" if dated[0] else "--trained-on"
        problems.append(
            Problem("options", f"{there} alone", "--date and --trained-on", "give both, or neither")
        )
    if (columns.strata or columns.clusters) and not all(dated):
        problems.append(
            Problem("options", "--strata or --clusters without training days",
                    "them beside --date and --trained-on", "give both days, or leave them out")
        )  # fmt: skip
    if columns.beside and columns.trained is None and columns.trained_on is None:
        problems.append(
            Problem("options", "--beside without training", "columns beside that of training",
                    "say who was trained: --trained, or --date and --trained-on")
        )  # fmt: skip
    return problems


def _flags(table: Table, column: str) -> tuple[Floats, list[Problem]]:
    numbers = as_numbers(table.columns[column])
    bad = ~np.isin(numbers, (0.0, 1.0))
    problems = faulty_rows(
        table, column, bad, "1 where the officer had been trained by then, 0 where not",
        "write 0 or 1 in every row; for amounts (dose, years) use --beside",
    )  # fmt: skip
    return np.where(bad, 0.0, numbers), problems


def _days(
    table: Table, column: str, blank_is_never: bool
) -> tuple[Floats, NDArray[np.bool_], list[Problem]]:
    """Read days (rows,), which cells are none (rows,), and problems."""
    cells = table.columns[column]
    blank = blank_cells(cells)
    days, bad = _as_days(cells, blank)
    expected = "a day (YYYY-MM-DD)"
    problems = []
    if blank_is_never:
        expected += ", `never` if held back by the draw, or blank if not part of it"
        days = np.where(blank, np.inf, days)
    else:
        bad = bad | np.isinf(days)
        problems = faulty_rows(table, column, blank, expected, "fill in the day of the incident")
    problems += faulty_rows(
        table,
        column,
        bad & ~blank,
        expected,
        "write days as YYYY-MM-DD (Excel: format the cells so, and save again)",
    )
    return np.where(np.isnan(days), 0.0, days), bad & ~blank, problems


def _as_days(cells: Column, blank: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """Read cells as days since 1970, and mark those that are none."""
    if cells.dtype.kind == "M":
        days = cells.astype("datetime64[D]").astype(np.int64).astype(np.float64)
        return np.where(blank, np.nan, days), np.zeros(len(cells), dtype=bool)
    if cells.dtype.kind in "if":
        numbers = cells.astype(np.float64)
        return numbers, np.isfinite(numbers)
    days = np.full(len(cells), np.nan)
    bad = np.zeros(len(cells), dtype=bool)
    for i, cell in enumerate(cells.tolist()):
        if cell is None:
            continue
        if cell.strip().lower() in _NEVER:
            days[i] = np.inf
            continue
        try:
            days[i] = dt.date.fromisoformat(cell[:10]).toordinal() - _EPOCH
        except ValueError:
            bad[i] = True
        bad[i] |= _DAY.fullmatch(cell) is None
    return days, bad


def _draw(
    table: Table, columns: Columns, officer: Ints, training_day: Floats | None
) -> tuple[Ints, Ints, list[Problem]]:
    """Read what the lots moved and within what: unit (rows,), stratum (rows,), problems."""
    unit, problems = officer, []
    called: Column | None = None
    out = np.zeros(table.n_rows, dtype=bool)
    if columns.trained_on is not None:
        out = blank_cells(table.columns[columns.trained_on])
    if columns.clusters is not None:
        unit, found = _groups(table, columns.clusters, "the group that was drawn together")
        called = table.columns[columns.clusters]
        problems += found + one_each(
            table, officer, columns.clusters, unit.astype(np.float64), "an officer"
        )
        if training_day is not None and columns.trained_on is not None:
            problems += one_each(
                table, unit, columns.trained_on, training_day, "a group drawn together", out, called
            )
    stratum = np.zeros(table.n_rows, dtype=np.int64)
    if columns.strata is not None:
        stratum, found = _groups(table, columns.strata, "the stratum of the draw")
        problems += found
        name = "an officer" if columns.clusters is None else "a group drawn together"
        problems += one_each(
            table, unit, columns.strata, stratum.astype(np.float64), name, out, called
        )
    # Who was no part of the draw is a unit and a stratum of their own, and changes with nobody.
    alone = -1 - np.unique(officer, return_inverse=True)[1]
    return np.where(out, alone, unit), np.where(out, alone, stratum), problems


def _groups(table: Table, column: str, what: str) -> tuple[Ints, list[Problem]]:
    cells = table.columns[column]
    problems = faulty_rows(table, column, blank_cells(cells), what, "fill it in")
    _, codes = np.unique([str(c) for c in cells.tolist()], return_inverse=True)
    return codes.astype(np.int64), problems


def told_apart(data: TrainingData, scenes: Scenes, name: str) -> list[Problem]:
    """Say which columns the scenes cannot tell from each other, or from what a scene shares."""
    if not data.names or scenes.n_scenes == 0:
        return []
    x = np.column_stack([data.trained, data.beside])[scenes.source]
    mean = np.add.reduceat(x, scenes.start[:-1], axis=0) / scenes.sizes[:, None]
    within = x - mean[scenes.scene]
    problems = []
    for q, column in enumerate(data.names, start=1):
        rest = within[:, :q]
        left = within[:, q] - rest @ np.linalg.lstsq(rest, within[:, q], rcond=None)[0]
        if np.abs(left).max() < 1e-8:
            problems.append(
                Problem(
                    f"{name}, column '{column}'",
                    "the same for all officers of a scene, or repeating training or another column",
                    "a column that differs between officers of a scene in its own way",
                    "leave it out of --beside: nothing can be learnt about it",
                )
            )
    return problems


def _beside(
    table: Table, names: tuple[str, ...]
) -> tuple[Floats, tuple[float, ...], list[Problem]]:
    values = np.empty((table.n_rows, len(names)))
    scales, problems = [], []
    for q, name in enumerate(names):
        numbers = as_numbers(table.columns[name])
        bad = ~(np.abs(numbers) <= LARGEST)
        problems += faulty_rows(
            table,
            name,
            bad,
            "a number of ordinary size in every row",
            "fill it in, or leave the column out",
        )
        numbers = np.where(bad, 0.0, numbers)
        scale = float(numbers.std())
        if numbers.max() == numbers.min() and not bad.any():
            problems.append(
                Problem(f"{table.name}, column '{name}'", "the same number in every row",
                        "a column that differs between rows", "leave it out of --beside")
            )  # fmt: skip
        values[:, q] = (numbers - numbers.mean()) / max(scale, np.finfo(float).tiny)
        scales.append(scale)
    return values, tuple(scales), problems
