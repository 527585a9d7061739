"""One reader per file format: a path → the column names and the wanted columns.

Each reader gives `(available, columns)`: the header cells without surrounding space, in the
file's order, and the wanted columns that were found. A file that cannot be read raises
`Unreadable` with a reason for the reader.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import python_calamine

from stepdown.incidents.cells import (
    Column,
    blank_cells,
    canonical,
    connect,
    text_columns,
    typed_text,
)

Read = tuple[tuple[str, ...], dict[str, Column]]

_FEW = 5


class Unreadable(Exception):
    """The file is not what its ending says, or has no table in it."""


def wanted_positions(header: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """Find each wanted name in a header; a name that stands there twice is `Unreadable`."""
    twice = [name for name in dict.fromkeys(wanted) if header.count(name) > 1]
    if twice:
        raise Unreadable(f"the column name {', '.join(twice)} stands in the header twice")
    return {name: header.index(name) for name in dict.fromkeys(wanted) if name in header}


def read_csv(path: Path, wanted: Sequence[str]) -> Read:
    """Read a CSV in UTF-8, UTF-16 or Latin-1, separated by comma, semicolon, tab or bar."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        head = _first_record_text(file)
    separator = max(",;\t|", key=lambda mark: _unquoted(head).count(mark))
    header = tuple(c.strip() for c in next(csv.reader([head], delimiter=separator), []))
    if not any(header):
        raise Unreadable("the file has no header row")
    at = wanted_positions(header, wanted)
    con = connect()
    names = [f"c{i}" for i in at.values()]
    try:
        _scan(con, path, encoding, separator, len(header), names)
    except duckdb.Error:
        rows = _rows_by_hand(path, encoding, separator, len(header), list(at.values()))
        con.register("cells", rows)
    columns = typed_text(con, "cells", names)
    con.close()
    return header, _without_blank_end(dict(zip(at, columns, strict=True)))


def _scan(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    encoding: str,
    separator: str,
    width: int,
    names: list[str],
) -> None:
    # With header=true DuckDB may drop every row of a file with mixed line ends without a word;
    # with header=false it says so, and the header is the first row.
    con.read_csv(
        re.sub(r"([*?\[])", r"[\1]", str(path)),
        auto_detect=False,
        header=False,
        sep=separator,
        quotechar='"',
        escapechar='"',
        columns={f"c{i}": "VARCHAR" for i in range(width)},
        encoding=encoding.removesuffix("-sig"),
    ).create_view("given")
    con.execute(f"create temp table cells as select {', '.join(names) or 'c0'} from given")
    con.execute("delete from cells where rowid = 0")


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        if start == b"PK\x03\x04":
            raise Unreadable("this is an Excel or ZIP file, not text")
        file.seek(0)
        decoder = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        try:
            while decoder.read(1 << 20):
                pass
        except UnicodeDecodeError:
            return "latin-1"
        return "utf-8-sig"


def _first_record_text(file: io.TextIOBase | Any) -> str:
    text = ""
    for line in file:
        text += line if text or line.strip() else ""
        if text and text.count('"') % 2 == 0:
            return text
    return text


def _unquoted(text: str) -> str:
    return "".join(text.split('"')[::2])


def _rows_by_hand(
    path: Path, encoding: str, separator: str, width: int, take: list[int]
) -> dict[str, Column]:
    """Read what DuckDB refuses (mixed line ends), or say which rows have too many cells."""
    ragged: list[str] = []
    kept: list[list[str]] = []
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        try:
            filled = (row for row in reader if row)
            next(filled)
            for n, row in enumerate(filled, start=2):
                if len(row) != width:
                    ragged.append(f"row {n} has {len(row)}")
                else:
                    kept.append([row[i] for i in take])
        except csv.Error as error:
            raise Unreadable(f"line {reader.line_num}: {error}") from error
    if ragged:
        more = f" and {len(ragged) - _FEW} more rows" if len(ragged) > _FEW else ""
        raise Unreadable(f"the header has {width} cells, but {', '.join(ragged[:_FEW])}{more}")
    columns = {}
    for position, i in enumerate(take):
        column = np.empty(len(kept), dtype=object)
        column[:] = [row[position] for row in kept]
        columns[f"c{i}"] = column
    return columns


def read_parquet(path: Path, wanted: Sequence[str]) -> Read:
    """Read the wanted columns of a Parquet file and no others."""
    con = connect()
    try:
        given = con.read_parquet(str(path))
        names, types = list(given.columns), [str(t) for t in given.types]
        at = wanted_positions([n.strip() for n in names], wanted)
        picks = [_parquet_pick(names[i], types[i], f"c{i}") for i in at.values()]
        given.create_view("given")
        con.execute(f"create temp table cells as select {', '.join(picks) or '1'} from given")
        text = [f"c{i}" for i in at.values() if _is_text(types[i])]
        columns = dict(zip(text, typed_text(con, "cells", text), strict=True))
        other = [f"c{i}" for i in at.values() if not _is_text(types[i])]
        if other:
            found = con.execute(f"select {', '.join(other)} from cells").fetchnumpy()
            columns |= {c: canonical(found[c]) for c in other}
    except duckdb.Error as error:
        raise Unreadable(f"not a Parquet file: {str(error).splitlines()[0]}") from error
    finally:
        con.close()
    header = tuple(n.strip() for n in names)
    return header, {name: columns[f"c{i}"] for name, i in at.items()}


