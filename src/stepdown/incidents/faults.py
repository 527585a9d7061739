"""Rows with the same fault → one problem that a reader can act on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.cells import Column, blank_cells
from stepdown.incidents.tables import Table
from stepdown.problems import Problem

SHOWN = 3
"""How many of the rows or units with one fault are named."""


def first_few(items: Sequence[str], total: int | None = None) -> str:
    """Name the first few things and say how many more there are."""
    count = len(items) if total is None else total
    shown = ", ".join(items[:SHOWN])
    return f"{shown} and {count - SHOWN:,} more" if count > SHOWN else shown


def cell_text(value: object) -> str:
    """Write a cell as it stood in the file; `blank` for nothing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "blank"
    if isinstance(value, np.datetime64) and np.isnat(value):
        return "blank"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f"'{value}'" if isinstance(value, str) else str(value)


def faulty_rows(
    table: Table,
    column: str,
    bad: NDArray[np.bool_],
    expected: str,
    fix: str,
    beside: Callable[[int], str] | None = None,
) -> list[Problem]:
    """Give one problem for all rows marked in `bad`, (n,), or none.

    It names the first few rows with what stands in `column`; `beside` adds what else helps to
    find a row, such as its unit.
    """
    rows = np.flatnonzero(bad)
    if rows.size == 0:
        return []
    cells = table.columns[column]
    given = [
        f"{cell_text(cells[i].item() if cells.dtype.kind in 'if' else cells[i])} in row "
        f"{i + table.first_row}" + (f" ({beside(int(i))})" if beside else "")
        for i in rows[:SHOWN].tolist()
    ]
    count = f"{rows.size:,} rows: " if rows.size > 1 else ""
    return [
        Problem(
            where=f"{table.row_label(int(rows[0]))}, column '{column}'",
            given=count + first_few(given, rows.size),
            expected=expected,
            fix=fix,
        )
    ]


def count_cells(
    table: Table, column: str, whole: bool = True
) -> tuple[NDArray[np.float64], list[Problem]]:
    """Read a column as amounts that cannot be negative, (n,), with 0 where a cell is at fault.

    With `whole` they are counts and must be whole numbers.
    """
    cells = table.columns[column]
    numbers = as_numbers(cells)
    blank = blank_cells(cells)
    unread = np.isnan(numbers) & ~blank
    unread |= np.isinf(numbers)
    negative = numbers < 0
    what = "a count: a whole number, 0 or more" if whole else "a number, 0 or more"
    problems = faulty_rows(
        table, column, blank, what, "write 0 where nothing happened; a blank is not a zero"
    )
    problems += faulty_rows(table, column, unread, what, "write a plain number in every row")
    problems += faulty_rows(table, column, negative, what, "correct these rows; nothing is < 0")
    if whole:
        part = np.isfinite(numbers) & (numbers != np.floor(numbers))
        problems += faulty_rows(
            table, column, part, what, "give counts, not rates or weighted values"
        )
    if not problems:
        return numbers, problems
    fine = np.isfinite(numbers) & ~negative
    return np.where(fine, numbers, 0.0), problems


def as_numbers(cells: Column) -> NDArray[np.float64]:
    """Read a typed column as floats, NaN where a cell is blank or no number."""
    if cells.dtype.kind in "if":
        return cells.astype(np.float64)
    numbers = np.full(len(cells), np.nan)
    if cells.dtype.kind == "O":
        for i, cell in enumerate(cells.tolist()):
            try:
                numbers[i] = float(cell) if cell is not None else np.nan
            except ValueError:
                continue
    return numbers
