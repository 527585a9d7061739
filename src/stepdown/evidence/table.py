"""The evidence table: read with every mistake named by line, and added to whole or not at all."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import ValidationError

from stepdown.evidence.study_row import StudyRow
from stepdown.problems import InputProblems, Problem
from stepdown.whole_file import write_whole
from stepdown.wrong_values import expected_of

MAX_BYTES = 5_000_000
LOCK_S = 30.0
COLUMNS = tuple(StudyRow.model_fields)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows, in order, and where each of them stands."""

    rows: tuple[StudyRow, ...]
    places: tuple[str, ...]
    digest: str

    def row(self, name: str) -> StudyRow:
        """Return a row by its id; KeyError if there is none."""
        for row in self.rows:
            if row.id == name:
                return row
        raise KeyError(name)

    def of_study(self, study: str) -> tuple[StudyRow, ...]:
        """Return all rows of a study."""
        return tuple(row for row in self.rows if row.study == study)


@dataclass(frozen=True, slots=True)
class _Numbered:
    place: str
    cells: dict[str, str]


def shipped_table() -> Path:
    """Return where the table that ships with this version lies."""
    return Path(str(files("stepdown.evidence").joinpath("studies.csv")))


def read_evidence(*tables: Path, first_wins: bool = False) -> Evidence:
    """Read tables as one. Raises InputProblems with every mistake of all of them, by line.

    With `first_wins`, a row that an earlier table has already is passed over, so that a table of
    one's own goes on working when a later version ships the same study.
    """
    paths = tables or (shipped_table(),)
    problems: list[Problem] = []
    numbered: list[_Numbered] = []
    digest = hashlib.sha256()
    for path in paths:
        raw = _bytes_of(path)
        digest.update(raw)
        try:
            numbered += _records(path.name, _text_of(path.name, raw), problems)
        except InputProblems as error:
            problems += error.problems
    rows = list(_checked(numbered, problems))
    if first_wins:
        rows = _without_known(rows)
    problems += _clashes(rows)
    if problems:
        raise InputProblems(paths[-1].name, problems)
    return Evidence(
        rows=tuple(row for row, _ in rows),
        places=tuple(place for _, place in rows),
        digest=digest.hexdigest(),
    )


def _without_known(rows: list[tuple[StudyRow, str]]) -> list[tuple[StudyRow, str]]:
    """Leave out rows whose id, or publication and outcome, has come before from another table."""
    kept: dict[tuple[str, ...], str] = {}
    result = []
    for row, place in rows:
        table = place.rsplit(" line ", 1)[0]
        keys = [("id", row.id), ("counted", row.study, row.outcome_group)]
        keys = keys if row.prespecified == "yes" else keys[:1]
        if any(kept.get(k, table) != table for k in keys):
            continue
        kept.update(dict.fromkeys(keys, table))
        result.append((row, place))
    return result


def add_rows(file: Path, into: Path, beside: Iterable[Path] = ()) -> tuple[StudyRow, ...]:
    """Add the rows of `file` to the table `into`, made if needed; return the rows added.

    The rows must agree with each other, with `into` and with the tables `beside` it. Nothing is
    written unless all of it is right.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{into}.lock", timeout=LOCK_S):
        known = [*beside, *([into] if into.exists() else [])]
        before = len(read_evidence(*known).rows) if known else 0
        added = read_evidence(*known, file).rows[before:]
        if not added:
            problem = Problem(file.name, "no rows", "at least one study", "write its row")
            raise InputProblems(file.name, [problem])
        kept = read_evidence(into).rows if into.exists() else ()
        write_whole(into, as_csv((*kept, *added)).encode())
    return added


def as_csv(rows: Iterable[StudyRow]) -> str:
    """Write rows as the table they are read from."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _bytes_of(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        problem = Problem(
            str(path), error.strerror or str(error), "a table (CSV)", "check the path and the name"
        )
        raise InputProblems(path.name, [problem]) from None
    if len(raw) > MAX_BYTES:
        problem = Problem(
            str(path), f"{len(raw):,} bytes", f"at most {MAX_BYTES:,} bytes", "is this the table?"
        )
        raise InputProblems(path.name, [problem])
    return raw


