"""What was taught: sessions, who was there and how long, who was exempt, what was kept to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from typing import Literal, get_args

from stepdown.problems import InputProblems, Problem
from stepdown.retention.curriculum import Pinned

How = Literal["list", "code"]
Reason = Literal["injury", "deployment", "leave", "other"]
Mark = Literal["done", "not_done", "not_applicable"]
_HOW = get_args(How)
LONGEST = 24 * 60
"""Minutes of the longest session: a course of several days has a session for each."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session that taught one version of a module.

    `start` has a time zone; `minutes` are whole minutes. `programme` is the version within which
    it was taught, if any; `make_up_of` the id of the session that it makes up. Raises
    InputProblems.
    """

    id: str
    module: Pinned
    unit: str
    start: datetime
    minutes: int
    instructors: tuple[str, ...]
    place: str
    programme: Pinned | None = None
    make_up_of: str | None = None

    def __post_init__(self) -> None:
        wrong = [*_empty("session", id=self.id, unit=self.unit, place=self.place)]
        wrong += _no_zone("session, start", self.start)
        if not MINYEAR < self.start.year < MAXYEAR:
            expected = f"a year from {MINYEAR + 1} to {MAXYEAR - 1}"
            wrong.append(_wrong("session, start", self.start.isoformat(), expected))
        if not 0 < self.minutes <= LONGEST:
            wrong.append(_wrong("session, minutes", self.minutes, f"1 to {LONGEST}"))
        if not self.instructors or not all(name.strip() for name in self.instructors):
            wrong.append(_wrong("session, instructors", self.instructors, "at least one, by name"))
        if self.make_up_of == self.id:
            wrong.append(_wrong("session, make_up_of", self.make_up_of, "another session"))
        _raise(f"session {self.id}", wrong)

    @property
    def end(self) -> datetime:
        """The moment it ends, in the time zone of its start; a clock set between does not count."""
        end = self.start.astimezone(UTC) + timedelta(minutes=self.minutes)
        return end.astimezone(self.start.tzinfo)


@dataclass(frozen=True, slots=True)
class Attendance:
    """One entry that somebody was there for so many minutes.

    A correction is a new entry that names in `supersedes` the one it replaces, and says why;
    nothing is deleted. Raises InputProblems.
    """

    id: str
    session: str
    person: str
    minutes: int
    how: How
    recorded_by: str
    recorded: datetime
    supersedes: str | None = None
    why: str = ""

    def __post_init__(self) -> None:
        if self._plainly_right():
            return
        where = "attendance"
        wrong = _empty(where, id=self.id, session=self.session, person=self.person)
        wrong += _empty(where, recorded_by=self.recorded_by)
        wrong += _no_zone("attendance, recorded", self.recorded)
        if not 0 <= self.minutes <= LONGEST:
            wrong.append(_wrong("attendance, minutes", self.minutes, f"0 to {LONGEST}"))
        wrong += _not_among("attendance, how", self.how, get_args(How))
        if self.supersedes == self.id:
            wrong.append(_wrong("attendance, supersedes", self.supersedes, "an earlier entry"))
        if self.supersedes is not None and not self.why.strip():
            wrong.append(_wrong("attendance, why", self.why, "why the earlier entry was wrong"))
        _raise(f"attendance {self.id}", wrong)

    def _plainly_right(self) -> bool:
        """Say whether nothing is wrong, as with nearly every entry of many thousands."""
        return (
            bool(self.id.strip() and self.session.strip() and self.person.strip())
            and bool(self.recorded_by.strip())
            and 0 <= self.minutes <= LONGEST
            and self.how in _HOW
            and self.supersedes is None
            and self.recorded.utcoffset() is not None
        )


def check_attendance(
    entry: Attendance, session: Session, earlier: Iterable[Attendance] = ()
) -> None:
    """Hold an entry against its session and the earlier entries before it is recorded.

    Raises InputProblems: for another session, longer than the session, before it began, or a
    correction of an entry that is not there, belongs to somebody else, or was corrected already.
    """
    wrong = []
    if entry.session != session.id:
        wrong.append(_wrong("attendance, session", entry.session, session.id))
    if entry.minutes > session.minutes:
        wrong.append(_wrong("attendance, minutes", entry.minutes, f"0 to {session.minutes}"))
    if entry.recorded < session.start:
        given = entry.recorded.isoformat()
        expected = f"{session.start.isoformat()} or later, when it began"
        wrong.append(_wrong("attendance, recorded", given, expected))
    before = list(earlier)
    if any(entry.id == each.id for each in before):
        wrong.append(_wrong("attendance, id", entry.id, "an id that no entry has"))
    if entry.supersedes is not None:
        wrong += _wrong_correction(entry, before)
    _raise(f"attendance {entry.id}", wrong)


def _wrong_correction(entry: Attendance, before: list[Attendance]) -> list[Problem]:
    where, given = "attendance, supersedes", entry.supersedes
    replaced = next((each for each in before if each.id == given), None)
    if replaced is None:
        return [_wrong(where, given, "an entry that is there")]
    if (replaced.person, replaced.session) != (entry.person, entry.session):
        return [_wrong(where, given, "an entry of the same person and session")]
    if any(each.supersedes == given for each in before):
        return [_wrong(where, given, "the entry that corrected it: it was corrected already")]
    return []


@dataclass(frozen=True, slots=True)
class Exemption:
    """Somebody need not attend from one day until another, both included; open where no end.

    It says no more than its kind: what an injury is, is nobody's business here. `until` may be
    None. Raises InputProblems.
    """

    person: str
    reason: Reason
    start: date
    until: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        wrong = _empty("exemption", person=self.person)
        wrong += _not_among("exemption, reason", self.reason, get_args(Reason))
        if self.until is not None and self.until < self.start:
            expected = f"{self.start.isoformat()} or later, or nothing"
            wrong.append(_wrong("exemption, until", self.until.isoformat(), expected))
        if self.reason == "other" and not self.note.strip():
            wrong.append(_wrong("exemption, note", self.note, "the reason, where it is another"))
        _raise(f"exemption of {self.person}", wrong)

    def covers(self, day: date) -> bool:
        """Say whether it holds on a day."""
        return self.start <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Fidelity:
    """What an observer marked for one item of the checklist of the module version taught."""

    session: str
    item: str
    mark: Mark
    marked_by: str
    marked: datetime

    def __post_init__(self) -> None:
        wrong = _empty("fidelity", session=self.session, item=self.item, marked_by=self.marked_by)
        wrong += _not_among("fidelity, mark", self.mark, get_args(Mark))
        wrong += _no_zone("fidelity, marked", self.marked)
        _raise(f"fidelity of session {self.session}", wrong)


def _empty(what: str, **fields: str) -> list[Problem]:
    return [
        _wrong(f"{what}, {name}", value, "something that is not empty")
        for name, value in fields.items()
        if not value.strip()
    ]


def _no_zone(where: str, moment: datetime) -> list[Problem]:
    if moment.utcoffset() is None:
        return [_wrong(where, moment.isoformat(), "a time with its time zone")]
    return []


def _not_among(where: str, given: str, known: tuple[str, ...]) -> list[Problem]:
    return [] if given in known else [_wrong(where, given, f"one of {', '.join(known)}")]


def _wrong(where: str, given: object, expected: str) -> Problem:
    return Problem(where, repr(given)[:80], expected, "correct this field")


def _raise(subject: str, wrong: list[Problem]) -> None:
    if wrong:
        raise InputProblems(subject, wrong)
