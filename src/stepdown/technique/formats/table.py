"""CSV and TSV → cues: one row, one turn."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from stepdown.problems import Problem
from stepdown.technique.formats.clock import seconds
from stepdown.technique.formats.cue import Cue, Script, refuse, time_problems

TEXT = ("text", "utterance_text", "utterance", "transcript")
SPEAKER = ("speaker", "interlocutor", "name", "role")
START = ("start", "timestamp", "start_time", "begin")
END = ("end", "end_time", "stop")

_LONGEST_CELL = 2**31 - 1
_LONGEST_HEADER = 10_000


def read_table(text: str, name: str) -> Script:
    """Read a table with a header row, in any order of columns and any case.

    Raises InputProblems with every row that is ragged or has impossible times.
    """
    problems: list[Problem] = []
    rows = _rows(text, separator_of(text), problems)
    _, header = next(rows, (1, []))
    at, ambiguous = _positions(header)
    refuse(name, ambiguous)
    cues = []
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            problems.append(_ragged(line, len(row), len(header)))
            continue
        cues.append(_cue(line, row, at, problems))
    refuse(name, problems)
    return Script(tuple(cues), captions=False)


def looks_like_table(text: str) -> bool:
    """Tell whether the first line is a header with a column of text and one more known column."""
    first = next(csv.reader([_first_line(text)], delimiter=separator_of(text)), [])
    names = {_key(cell) for cell in first}
    return bool(names & set(TEXT)) and bool(names & {*SPEAKER, *START, *END})


def separator_of(text: str) -> str:
    """Return the mark that separates the cells of the first line."""
    first = "".join(_first_line(text).split('"')[::2])
    return max(",\t;|", key=first.count)


def _first_line(text: str) -> str:
    found = re.search(rf"\S[^\r\n]{{0,{_LONGEST_HEADER}}}", text)
    return found[0] if found else ""


def _key(cell: str) -> str:
    return "_".join(cell.replace("-", " ").replace("_", " ").split()).casefold()


def _rows(text: str, separator: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row and the line it begins on; a broken quote ends the table with a problem."""
    before = csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        unclosed = "unexpected end" in str(error)
        problems.append(
            Problem(
                f"line {line}",
                "a quote that is opened in this row and never closed"
                if unclosed
                else f"a quote inside a quoted cell ({error}; reading stopped here)",
                'cells in pairs of quotes, and "" for a quote inside them',
                "correct the quotes of this row, or export the table again",
            )
        )
    finally:
        csv.field_size_limit(before)


def _positions(header: Sequence[str]) -> tuple[dict[str, int], list[Problem]]:
    """Find the columns by name, and say what is wrong with the header."""
    keys = [_key(cell) for cell in header]
    at = {}
    problems = []
    for role, names in (("text", TEXT), ("speaker", SPEAKER), ("start", START), ("end", END)):
        found = next((n for n in names if n in keys), None)
        if found is None:
            continue
        at[role] = keys.index(found)
        if keys.count(found) > 1:
            problems.append(
                Problem("the header", f"two columns named '{found}'", "one", "rename one of them")
            )
    if "text" not in at:
        problems.append(
            Problem(
                "the header",
                "the columns " + ", ".join(f"'{cell.strip()}'" for cell in header),
                f"a column of what was said ({', '.join(TEXT)}); and if there are any, of who "
                f"({', '.join(SPEAKER)}) and when ({', '.join(START)}; {', '.join(END)})",
                "rename the columns in the first row",
            )
        )
    return at, problems


def _ragged(line: int, cells: int, columns: int) -> Problem:
    count = "1 cell" if cells == 1 else f"{cells} cells"
    return Problem(
        f"line {line}",
        count,
        f"{columns} cells, as in the header",
        "put quotes around text that holds the separator"
        if cells > columns
        else "fill the row up with empty cells, or join it to the row it belongs to",
    )


def _cue(line: int, row: Sequence[str], at: dict[str, int], problems: list[Problem]) -> Cue:
    times: dict[str, float | None] = {}
    for role in ("start", "end"):
        cell = row[at[role]].replace("\0", "").strip() if role in at else ""
        times[role] = seconds(cell) if cell else None
        if cell and times[role] is None:
            problems.append(
                Problem(
                    f"line {line}, column {at[role] + 1} ({role})",
                    cell[:80],
                    "seconds (75.5) or a time (0:01:15.5)",
                    "write times since the start of the recording, or leave the cell empty",
                )
            )
    problems += time_problems(f"line {line}", times["start"], times["end"])
    speaker = row[at["speaker"]].strip() if "speaker" in at else ""
    return Cue(line, speaker or None, row[at["text"]], times["start"], times["end"])
