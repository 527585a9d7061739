"""The people who are known to be in a recording: read from a file, matched by every part."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from stepdown.problems import InputProblems, Problem
from stepdown.technique.formats.source import read_source
from stepdown.technique.redaction.lexicon import NEVER, lexicon
from stepdown.technique.redaction.phrases import words
from stepdown.technique.redaction.places import TITLES
from stepdown.technique.redaction.tokens import fold

_COLUMNS = re.compile(
    r"(?i)(?:(?:full|first|last|given|family|middle|preferred|nick|sur)[ _-]?)?names?"
    r"|surname|nickname|alias(?:es)?|speaker|officer|subject|person"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PARTICLES = words("van von der den de da di del la le el al bin ibn abu dos jr sr ii iii")
_LONGEST = 80
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Roster:
    """Names to mask wherever they stand: whole, in part, possessive or as a nickname."""

    names: tuple[str, ...] = ()

    def keys(self) -> frozenset[str]:
        """Return every folded part of a name and the common nicknames of each."""
        return _keys(self.names)


@lru_cache(maxsize=16)
def _keys(names: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    nicknames = lexicon().nicknames
    for name in names:
        for word in _WORD.findall(name):
            key = fold(word)
            if (len(key) > 1 and key not in TITLES | _PARTICLES | NEVER) or key in {"will", "may"}:
                found |= {key} | nicknames.get(key, frozenset())
    return frozenset(key for key in found if len(key) > 1)


def read_roster(path: Path) -> Roster:
    """Read names: one a line, or a CSV whose header has name columns (`name`, `last name`, ...).

    Raises InputProblems for a file that is no such list, with every line at fault.
    """
    text = read_source(path).text
    lines = text.splitlines()
    header = next((line for line in lines if line.strip()), "")
    separator = next((mark for mark in ",;\t" if mark in header), None)
    columns = _name_columns(header, separator) if separator else []
    if separator and not columns and _looks_like_header(header, separator):
        problem = Problem(
            f"{path.name}, line 1",
            f"the columns {header.strip()}",
            "a column of names, such as `name` or `last name`",
            "name the column, or give one name a line",
        )
        raise InputProblems(path.name, [problem])
    found = list(_cells(text, separator, columns) if separator and columns else _lines(lines))
    problems = [p for number, name in found if (p := _fault(path, number, name))]
    if problems:
        more = len(problems) - _SHOWN
        shown = problems[:_SHOWN]
        if more > 0:
            rest = Problem(
                path.name, f"{more:,} more lines", "a name", "correct them in the same way"
            )
            shown = [*shown, rest]
        raise InputProblems(path.name, shown)
    names = tuple(dict.fromkeys(name for _, name in found))
    if not names:
        problem = Problem(str(path), "no name", "at least one name", "list who is in the recording")
        raise InputProblems(path.name, [problem])
    return Roster(names)


def _name_columns(header: str, separator: str) -> list[int]:
    cells = next(csv.reader([header], delimiter=separator))
    return [i for i, cell in enumerate(cells) if _COLUMNS.fullmatch(cell.strip())]


def _looks_like_header(header: str, separator: str) -> bool:
    """Tell a header from a line `Lee, Dana`: more than two cells, or one with a digit or `_`."""
    cells = header.split(separator)
    return len(cells) > 2 or any(re.search(r"[\d_]|^\s*id\s*$", cell) for cell in cells)


def _cells(text: str, separator: str, columns: list[int]) -> Iterator[tuple[int, str]]:
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    seen_header = False
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if seen_header:
            name = " ".join(row[i].strip() for i in columns if i < len(row) and row[i].strip())
            if name:
                yield rows.line_num, name
        seen_header = True


def _lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, start=1):
        name = line.strip()
        if name and not name.startswith("#") and not (_COLUMNS.fullmatch(name) and number == 1):
            yield number, name


def _fault(path: Path, number: int, name: str) -> Problem | None:
    where = f"{path.name}, line {number}"
    if len(name) > _LONGEST:
        given = f"{len(name):,} characters: {name[:40]}..."
        return Problem(where, given, f"a name of at most {_LONGEST}", "give one name a line")
    if not any(len(word) > 1 for word in _WORD.findall(name)):
        return Problem(where, name, "a name of letters", "write the name, or delete the line")
    return None
