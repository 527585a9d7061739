"""What a file says of training: who was trained when, and what else may matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.columns import Columns
from stepdown.evaluation.same_scene.permutation import Timing
from stepdown.evaluation.same_scene.scenes import Scenes
from stepdown.incidents.cells import Column, blank_cells
from stepdown.incidents.faults import as_numbers, faulty_rows, first_few
from stepdown.incidents.tables import Table
from stepdown.problems import Problem

Floats = NDArray[np.float64]

DAYS_A_MONTH = 365.25 / 12
_NEVER = ("never", "inf")


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Training, for every row of the file.

    `trained` (rows,) is 1 where the officer had been trained. With dates, `months` (rows,) are the
    months since training, 0 before; `day` and `training_day` (rows,) are days since 1970, inf for
    never; `stratum` (rows,) numbers the strata. `beside` (rows, q) are further numbers, with
    `names`, each scaled to mean 0 and standard deviation 1 over the rows; `scales` are the
    standard deviations.
    """

    trained: Floats
    months: Floats | None
    day: Floats | None
    training_day: Floats | None
    stratum: NDArray[np.int64]
    names: tuple[str, ...]
    beside: Floats
    scales: tuple[float, ...]

    def timing(self, scenes: Scenes) -> Timing | None:
        """Return when rows of `scenes` happened and officers were trained; None without dates."""
        if self.day is None or self.training_day is None:
            return None
        first = np.unique(scenes.officer, return_index=True)[1]
        return Timing(
            row_day=self.day[scenes.source],
            officer=scenes.officer,
            training_day=self.training_day[scenes.source[first]],
            stratum=self.stratum[scenes.source[first]],
        )


def read_training(table: Table, columns: Columns) -> tuple[TrainingData | None, list[Problem]]:
    """Read what a table says of training; None when no column for it is named."""
    problems = _which(columns)
    day = training_day = months = None
    trained = np.zeros(table.n_rows)
    if columns.trained is not None:
        trained, found = _flags(table, columns.trained)
        problems += found
    if columns.date is not None and columns.trained_on is not None:
        day, found = _days(table, columns.date, blank_is_never=False)
        problems += found
        training_day, found = _days(table, columns.trained_on, blank_is_never=True)
        problems += found
        problems += _one_each(table, columns.officer, columns.trained_on, training_day)
        trained = (day >= training_day).astype(np.float64)
        months = np.where(trained > 0, (day - training_day) / DAYS_A_MONTH, 0.0)
        months = np.where(np.isfinite(months), months, 0.0)
    stratum, found = _strata(table, columns)
    problems += found
    beside, scales, found = _beside(table, columns.beside)
    problems += found
    if columns.trained is None and columns.trained_on is None:
        return None, problems
    found_all = TrainingData(
        trained, months, day, training_day, stratum, columns.beside, beside, scales
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


def _days(table: Table, column: str, blank_is_never: bool) -> tuple[Floats, list[Problem]]:
    cells = table.columns[column]
    blank = blank_cells(cells)
    days, bad = _as_days(cells, blank)
    expected = "a day (YYYY-MM-DD)"
    problems = []
    if blank_is_never:
        expected += ", `never`, or blank for never"
        days = np.where(blank, np.inf, days)
    else:
        bad = bad | np.isinf(days)
        problems = faulty_rows(table, column, blank, expected, "fill in the day of the incident")
    problems += faulty_rows(table, column, bad & ~blank, expected, "write days as YYYY-MM-DD")
    return np.where(np.isnan(days), 0.0, days), problems


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
            days[i] = float(np.datetime64(cell[:10], "D").astype(np.int64))
        except ValueError:
            bad[i] = True
    return days, bad


def _one_each(table: Table, officer: str, column: str, values: Floats) -> list[Problem]:
    """Say which officers have more than one value in a column that should have one each."""
    ids = as_numbers(table.columns[officer])
    order = np.lexsort((values, ids))
    same = ids[order][1:] == ids[order][:-1]
    differs = values[order][1:] != values[order][:-1]
    wrong = np.unique(ids[order][1:][same & differs])
    if wrong.size == 0:
        return []
    shown = first_few([str(int(w)) for w in wrong[:3]], wrong.size)
    return [
        Problem(
            f"{table.name}, column '{column}'",
            f"more than one for the same officer: {shown}",
            "one value for each officer",
            "write the same in all rows of an officer; for a course taken twice, the first",
        )
    ]


def _strata(table: Table, columns: Columns) -> tuple[NDArray[np.int64], list[Problem]]:
    if columns.strata is None:
        return np.zeros(table.n_rows, dtype=np.int64), []
    cells = table.columns[columns.strata]
    problems = faulty_rows(
        table, columns.strata, blank_cells(cells), "the stratum of the draw", "fill it in"
    )
    _, codes = np.unique([str(c) for c in cells.tolist()], return_inverse=True)
    problems += _one_each(table, columns.officer, columns.strata, codes.astype(np.float64))
    return codes.astype(np.int64), problems


def _beside(
    table: Table, names: tuple[str, ...]
) -> tuple[Floats, tuple[float, ...], list[Problem]]:
    values = np.empty((table.n_rows, len(names)))
    scales, problems = [], []
    for q, name in enumerate(names):
        numbers = as_numbers(table.columns[name])
        bad = ~np.isfinite(numbers)
        problems += faulty_rows(
            table, name, bad, "a number in every row", "fill it in, or leave the column out"
        )
        numbers = np.where(bad, 0.0, numbers)
        scale = float(numbers.std())
        if scale == 0.0 and not bad.any():
            problems.append(
                Problem(f"{table.name}, column '{name}'", "the same number in every row",
                        "a column that differs between rows", "leave it out of --beside")
            )  # fmt: skip
        values[:, q] = (numbers - numbers.mean()) / (scale or 1.0)
        scales.append(scale)
    return values, tuple(scales), problems