def _text_of(name: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = Problem(
            f"{name} line {line}", f"byte {error.start} is not UTF-8", "text in UTF-8",
            "save the file as CSV UTF-8",
        )  # fmt: skip
        raise InputProblems(name, [problem]) from None


def _records(name: str, text: str, problems: list[Problem]) -> Iterator[_Numbered]:
    """Yield the rows with their lines; a row of another length is a problem of its own."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        wrong = _header_problems(name, header)
        problems += wrong
        if wrong:
            return
        line = reader.line_num + 1
        for cells in reader:
            place = f"{name} line {line}"
            line = reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problems.append(_uneven(place, len(cells), len(header)))
                continue
            yield _Numbered(place, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        problems.append(
            Problem(f"{name} line {reader.line_num}", str(error), "a table (CSV)",
                    "close every double quote, one row a line")
        )  # fmt: skip


def _uneven(place: str, cells: int, columns: int) -> Problem:
    return Problem(
        place,
        f"{cells} cells",
        f"{columns} cells, as in the header",
        "put texts that hold a comma into double quotes",
    )


def _header_problems(name: str, header: list[str]) -> list[Problem]:
    place = f"{name} line 1"
    if not header:
        return [Problem(place, "nothing", "a header with the columns", f"begin: {COLUMNS[0]},…")]
    if len(header) == 1 and any(c in header[0] for c in (";", "\t")):
        return [Problem(place, "columns not separated by commas", "a comma between columns",
                        "save the file as CSV with commas")]  # fmt: skip
    found = []
    for column in sorted({c for c in header if c not in COLUMNS}):
        close = difflib.get_close_matches(column, COLUMNS, n=1)
        fix = f"did you mean `{close[0]}`?" if close else "remove it"
        found.append(Problem(place, f"unknown column `{column}`", "a known column", fix))
    for column in (c for c in COLUMNS if header.count(c) != 1):
        given = "twice" if column in header else "missing"
        found.append(Problem(place, f"column `{column}` {given}", "each column once",
                             "compare: stepdown evidence columns"))  # fmt: skip
    return found


def _checked(
    numbered: Iterable[_Numbered], problems: list[Problem]
) -> Iterator[tuple[StudyRow, str]]:
    for one in numbered:
        try:
            yield StudyRow.model_validate(one.cells), one.place
        except ValidationError as error:
            found = [dict(e) for e in error.errors()]
            problems += [_problem(one.place, e) for e in found]
            problems += _further(one, {str(e["loc"][0]) for e in error.errors() if e["loc"]})


def _further(one: _Numbered, wrong: set[str]) -> list[Problem]:
    """Compare the columns of a row with each other although some of them are wrong."""
    if not wrong:
        return []
    if wrong & SIZE:  # one number that cannot be read says nothing about the others
        wrong |= SIZE
    cells = {k: RIGHT_FOR_NOW.get(k, "") if k in wrong else v for k, v in one.cells.items()}
    try:
        StudyRow.model_validate(cells)
    except ValidationError as error:
        return [_problem(one.place, dict(e)) for e in error.errors() if not e["loc"]]
    return []


SIZE = frozenset({"scale", "effect", "low", "high", "level"})
RIGHT_FOR_NOW = {
    "id": "any", "study": "any", "authors": "x", "title": "x", "setting": "x", "training": "x",
    "design": "x", "n": "x", "outcome": "x", "published": "x", "uncertainty": "x",
    "where_read": "x", "source": "https://example.org", "sector": "any", "intervention": "training",
    "outcome_group": "force", "prespecified": "no", "direction": "unknown", "sign": "unknown",
    "clusters": "unknown", "confidence": "low", "bias": "not judged", "bias_tool": "none",
    "design_group": "context", "scale": "none",
}  # fmt: skip
"""What stands in for a wrong cell while the rest of its row is looked at."""


def _problem(place: str, error: dict[str, Any]) -> Problem:
    column = str(error["loc"][0]) if error["loc"] else ""
    expected = expected_of(error)
    if not column:
        return Problem(place, expected, "a row that agrees with itself", "correct the row")
    given = repr(error.get("input"))
    field = StudyRow.model_fields[column]
    fix = field.description or "correct the value"
    if given in ("''", "' '"):
        given = "nothing"
    shown = given if len(given) <= 80 else f"{given[:77]}…"
    return Problem(f"{place}, {column}", shown, expected, fix)


def _clashes(rows: list[tuple[StudyRow, str]]) -> Iterator[Problem]:
    """Name rows that stand there twice, and studies with two rows for one outcome group."""
    seen: dict[tuple[str, ...], str] = {}
    for row, place in rows:
        keys: dict[tuple[str, ...], str] = {("the id", row.id): "one id a row"}
        if row.prespecified == "yes":
            keys["the prespecified row of", row.study, row.outcome_group] = (
                "one prespecified row per study and outcome group"
            )
        keys["the same study, outcome and number", row.study, row.outcome, row.published] = (
            "every finding once"
        )
        if row.doi and row.prespecified == "yes":
            keys["the same publication and outcome", row.doi.casefold(), row.outcome_group] = (
                "a publication is one study: give both rows the same `study`"
            )
        for key, expected in keys.items():
            if key in seen:
                yield Problem(place, f"{' '.join(key)}, as in {seen[key]}", expected,
                              "remove one, or say how they differ")  # fmt: skip
            seen.setdefault(key, place)
