"""One table of a person's file: the wanted columns, typed, and how to name its rows."""

from __future__ import annotations

import csv
import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stepdown.incidents.cells import Column
from stepdown.incidents.formats import (
    Read,
    Unreadable,
    read_csv,
    read_excel,
    read_parquet,
    read_r_data,
)
from stepdown.incidents.panel import SourceFile
from stepdown.problems import InputProblems, Problem

_CSV = (".csv", ".tsv", ".txt")
_PARQUET = (".parquet", ".pq")
_EXCEL = (".xlsx", ".xls", ".xlsm")
_R = (".rda", ".rdata", ".rds")
_KINDS = "CSV (.csv), Parquet (.parquet), Excel (.xlsx, .xls) or R data (.rda, .RData, .rds)"


@dataclass(frozen=True, slots=True)
class Table:
    """The wanted columns of one file.

    A column is `int64`, `float64` (NaN where blank), `datetime64[D]` (NaT) or text objects
    (None); all have `n_rows` cells.
    """

    name: str
    sha256: str
    n_rows: int
    available: tuple[str, ...]
    columns: dict[str, Column]
    first_row: int = 1

    def row_label(self, i: int) -> str:
        """Name row `i` (from 0) as a person sees it when the file is open."""
        return f"{self.name} row {i + self.first_row}"

    @property
    def source_file(self) -> SourceFile:
        """The file behind the table, for the record."""
        return SourceFile(name=self.name, sha256=self.sha256, rows=self.n_rows)

    def missing(self, wanted: Sequence[str], named_in: str = "the study file") -> list[Problem]:
        """Say which wanted columns are not in the file, with the closest name that is.

        `named_in` is where the wanted names were written.
        """
        there = ", ".join(name or "(blank)" for name in self.available) or "none"
        return [
            Problem(
                where=f"{self.name}, header",
                given=f"no column '{name}'; columns are: {there}",
                expected=f"a column '{name}', as named in {named_in}",
                fix=_closest(name, self.available, named_in),
            )
            for name in dict.fromkeys(wanted)
            if name not in self.columns
        ]


def _closest(name: str, available: Sequence[str], named_in: str) -> str:
    lower = {a.lower(): a for a in available}
    near = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.5)
    if near:
        return f"did you mean '{lower[near[0]]}'? Correct the name in {named_in}"
    return f"correct the name in {named_in}, or add the column to the data"


def read_table(path: Path, wanted: Sequence[str], sheet: str | None = None) -> Table:
    """Read the wanted columns of a CSV, Parquet, Excel or R data file.

    Names match when they are equal without surrounding space; wanted names that the file does
    not have are simply absent from the result (`Table.missing` words the problem).
    Raises `InputProblems` when the file is missing, empty, unreadable or of another type.
    """
    kind = path.suffix.lower()
    _check_it_is_there(path, kind)
    try:
        available, columns = _read(path, kind, wanted, sheet)
    except (Unreadable, OSError, UnicodeError, csv.Error) as error:
        raise _refused(path, str(error), "a readable file") from error
    rows = len(next(iter(columns.values()))) if columns else 0
    if columns and rows == 0:
        raise _refused(path, "a header and no rows", "at least one row of data")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    first_row = 2 if kind in _CSV + _EXCEL else 1
    return Table(path.name, digest, rows, available, columns, first_row)


def _read(path: Path, kind: str, wanted: Sequence[str], sheet: str | None) -> Read:
    if kind in _PARQUET:
        return read_parquet(path, wanted)
    if kind in _EXCEL:
        return read_excel(path, wanted, sheet)
    if kind in _R:
        return read_r_data(path, wanted)
    return read_csv(path, wanted)


def _check_it_is_there(path: Path, kind: str) -> None:
    if path.is_dir():
        raise _refused(path, "a folder", "a file")
    if not path.exists():
        raise InputProblems(
            path.name,
            [
                Problem(
                    where=f"{path.name}, looked for in {path.parent}",
                    given="no such file",
                    expected="a file at this place",
                    fix="put the file there, or correct its name "
                    "(names in a study file are relative to it)",
                )
            ],
        )
    if kind not in _CSV + _PARQUET + _EXCEL + _R:
        raise _refused(path, f"a file of type '{kind or 'none'}'", _KINDS)
    if path.stat().st_size == 0:
        raise _refused(path, "an empty file", "a table with a header row")


def _refused(path: Path, given: str, expected: str) -> InputProblems:
    fix = "open the file and check it, or save it again as CSV in UTF-8"
    return InputProblems(path.name, [Problem(path.name, given, expected, fix)])
