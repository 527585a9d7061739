"""Columns of whole numbers that stand for incidents and officers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import blank_cells
from stepdown.incidents.faults import as_numbers, cell_text, faulty_rows, first_few
from stepdown.incidents.tables import Table
from stepdown.problems import Problem

Ints = NDArray[np.int64]

LARGEST_EXACT = 2**53
"""From here on a float no longer tells neighbouring whole numbers apart."""


def read_ids(table: Table, column: str, what: str) -> tuple[Ints, list[Problem]]:
    """Read ids (rows,) exactly; a row at fault gets one of its own, so that it joins nothing."""
    cells = table.columns[column]
    if cells.dtype.kind == "i":
        return cells.astype(np.int64), []
    numbers = as_numbers(cells)
    blank = blank_cells(cells)
    whole = np.isfinite(numbers) & (numbers == np.floor(numbers))
    exact = whole & (np.abs(numbers) < LARGEST_EXACT)
    expected = f"a whole number that stands for the {what} (12 or 12.0)"
    problems = [
        *faulty_rows(table, column, blank, expected, f"fill in the {what}, or leave the row out"),
        *faulty_rows(
            table, column, ~blank & ~whole, expected,
            "give each a number of its own; keep the key with the names elsewhere",
        ),
        *faulty_rows(
            table, column, whole & ~exact, "a number of at most 15 digits, which is kept exactly",
            "give each a shorter number",
        ),
    ]  # fmt: skip
    alone = -(2**62) - np.arange(numbers.size, dtype=np.int64)
    return np.where(exact, np.where(exact, numbers, 0).astype(np.int64), alone), problems


def one_each(
    table: Table,
    ids: Ints,
    column: str,
    values: NDArray[np.float64],
    what: str,
    skip: NDArray[np.bool_] | None = None,
    named: NDArray[Any] | None = None,
) -> list[Problem]:
    """Say which ids have more than one value (rows,) in a column that should have one each.

    `what` is what ids stand for, with its article; `named` (rows,) calls each by what the file
    says. Rows marked in `skip` do not count.
    """
    counted = np.arange(ids.size) if skip is None else np.flatnonzero(~skip)
    order = counted[np.lexsort((counted, ids[counted]))]
    same = ids[order][1:] == ids[order][:-1]
    wrong = np.flatnonzero(same & (values[order][1:] != values[order][:-1]))
    if wrong.size == 0:
        return []
    cells, called = table.columns[column], ids if named is None else named
    shown, seen = [], set()
    for at in wrong.tolist():
        a, b = int(order[at]), int(order[at + 1])
        if ids[b] not in seen:
            seen.add(ids[b])
            pair = " and ".join(
                f"{cell_text(cells[r])} in row {r + table.first_row}" for r in (a, b)
            )
            shown.append(f"{called[b]} ({pair})")
    many = len(seen)
    return [
        Problem(
            f"{table.name}, column '{column}'",
            f"more than one for {what}: {first_few(shown, many)}",
            f"one value for {what}",
            f"write the same in all rows of {what}",
        )
    ]
