"""Rosters: who works for an agency, in which unit, read whole from a delimited file or not at all.

A roster names people; on a site it makes each a trainee of their unit and nothing else, whatever
their title. Columns of ours: id, name (or given_name and family_name), unit, email, title, start,
end, status, certified.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from stepdown.interop.delimited import (
    Delimited,
    Row,
    armed,
    at_most,
    read_delimited,
    write_delimited,
)
from stepdown.interop.roster_cells import (
    FIRST_SERIAL,
    LAST_SERIAL,
    from_serial,
    lost_zeros,
    visible,
)
from stepdown.interop.roster_dates import PARTS, day_in
from stepdown.interop.roster_mapping import OPTIONAL_NAMES, RosterMapping, guess_mapping
from stepdown.problems import InputProblems, Problem
from stepdown.signs import unseen

LONGEST = MappingProxyType(
    {"id": 64, "name": 120, "unit": 120, "email": 254, "title": 120, "start": 32, "end": 32,
     "status": 20, "certified": 32, "given_name": 80, "family_name": 80}
)  # fmt: skip
ACTIVE = frozenset({"", "active", "true", "yes", "1", "enabled"})
INACTIVE = frozenset({"inactive", "false", "no", "0", "disabled", "tobedeleted"})
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.Z+-]*)?")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]+")
_ROUNDED = re.compile(r"\d+(\.\d+)?[eE]\+?\d+")
_DECIMAL = re.compile(r"\d+\.0+")
_EXCEL_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!)", re.IGNORECASE)
_LOST = "\ufffd"
"""What stands for a character that was lost when the file was written."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as a roster lists them. `row` is the row as a spreadsheet counts; 0 if none."""

    id: str
    name: str
    unit: str
    email: str = ""
    title: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    active: bool = True
    row: int = 0
    certified: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """People in the order of the file, how the file was read, and what to look at."""

    people: tuple[Listed, ...]
    columns: Mapping[str, str]
    """The file's names of the columns that were read, by ours."""
    unused: tuple[str, ...]
    encoding: str
    separator: str
    sha256: str
    notes: tuple[str, ...]


def read_roster(raw: bytes, mapping: RosterMapping | None = None, name: str = "roster") -> Roster:
    """Read a roster; without `mapping` the columns are found by their names.

    `name` is the file's, for messages. Raises one InputProblems with every bad row: its number, the
    column, what was given, what is expected and how to fix it. Nothing is read in part.
    """
    given = mapping or RosterMapping()
    table = read_delimited(raw, name, given.encoding, given.separator)
    columns = _columns(table, given)
    reader = _Reader(table, columns, given)
    people = reader.people()
    if reader.problems:
        raise at_most(name, sorted(reader.problems, key=_row_of), table.notes)
    shown = {ours: table.header[at] for ours, at in columns.items()}
    return Roster(
        people=people,
        columns=MappingProxyType(shown),
        unused=tuple(cell for i, cell in enumerate(table.header) if i not in columns.values()),
        encoding=table.encoding,
        separator=table.separator,
        sha256=hashlib.sha256(raw).hexdigest(),
        notes=(*table.notes, *reader.notes()),
    )


def write_roster(people: Iterable[Listed]) -> bytes:
    """Write people as CSV in our columns, with no cell that a spreadsheet computes."""
    rows = [
        (p.id, p.name, p.unit, p.email, p.title, _day_text(p.start), _day_text(p.end),
         "active" if p.active else "inactive", _day_text(p.certified))
        for p in people
    ]  # fmt: skip
    header = ("id", "name", "unit", "email", "title", "start", "end", "status", "certified")
    return write_delimited(header, rows)


