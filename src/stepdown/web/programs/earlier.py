"""Versions of a programme that people completed before, and what another one means for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from stepdown.retention.delivered import standing
from stepdown.retention.publishing import Published
from stepdown.web.accounts.models import Agency
from stepdown.web.programs import curricula, taught
from stepdown.web.programs.models import ProgrammeVersion, Session
from stepdown.web.programs.people import by_unit
from stepdown.web.programs.zones import day_of, zone_of


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier version that somebody completed, and when."""

    number: int
    on: date


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a new version of a programme concerns.

    `completed`: how many who are trained here completed the version before; `lacking`: how many of
    them would lack something in the new one; `sessions`: how many to come teach what it replaces.
    """

    completed: int
    lacking: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Course:
    """A version of a programme with all before it, and what is on record of their modules."""

    row: ProgrammeVersion
    versions: tuple[Published, ...]
    """The earliest first; the last is the version itself."""
    record: taught.Record

    @property
    def programme(self) -> Published:
        """The version itself."""
        return self.versions[-1]


def course_of(
    row: ProgrammeVersion, now: datetime, people: Collection[UUID] | None = None
) -> Course:
    """Return a version of a programme with what is on record of it, of these people or of all."""
    versions = tuple(
        each for each in curricula.every(row.agency_id, row.name)
        if each.programme.number <= row.number
    )  # fmt: skip
    return Course(row, versions, record_of(row.agency_id, versions, now, people))


def completed_before(course: Course, people: Collection[UUID], now: datetime) -> dict[UUID, Before]:
    """Return the latest earlier version that each of these people completed, if they did."""
    found: dict[UUID, Before] = {}
    for version in reversed(course.versions[:-1]):
        rest = [person for person in people if person not in found]
        done = _completed(version, rest, course.record, course.row.agency, now)
        for person, on in done.items():
            found[person] = Before(version.programme.number, on)
    return found


def reach_of(agency: Agency, before: Published, after: Published, now: datetime) -> Reach:
    """Return whom a new version of a programme concerns, as of today."""
    record = record_of(agency.id, (before, after), now)
    done = _completed(before, by_unit(agency.id), record, agency, now)
    still = _completed(after, done, record, agency, now)
    replaced = {module.pin for module in before.modules} - {module.pin for module in after.modules}
    gone = {(pin.id, pin.version) for pin in replaced}
    coming = Session.objects.filter(
        agency=agency, cancelled_at=None, start__gt=now, module__name__in={n for n, _v in gone}
    )
    pins = coming.order_by().values_list("module__name", "module__number")
    return Reach(len(done), len(done) - len(still), sum(pin in gone for pin in pins))


def record_of(
    agency: UUID, versions: Iterable[Published], now: datetime,
    people: Collection[UUID] | None = None,
) -> taught.Record:  # fmt: skip
    """Return what is on record of the modules of these versions, of these people or of everybody.

    Who was at a session is told once it has ended.
    """
    names = {module.content.id for version in versions for module in version.modules}
    return taught.record(agency, modules=names, people=people, ended=now)


def _completed(
    version: Published, people: Collection[UUID], record: taught.Record, agency: Agency,
    now: datetime,
) -> dict[UUID, date]:  # fmt: skip
    """Return who of these people completed a version, and when."""
    day = day_of(now, zone_of(agency))
    ids = [str(person) for person in people]
    stand = standing(version, ids, record.sessions, record.attendance, [], day)
    return {UUID(each.person): each.on for each in stand if each.on is not None}