def _is_text(kind: str) -> bool:
    numeric = ("INT", "UINT", "BIGINT", "UBIGINT", "DOUBLE", "FLOAT", "REAL", "DECIMAL", "HUGE")
    others = ("UHUGE", "SMALL", "USMALL", "TINY", "UTINY", "BOOL", "DATE", "TIMESTAMP")
    return not kind.upper().startswith((*numeric, *others))


def _parquet_pick(name: str, kind: str, alias: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if _is_text(kind):
        return f"cast({column} as varchar) as {alias}"
    if kind.upper().startswith(("DECIMAL", "HUGE", "UHUGE", "UBIGINT")):
        return f"cast({column} as double) as {alias}"
    if kind.upper().startswith("TIMESTAMP"):
        return f"cast({column} as date) as {alias}"
    return f"{column} as {alias}"


def read_excel(path: Path, wanted: Sequence[str], sheet: str | None) -> Read:
    """Read one sheet of an .xlsx or .xls file; the first row is the header."""
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        if sheet is not None and sheet not in book.sheet_names:
            there = ", ".join(book.sheet_names)
            raise Unreadable(f"it has no sheet '{sheet}'; its sheets are: {there}")
        page = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
        rows = page.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable(f"not an Excel file: {error}") from error
    if not rows:
        raise Unreadable("the sheet is empty")
    header = tuple(_cell_text(cell) or "" for cell in rows[0])
    at = wanted_positions(header, wanted)
    texts = []
    for i in at.values():
        column = np.empty(len(rows) - 1, dtype=object)
        column[:] = [_cell_text(row[i]) for row in rows[1:]]
        texts.append(column)
    found = text_columns(texts) if len(rows) > 1 else texts
    return header, _without_blank_end(dict(zip(at, found, strict=True)))


def _cell_text(cell: object) -> str | None:
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell).strip() or None


def _without_blank_end(columns: dict[str, Column]) -> dict[str, Column]:
    """Drop rows at the end that are blank throughout, as spreadsheets leave them."""
    if not columns:
        return columns
    filled = np.zeros(len(next(iter(columns.values()))), dtype=bool)
    for column in columns.values():
        filled |= ~blank_cells(column)
        if filled.size and filled[-1]:
            return columns
    keep = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
    return {name: canonical(column[:keep]) for name, column in columns.items()}


def read_r_data(path: Path, wanted: Sequence[str]) -> Read:
    """Read the first data frame of an R file (.rda, .RData, .rds)."""
    import rdata  # noqa: PLC0415 - brings pandas and xarray, half a second that others save

    kinds: Mapping[str | bytes, Callable[[Any, Any], Any]] = {
        **rdata.conversion.DEFAULT_CLASS_MAP,
        "data.frame": _r_frame,
        "factor": _r_factor,
        "ordered": _r_factor,
        "Date": _r_days,
        "POSIXct": _r_seconds,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = rdata.conversion.convert(rdata.parser.parse_file(path), kinds)
    except Exception as error:  # rdata raises whatever its parser meets
        raise Unreadable(f"not an R data file ({type(error).__name__}: {error})") from error
    candidates = found.values() if isinstance(found, dict) else [found]
    frame = next((f for f in candidates if isinstance(f, _Frame)), None)
    if frame is None:
        raise Unreadable("no data frame in it")
    header = tuple(name.strip() for name in frame.columns)
    at = wanted_positions(header, wanted)
    values = list(frame.columns.values())
    return header, {name: canonical(values[i]) for name, i in at.items()}


class _Frame:
    """An R data frame as plain arrays."""

    def __init__(self, columns: dict[str, Any]) -> None:
        self.columns = columns


def _r_frame(obj: Any, _attrs: Any) -> _Frame:
    return _Frame(dict(obj) if isinstance(obj, Mapping) else {})


def _r_factor(obj: Any, attrs: Any) -> Column:
    codes = np.ma.filled(np.ma.asarray(obj), 0).astype(np.int64)
    levels = np.array([None, *attrs["levels"]], dtype=object)
    return levels[np.where((codes > 0) & (codes < len(levels)), codes, 0)]


def _r_days(obj: Any, _attrs: Any) -> Column:
    numbers = np.ma.filled(np.ma.asarray(obj, dtype=np.float64), np.nan)
    days = np.full(len(numbers), np.datetime64("NaT"), dtype="datetime64[D]")
    known = np.isfinite(numbers)
    days[known] = np.floor(numbers[known]).astype(np.int64).astype("datetime64[D]")
    return days


def _r_seconds(obj: Any, attrs: Any) -> Column:
    return _r_days(np.ma.asarray(obj, dtype=np.float64) / 86_400, attrs)
