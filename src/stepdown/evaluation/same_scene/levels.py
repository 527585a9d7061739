"""The level column → levels from 0, lowest first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import blank_cells
from stepdown.incidents.faults import as_numbers, cell_text, faulty_rows, first_few
from stepdown.incidents.tables import Table
from stepdown.problems import Problem

Ints = NDArray[np.int64]
MOST_LEVELS = 6


def read_levels(
    table: Table, column: str, order: tuple[str, ...] | None, force_users_only: bool = False
) -> tuple[Ints, tuple[str, ...], list[Problem]]:
    """Read a column of levels: numbers (rows,) from 0, what the file calls them, problems.

    `order` names the levels, lowest first; without it they must be whole numbers without a gap.
    With `force_users_only` the lowest must be 0 or named, and nobody need be there. Rows at fault
    get level 0.
    """
    cells = table.columns[column]
    blank = faulty_rows(
        table, column, blank_cells(cells), "a level of force", "fill it in, or leave the row out"
    )
    if order is not None:
        level, labels, problems = _named(table, column, order, force_users_only)
    else:
        level, labels, problems = _numbered(table, column)
        if force_users_only and labels and labels[0] != "0":
            problems.append(_which_is_none(table, column, labels))
    return level, labels, [*blank, *problems, *_how_many(table, column, labels)]


def _numbered(table: Table, column: str) -> tuple[Ints, tuple[str, ...], list[Problem]]:
    cells = table.columns[column]
    numbers = as_numbers(cells)
    whole = np.isfinite(numbers) & (numbers == np.floor(numbers))
    problems = faulty_rows(
        table,
        column,
        ~whole & ~blank_cells(cells),
        "levels in order, as whole numbers: 0, 1, 2, …",
        'name them, lowest first: --levels "none,low,high"',
    )
    if not whole.any():
        return np.zeros(len(cells), dtype=np.int64), (), problems
    lowest, highest = int(numbers[whole].min()), int(numbers[whole].max())
    there = set(np.unique(numbers[whole]).astype(int).tolist())
    if highest - lowest + 1 > len(there):
        skipped = [str(n) for n in range(lowest, min(highest, lowest + 50)) if n not in there]
        shown = ",".join(str(n) for n in sorted(there))
        problems.append(
            Problem(
                f"{table.name}, column '{column}'",
                f"levels from {lowest} to {highest}, and nobody at {first_few(skipped)}",
                "levels without a gap",
                f"if that is the order of all levels in use, say so: --levels {shown}",
            )
        )
    labels = tuple(str(n) for n in sorted(there))
    known = np.where(whole, numbers, lowest).astype(np.int64)
    level = np.searchsorted(np.array(sorted(there)), known)
    return level.astype(np.int64), labels, problems


def _named(
    table: Table, column: str, order: tuple[str, ...], lowest_unused: bool
) -> tuple[Ints, tuple[str, ...], list[Problem]]:
    cells = table.columns[column]
    texts = [cell_text(c).strip("'") for c in cells.tolist()]
    ranks = {name: i for i, name in enumerate(order)}
    known = np.array([t in ranks for t in texts], dtype=bool)
    problems = faulty_rows(
        table,
        column,
        ~known & ~blank_cells(cells),
        f"one of the levels given: {', '.join(order)}",
        "correct the row, or name every level, lowest first, in --levels",
    )
    numbers = [float(name) for name in order if name.lstrip("-").isdigit()]
    if len(numbers) == len(order) and numbers != sorted(numbers):
        problems.append(
            Problem("--levels", ",".join(order), "the lowest level first", "turn the order round")
        )
    if len(ranks) < len(order):
        problems.append(
            Problem("--levels", ",".join(order), "each level once", "leave out the repetition")
        )
    seen = {t for t in texts if t in ranks}
    unused = [name for name in order[lowest_unused:] if name not in seen]
    if unused and not problems:
        problems.append(
            Problem(
                f"{table.name}, column '{column}'",
                f"nobody at {first_few(unused)}",
                "every named level in use",
                f"leave {first_few(unused)} out of --levels: nothing can be learnt about it",
            )
        )
    level = np.array([ranks.get(t, 0) for t in texts], dtype=np.int64)
    return level, order, problems


def _which_is_none(table: Table, column: str, labels: tuple[str, ...]) -> Problem:
    shown = ",".join(labels)
    return Problem(
        f"{table.name}, column '{column}'",
        f"levels from {labels[0]}: which of them is no force?",
        "with --force-users-only, a level 0, or all levels named with no force first",
        f"say --levels {shown} if {labels[0]} is no force, or --levels none,{shown} if nobody "
        "without force is in the file",
    )


def _how_many(table: Table, column: str, labels: tuple[str, ...]) -> list[Problem]:
    if not labels or 2 <= len(labels) <= MOST_LEVELS:
        return []
    return [
        Problem(
            f"{table.name}, column '{column}'",
            "one level" if len(labels) == 1 else f"{len(labels)} levels",
            f"2 to {MOST_LEVELS} levels",
            "give the level of force that each officer used; join levels that are hardly used",
        )
    ]
