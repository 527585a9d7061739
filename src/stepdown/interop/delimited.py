"""The bytes of a delimited text file → its header and its rows, and back without formulas."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stepdown.problems import InputProblems, Problem
from stepdown.signs import word_at

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CELL = 1_000
SEPARATORS = ",;\t|"
ENCODINGS = ("utf-8", "utf-16", "windows-1252")
MOST_SAID = 200

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NO_TEXT = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive", "save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "save the sheet as CSV"),
    (b"%PDF-", "a PDF", "ask for the list as CSV"),
    (b"\x1f\x8b", "a compressed file", "unpack it first"),
)
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""How a cell begins that a spreadsheet would compute (OWASP, CSV injection)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row: its number as a spreadsheet counts (the header is often 1), and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delimited:
    """A file's header and filled rows, how it was read, and what had to be assumed."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str
    separator: str
    notes: tuple[str, ...]


def read_delimited(
    raw: bytes, name: str = "the file", encoding: str | None = None, separator: str | None = None
) -> Delimited:
    """Read a delimited file, at most MOST_BYTES and MOST_ROWS; nothing is read halfway.

    Without `encoding` a byte-order mark decides, else UTF-8, UTF-16 or, with a note, Windows-1252.
    Without `separator` the header decides between comma, semicolon, tab and bar. Every row has as
    many cells as the header. Raises InputProblems.
    """
    if len(raw) > MOST_BYTES:
        raise refused(name, f"{len(raw):,} bytes", f"at most {MOST_BYTES:,}", "give fewer rows")
    text, found, notes = _text(raw, name, encoding)
    if "\x00" in text:
        raise refused(name, "null characters", "text", "save it again as CSV in UTF-8")
    mark, said = _separator(text, separator)
    header, rows = _rows(text, mark, name)
    return Delimited(header, rows, found, mark, (*notes, *said))


def file_bytes(path: Path) -> bytes:
    """Return a file of at most MOST_BYTES. Raises InputProblems."""
    try:
        if (size := path.stat().st_size) > MOST_BYTES or (path.exists() and not path.is_file()):
            given = f"{size:,} bytes" if path.is_file() else "no file"
            raise refused(str(path), given, f"a file of at most {MOST_BYTES:,} bytes", "choose one")
        return path.read_bytes()
    except OSError as error:
        given = error.strerror or str(error)
        raise refused(str(path), given, "a file that can be read", "check the name") from None