def _day_text(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _row_of(problem: Problem) -> int:
    found = re.match(r"row (\d+)", problem.where)
    return int(found[1]) if found else 0


def _columns(table: Delimited, mapping: RosterMapping) -> dict[str, int]:
    """Find our columns in the header. Raises InputProblems."""
    chosen = mapping.columns or guess_mapping(table.header).columns
    at = {_folded(cell): i for i, cell in enumerate(table.header)}
    found, wrong = {}, []
    for ours, theirs in chosen.items():
        place = at.get(_folded(theirs))
        if place is None:
            close = difflib.get_close_matches(theirs, table.header, n=1)
            fix = f"did you mean '{close[0]}'?" if close else "correct the mapping"
            wrong.append(
                Problem("the header", f"no column '{theirs}' (for {ours})", _shown(table), fix)
            )
        else:
            found[ours] = place
    if not wrong:
        named = {"name"} if "name" in found else {"given_name", "family_name"}
        for ours in sorted({"id", "unit", *named} - set(found)):
            fix = f"name the column in the mapping: `{ours}: …`"
            wrong.append(Problem("the header", f"nothing for `{ours}`", _shown(table), fix))
    if wrong:
        raise InputProblems("the columns of the roster", wrong)
    return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _shown(table: Delimited) -> str:
    names = ", ".join(cell[:40] for cell in table.header[:20])
    return f"one of: {names}{', …' if len(table.header) > 20 else ''}"


class _Reader:
    """Reads rows into people and collects what is wrong and what to look at."""

    def __init__(self, table: Delimited, columns: dict[str, int], mapping: RosterMapping) -> None:
        self.table, self.columns, self.mapping = table, columns, mapping
        self.problems: list[Problem] = []
        self.serials: list[int] = []
        self.filled: list[int] = []
        self.same: list[str] = []
        self.listed: tuple[Listed, ...] = ()

    def people(self) -> tuple[Listed, ...]:
        rows = [person for row in self.table.rows if (person := self._person(row))]
        if not self.table.rows:
            self.problems.append(
                Problem("the roster", "a header and no rows", "one row per person", "add the rows")
            )
        self.listed = self._once(rows)
        self._no_shared_email()
        return self.listed

    def notes(self) -> tuple[str, ...]:
        found = [*self.same]
        if self.serials:
            found.append(
                f"{len(self.serials)} dates are day numbers of Excel, such as {self.serials[0]}: "
                f"read as {from_serial(self.serials[0])}. Look whether that is right."
            )
        if self.filled:
            found.append(
                f"{len(self.filled)} numbers got their leading zeros back (first: row "
                f"{self.filled[0]})."
            )
        found += lost_zeros([p.id for p in self.listed])
        return tuple(found)

    def _person(self, row: Row) -> Listed | None:
        before = len(self.problems)
        cells = {ours: self._cell(row, ours) for ours in self.columns}
        if "name" in cells:
            name = cells["name"]
        else:
            name = f"{cells['given_name']} {cells['family_name']}".strip()
            if not name:
                self._wrong(row, "given_name", "", "a name", "fill it in")
            if len(name) > LONGEST["name"]:
                given = f"a name of {len(name)} characters"
                self._wrong(row, "family_name", given, f"at most {LONGEST['name']}", "shorten it")
        identity = self._id(row, cells["id"])
        email = cells.get("email", "").lower()
        if email and not _EMAIL.fullmatch(email):
            self._wrong(row, "email", email, "an address such as a.b@agency.org", "correct it")
        start, end, certified = (
            self._day(row, c, cells.get(c, "")) for c in ("start", "end", "certified")
        )
        if start and end and end < start:
            given = f"{end}, before the first day {start}"
            self._wrong(row, "end", given, "a last day on or after the first", "correct one")
        active = self._active(row, cells.get("status", ""))
        if len(self.problems) > before:
            return None
        return Listed(
            identity, name, cells["unit"], email, cells.get("title", ""), start, end, active,
            row.number, certified,
        )  # fmt: skip

    def _cell(self, row: Row, ours: str) -> str:
        raw = row.cells[self.columns[ours]]
        if raw.startswith("="):
            self._wrong(row, ours, raw, "a value", "this is a formula: export values")
        if _EXCEL_ERROR.fullmatch(raw):
            self._wrong(row, ours, raw, "a value", "a formula failed: mend the sheet")
        text = " ".join(unicodedata.normalize("NFC", armed(raw)).split())
        if bad := unseen(text) or (_LOST if _LOST in text else ""):
            given = f"{visible(text)} with the hidden character U+{ord(bad):04X}"
            self._wrong(row, ours, given, "characters that are seen", "type it again")
        if not text and ours not in OPTIONAL_NAMES:
            self._wrong(row, ours, "", f"the {ours} of the person", "fill it in")
        if len(text) > LONGEST[ours]:
            given = f"{len(text)} characters"
            self._wrong(row, ours, given, f"at most {LONGEST[ours]}", "shorten it")
        return text

    def _id(self, row: Row, text: str) -> str:
        if _ROUNDED.fullmatch(text):
            fix = "Excel has rounded it: format the column as text and fill the numbers in again"
            self._wrong(row, "id", text, "the whole number", fix)
        if _DECIMAL.fullmatch(text):
            self._wrong(row, "id", text, "no decimals", "format the column as text")
        digits = self.mapping.id_digits
        if digits and text.isdecimal() and len(text) < digits:
            self.filled.append(row.number)
            return text.zfill(digits)
        return text

    def _day(self, row: Row, column: str, text: str) -> dt.date | None:
        if not text:
            return None
        try:
            if found := _ISO.fullmatch(text):
                return dt.date(*(int(part) for part in found.groups()))
            if self.mapping.dates and (day := day_in(text, self.mapping.dates)):
                return day
            found = _SERIAL.fullmatch(text)
            if found and FIRST_SERIAL <= int(found[1]) <= LAST_SERIAL:
                self.serials.append(int(found[1]))
                return from_serial(int(found[1]))
        except ValueError:
            self._wrong(row, column, text, "a day that the calendar has", "correct it")
            return None
        fix = "write YYYY-MM-DD"
        if PARTS.fullmatch(text):
            fix += ", or say `dates: mdy` or `dates: dmy` in the mapping"
        self._wrong(row, column, text, "a day: YYYY-MM-DD", fix)
        return None

    def _active(self, row: Row, text: str) -> bool:
        folded = text.casefold()
        if folded not in ACTIVE | INACTIVE:
            self._wrong(row, "status", text, "active or inactive", "write one of the two")
        return folded not in INACTIVE

    def _once(self, rows: list[Listed]) -> tuple[Listed, ...]:
        """Keep each person once; name rows that contradict one another."""
        first: dict[str, Listed] = {}
        for person in rows:
            known = first.setdefault(person.id.casefold(), person)
            if known is person:
                continue
            differing = [
                f.name for f in fields(Listed)
                if f.name != "row" and getattr(known, f.name) != getattr(person, f.name)
            ]  # fmt: skip
            if differing:
                self.problems.append(
                    Problem(
                        f"row {person.row}, column '{self._theirs('id')}'",
                        f"'{person.id}', which row {known.row} has too, with another "
                        + ", ".join(differing),
                        "one row per person",
                        "keep the row that is right",
                    )
                )
            else:
                self.same.append(f"Row {person.row} says the same as row {known.row}: read once.")
        return tuple(first.values())

    def _no_shared_email(self) -> None:
        rows: dict[str, list[Listed]] = defaultdict(list)
        for person in self.listed:
            if person.email:
                rows[person.email].append(person)
        for email, people in rows.items():
            if len(people) > 1:
                where = f"row {people[1].row}, column '{self._theirs('email')}'"
                others = ", ".join(str(p.row) for p in people)
                self.problems.append(
                    Problem(where, f"{visible(email)} in rows {others}", "an address of their own",
                            "give each person their address, or leave it blank")
                )  # fmt: skip

    def _theirs(self, ours: str) -> str:
        return self.table.header[self.columns[ours]] if ours in self.columns else ours

    def _wrong(self, row: Row, ours: str, given: str, expected: str, fix: str) -> None:
        where = f"row {row.number}, column '{self._theirs(ours)}'"
        shown = f"'{visible(given)}'" if given else "nothing"
        self.problems.append(Problem(where, shown, expected, fix))
