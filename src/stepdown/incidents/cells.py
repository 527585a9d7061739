"""Cells as files give them → the four kinds of column that the package knows.

A column is whole numbers (`int64`), numbers (`float64`, NaN where blank), days
(`datetime64[D]`, NaT where blank) or text (objects, None where blank). Which one is decided by
all of its cells, in the same way for every file format.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]

_LARGEST_EXACT = 2**53
_DIGITS_A_FLOAT_KEEPS = 16
_TRIMMED = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(65279)"
_BLANKS = "('', 'NA', 'NaN', 'nan', 'N/A', 'NULL', 'null', 'NaT', '<NA>')"
_WHOLE = r"regexp_full_match({c}, '[+-]?(0|[1-9][0-9]{{0,17}})(\.0*)?')"
_NUMBER = (
    r"regexp_full_match({c}, '[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
    r"|[+-]?[iI]nf(inity)?')"
)
_DAY = (
    r"regexp_full_match({c}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T][0-9]{{2}}:.*)?') "
    r"and try_cast(left({c}, 10) as date) is not null"
)


def connect() -> duckdb.DuckDBPyConnection:
    """Open a private in-memory DuckDB that never loads or downloads an extension.

    It runs on one thread: with more, DuckDB 2.0 does not keep the rows of a CSV in order, and
    sums of floats depend on how rows were dealt out.
    """
    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": "1",
        },
    )


def typed_text(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> list[Column]:
    """Read text columns of a DuckDB table, each as its kind, without surrounding space.

    Blank are the empty cell and the words that programs write for it: NA, NaN, N/A, NULL.
    A number with a leading zero (`007`) makes its column text, because badge numbers have them.
    """
    if not columns:
        return []
    whole = ", ".join(f"count(*) filter ({_WHOLE.format(c=c)})" for c in columns)
    rows, *counts = _one_row(con, f"select count(*), {whole} from {table}")
    return [
        _fetch(con, table, f"cast(split_part({c}, '.', 1) as bigint)")
        if count == rows and rows > 0
        else _typed_one(con, table, c)
        for c, count in zip(columns, counts, strict=True)
    ]


def _typed_one(con: duckdb.DuckDBPyConnection, table: str, column: str) -> Column:
    con.execute(
        f"create or replace temp table seen as select given, {_cleaned('given')} as c "
        f"from (select distinct {column} as given from {table})"
    )
    tests = ", ".join(f"count(*) filter ({t.format(c='c')})" for t in (_WHOLE, _NUMBER, _DAY))
    values, filled, changed, longest, whole, number, day = _one_row(
        con,
        "select count(*), count(c), count(*) filter (given is distinct from c), "
        f"coalesce(max(length(c)), 0), {tests} from seen",
    )
    cell = _cleaned(column) if changed else column
    if filled == 0:
        return _fetch(con, table, "cast(null as double)")
    if whole == filled and (filled == values or longest < _DIGITS_A_FLOAT_KEEPS):
        kind = "bigint" if filled == values else "double"
        return _fetch(con, table, f"cast(split_part({cell}, '.', 1) as {kind})")
    if number == filled > whole:
        return _fetch(con, table, f"cast({cell} as double)")
    if day == filled:
        return _fetch(con, table, f"cast(left({cell}, 10) as date)")
    return _fetch(con, table, cell)


def _cleaned(column: str) -> str:
    cell = f"trim({column}, {_TRIMMED})"
    return f"case when {cell} in {_BLANKS} then null else {cell} end"


def _one_row(con: duckdb.DuckDBPyConnection, query: str) -> list[int]:
    return [int(n) for row in con.execute(query).fetchall() for n in row]


def _fetch(con: duckdb.DuckDBPyConnection, table: str, expression: str) -> Column:
    return _plain(con.execute(f"select {expression} as x from {table}").fetchnumpy()["x"])


def text_columns(columns: list[Column]) -> list[Column]:
    """Give columns of text objects (None where blank) each as its kind."""
    if not columns:
        return []
    con = connect()
    names = [f"c{i}" for i in range(len(columns))]
    con.register("given", dict(zip(names, columns, strict=True)))
    cast = ", ".join(f"cast({n} as varchar) as {n}" for n in names)
    con.execute(f"create temp table cells as select {cast} from given")
    found = typed_text(con, "cells", names)
    con.close()
    return found


def canonical(values: Any) -> Column:
    """Give any one-dimensional array as one of the four kinds of column.

    Whole-number floats become `int64`; text is typed as in a file.
    """
    if isinstance(values, np.ma.MaskedArray):
        values = _plain(values)
    array = np.asarray(values)
    if array.dtype.kind in "biu":
        return array.astype(np.int64, copy=False)
    if array.dtype.kind == "f":
        return whole_if_possible(array.astype(np.float64, copy=False))
    if array.dtype.kind == "M":
        return array.astype("datetime64[D]", copy=False)
    texts = np.empty(len(array), dtype=object)
    texts[:] = [None if _is_blank(v) else str(v) for v in array.tolist()]
    return text_columns([texts])[0]


def whole_if_possible(numbers: NDArray[np.float64]) -> Column:
    """Give floats as `int64` when every one of them is a whole number."""
    if numbers.size == 0:
        return numbers
    low, high = float(numbers.min()), float(numbers.max())
    if not (low >= -_LARGEST_EXACT and high <= _LARGEST_EXACT):
        return numbers
    whole = numbers.astype(np.int64)
    return whole if bool((whole == numbers).all()) else numbers


def blank_cells(cells: Column) -> NDArray[np.bool_]:
    """Tell which cells of a typed column are blank, (n,) bool."""
    if cells.dtype.kind == "i":
        return np.zeros(len(cells), dtype=bool)
    if cells.dtype.kind == "f":
        return np.isnan(cells)
    if cells.dtype.kind == "M":
        return np.isnat(cells)
    return np.array([cell is None for cell in cells.tolist()], dtype=bool)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def _plain(values: Any) -> Column:
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    data: Column = np.asarray(np.ma.getdata(values))
    if data.dtype.kind == "M":
        days = data.astype("datetime64[D]")
        if mask is not None:
            days[mask] = np.datetime64("NaT")
        return days
    if data.dtype.kind in "biuf":
        if mask is not None and mask.any():
            numbers = data.astype(np.float64)
            numbers[mask] = np.nan
            return numbers
        return canonical(data)
    texts = np.array(data, dtype=object)
    if mask is not None:
        texts[mask] = None
    return texts