def write_delimited(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a CSV that spreadsheets open as text: UTF-8 with its mark, formulas disarmed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([disarmed(cell) for cell in header])
    writer.writerows([disarmed(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()


def disarmed(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would compute."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def armed(cell: str) -> str:
    """Take the apostrophe of `disarmed` away again."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def refused(name: str, given: str, expected: str, fix: str) -> InputProblems:
    """Make the error for a whole file."""
    return InputProblems(name, [Problem(name, given, expected, fix)])


def at_most(name: str, problems: Sequence[Problem], notes: tuple[str, ...] = ()) -> InputProblems:
    """Make one error of many problems, of which the first MOST_SAID are said."""
    said = list(problems[:MOST_SAID])
    if len(problems) > MOST_SAID:
        more = f"{len(problems) - MOST_SAID:,} more problems"
        said.append(Problem(name, more, "none", "mend these first"))
    return InputProblems(name, said, notes)


def _text(raw: bytes, name: str, encoding: str | None) -> tuple[str, str, tuple[str, ...]]:
    for start, what, fix in _NO_TEXT:
        if raw.startswith(start):
            raise refused(name, f"it looks like {what}", "delimited text (CSV)", fix)
    bom = next((b for b in _BOMS if raw.startswith(b[0])), None)
    if bom is not None:
        return _decoded(raw[len(bom[0]) :], bom[1], name), bom[1], ()
    if encoding is not None:
        if encoding not in ENCODINGS:
            raise refused(name, f"encoding {encoding}", ", ".join(ENCODINGS), "name one of them")
        wide = _wide(raw) or "utf-16-le"
        chosen = wide if encoding == "utf-16" else encoding
        return _decoded(raw, chosen, name), chosen, ()
    if wide_found := _wide(raw):
        note = f"Read as {wide_found.upper()}, which the file does not say."
        return _decoded(raw, wide_found, name), wide_found, (note,)
    try:
        return raw.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError as error:
        text = _decoded(raw, "windows-1252", name)
        word = word_at(text, error.start)
        note = f"Not UTF-8: read as Windows-1252, so that it has '{word}'."
        return text, "windows-1252", (note,)


def _decoded(raw: bytes, encoding: str, name: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refused(
            f"{name}, line {line}",
            f"byte {error.start:,} is not {encoding.upper()}",
            "text in UTF-8, UTF-16 or Windows-1252",
            "save it again as CSV in UTF-8",
        ) from None


def _wide(raw: bytes) -> str | None:
    """Recognise UTF-16 without a mark: every second byte of Latin text is null."""
    start = raw[:4096]
    half = len(start) // 2
    for encoding, nulls in (("utf-16-le", start[1::2]), ("utf-16-be", start[0::2])):
        if half > 4 and nulls.count(0) > 0.7 * half and start.count(0) < 1.2 * nulls.count(0):
            return encoding
    return None


def _separator(text: str, given: str | None) -> tuple[str, tuple[str, ...]]:
    if given is not None:
        return given, ()
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    counts = {mark: bare.count(mark) for mark in SEPARATORS}
    best = max(SEPARATORS, key=lambda mark: counts[mark])
    rivals = [m for m in SEPARATORS if m != best and counts[m] and counts[m] == counts[best]]
    if not rivals:
        return best, ()
    return best, (f"The header has as many {best!r} as {rivals[0]!r}: read with {best!r}.",)


def _rows(text: str, mark: str, name: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    header: tuple[str, ...] = ()
    rows: list[Row] = []
    wrong: list[Problem] = []
    try:
        for number, record in enumerate(reader, start=1):
            cells = tuple(cell.strip() for cell in record)
            if not any(cells):
                continue
            if not header:
                header = _without_blank_end(cells, 0)
                wrong += _bad_header(header, number)
                continue
            cells = _without_blank_end(cells, len(header))
            if len(rows) >= MOST_ROWS:
                wrong.append(
                    Problem(f"row {number}", f"more than {MOST_ROWS:,} rows", "fewer",
                            "give one file per agency, people of today only")
                )  # fmt: skip
                break
            wrong += _bad_row(cells, header, number)
            rows.append(Row(number, cells))
    except csv.Error as error:
        wrong.append(
            Problem(f"line {reader.line_num}", str(error), "cells as CSV writes them",
                    "look for a quotation mark that is not closed or not doubled")
        )  # fmt: skip
    if not header and not wrong:
        wrong.append(Problem(name, "no text", "a header and rows", "check the export finished"))
    if wrong:
        raise at_most(name, wrong)
    return header, tuple(rows)


def _without_blank_end(cells: tuple[str, ...], keep: int) -> tuple[str, ...]:
    """Leave out blank cells at the end, which Excel adds, but none of the first `keep`."""
    end = len(cells)
    while end > keep and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _bad_header(header: tuple[str, ...], number: int) -> list[Problem]:
    where = f"row {number}, the header"
    if len(header) > MOST_COLUMNS:
        given = f"{len(header):,} columns"
        return [Problem(where, given, f"at most {MOST_COLUMNS}", "leave out what is not needed")]
    folded = [cell.casefold() for cell in header if cell]
    twice = sorted({cell for cell in folded if folded.count(cell) > 1})
    return [
        Problem(where, f"the column '{cell[:60]}' twice", "each name once", "rename one of them")
        for cell in twice
    ]


def _bad_row(cells: tuple[str, ...], header: tuple[str, ...], number: int) -> list[Problem]:
    found = []
    if len(cells) != len(header):
        found.append(
            Problem(f"row {number}", f"{len(cells)} cells", f"{len(header)}, as in the header",
                    "put cells that hold the separator between quotation marks")
        )  # fmt: skip
    if long := [i for i, cell in enumerate(cells) if len(cell) > MOST_CELL]:
        given = f"a cell of {len(cells[long[0]]):,} characters"
        found.append(
            Problem(f"row {number}", given, f"at most {MOST_CELL:,}",
                    "look for a quotation mark that is not closed")
        )  # fmt: skip
    return found
