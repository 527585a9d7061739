"""What was taught, for whoever counts it: sessions with who was there, as the library has them.

Sessions that were cancelled count nowhere. Days are those of the agency's time zone. Nothing
here asks the policy: whoever shows it to somebody does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from stepdown.retention import delivered, teaching
from stepdown.retention.curriculum import Pinned
from stepdown.web.accounts.models import Agency, RoleGrant, Unit
from stepdown.web.policy import Role
from stepdown.web.programs.models import Attendance, Instructing, ModuleVersion, Session
from stepdown.web.programs.zones import begins

LONGEST = timedelta(minutes=teaching.LONGEST)
ENOUGH = 0.5
"""Who was there for this share of a session rehearsed what it taught."""


@dataclass(frozen=True, slots=True)
class Record:
    """Sessions as the library has them, with their times in the agency's zone, and who was there.

    A session that was cancelled is among them only where another makes it up; nobody attended it.
    """

    sessions: tuple[teaching.Session, ...]
    attendance: tuple[teaching.Attendance, ...]

    @property
    def counted(self) -> Iterator[tuple[teaching.Attendance, teaching.Session]]:
        """Each entry that counts, with its session."""
        held = {session.id: session for session in self.sessions}
        for entry in delivered.counted(self.attendance):
            yield entry, held[entry.session]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A person was taught these techniques on a day."""

    person: UUID
    techniques: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Credited:
    """A person was taught a version of a module for so many minutes on a day, in one session."""

    person: UUID
    day: date
    module: str
    """The id of the module."""
    version: int
    minutes: int
    session: UUID


def record(
    agency: UUID, *, modules: Collection[str] | None = None,
    people: Collection[UUID] | None = None, since: date | None = None,
    ended: datetime | None = None,
) -> Record:  # fmt: skip
    """Return what is on record of an agency: of some modules, by id, or some people, or all.

    `since`: sessions from this day on. `ended`: who was at those that had ended by then, nobody
    at others. Three queries, and one for the time zone.
    """
    zone = ZoneInfo(Agency.objects.values_list("zone", flat=True).get(pk=agency))
    held = tuple(_sessions(agency, zone, modules, since))
    rows = Attendance.objects.filter(session__agency=agency, session__cancelled_at=None)
    if modules is not None:
        rows = rows.filter(session__module__name__in=modules)
    if people is not None:
        rows = rows.filter(person__in=people)
    if since is not None:
        rows = rows.filter(session__start__gte=begins(since, zone))
    over = {each.id for each in held if ended is None or each.end <= ended}
    return Record(held, tuple(entry for entry in _attendance(rows) if entry.session in over))


def sessions(agency: UUID, modules: Collection[str] | None = None) -> list[teaching.Session]:
    """Return the sessions of an agency that stand; three queries."""
    zone = ZoneInfo(Agency.objects.values_list("zone", flat=True).get(pk=agency))
    return list(_sessions(agency, zone, modules, None, cancelled=False))


def taught_rehearsals(
    agency: UUID, since: date | None = None, people: Collection[UUID] | None = None
) -> list[Rehearsed]:
    """Return who was taught which techniques when: whoever was there for half of a session."""
    held = record(agency, since=since, people=people)
    wanted = {session.module for session in held.sessions}
    versions = ModuleVersion.objects.filter(agency=agency, name__in={pin.id for pin in wanted})
    techniques = {
        (name, number): tuple(content.get("techniques", ()))
        for name, number, content in versions.values_list("name", "number", "content")
    }
    ids = _Ids()
    return [
        Rehearsed(ids[entry.person], techniques[session.module.id, session.module.version],
                  session.start.date())
        for entry, session in held.counted
        if entry.minutes >= ENOUGH * session.minutes
    ]  # fmt: skip


def credited(
    agency: UUID, people: Collection[UUID] | None = None, ended: datetime | None = None
) -> list[Credited]:
    """Return the minutes that each person was taught, a row for each session they were at.

    `ended`: in sessions that had ended by then.
    """
    ids = _Ids()
    return [
        Credited(ids[entry.person], session.start.date(), session.module.id,
                 session.module.version, min(entry.minutes, session.minutes), ids[session.id])
        for entry, session in record(agency, people=people, ended=ended).counted
        if entry.minutes
    ]  # fmt: skip


class _Ids(dict[str, UUID]):
    """Ids by their text, each made once: many entries are of the same people and sessions."""

    def __missing__(self, text: str) -> UUID:
        self[text] = found = UUID(text)
        return found


_SESSION = (
    "id", "module__name", "module__number", "unit", "start", "minutes", "place",
    "programme__name", "programme__number", "make_up_of", "cancelled_at",
)  # fmt: skip
_ENTRY = ("_id", "_session", "_person", "minutes", "how", "recorded", "_supersedes")
_TEXTS = {
    "_id": Cast("pk", CharField()), "_session": Cast("session_id", CharField()),
    "_person": Cast("person_id", CharField()), "_supersedes": Cast("supersedes_id", CharField()),
}  # fmt: skip
"""Ids as the database writes them: to make a UUID of each takes longer than all the rest."""


def _sessions(
    agency: UUID, zone: ZoneInfo, modules: Collection[str] | None, since: date | None,
    *, cancelled: bool = True,
) -> Iterator[teaching.Session]:  # fmt: skip
    """Yield sessions that stand, and if `cancelled` those that others make up."""
    rows = Session.objects.filter(agency=agency)
    teachers = Instructing.objects.filter(session__agency=agency)
    if modules is not None:
        rows = rows.filter(module__name__in=modules)
        teachers = teachers.filter(session__module__name__in=modules)
    if since is not None:
        rows = rows.filter(start__gte=begins(since, zone))
        teachers = teachers.filter(session__start__gte=begins(since, zone))
    teach: dict[UUID, tuple[str, ...]] = {}
    for session, person in teachers.order_by().values_list("session", "person"):
        teach[session] = (*teach.get(session, ()), str(person))
    found = list(rows.values_list(*_SESSION))
    made_up = {row[9] for row in found}
    for pk, name, number, unit, start, minutes, place, p_name, p_number, origin, gone in found:
        if gone and not (cancelled and pk in made_up):
            continue
        yield teaching.Session(
            id=str(pk), module=Pinned(id=name, version=number), unit=str(unit or agency),
            start=start.astimezone(zone), minutes=minutes, place=place,
            instructors=teach.get(pk) or ("unknown",),
            programme=Pinned(id=p_name, version=p_number) if p_name else None,
            make_up_of=str(origin) if origin else None,
        )  # fmt: skip


def _attendance(rows: QuerySet[Attendance]) -> Iterator[teaching.Attendance]:
    """Yield entries without who wrote them and why, which nothing that counts them asks for."""
    found = rows.order_by().annotate(**_TEXTS).values_list(*_ENTRY)
    for pk, session, person, minutes, how, recorded, supersedes in found:
        yield teaching.Attendance(
            pk, _hyphened(session), _hyphened(person), minutes, how, "-", recorded, supersedes, "-"
        )


def _hyphened(text: str) -> str:
    """Return an id as `str` of it gives it; SQLite writes the digits alone."""
    if len(text) == 36:
        return text
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def unended(agency: UUID, now: datetime) -> list[UUID]:
    """Return the sessions that somebody is noted at though they have not ended, by id."""
    lately = Session.objects.filter(agency=agency, start__gt=now - LONGEST)
    noted = lately.filter(attendance__isnull=False).distinct().order_by("id")
    return [session.id for session in noted if session.end > now]


def next_sessions(person: UUID, now: datetime) -> list[Session]:
    """Return the sessions that are to come for a trainee, or run, in their order.

    Those of their units and of their whole agencies; cancelled ones are left out, and those that
    make up a session at which they were there for all of it.
    """
    rows = Session.objects.filter(expecting(person), cancelled_at=None, start__gt=now - LONGEST)
    coming = _unended(rows, now)
    made_up = [session.make_up_of for session in coming if session.make_up_of is not None]
    there = noted_at(person, made_up)
    done = {session.id for session in made_up if there.get(session.id, 0) >= session.minutes}
    return [session for session in coming if session.make_up_of_id not in done]


def noted_at(person: UUID, sessions: Iterable[Session]) -> dict[UUID, int]:
    """Return for how many minutes somebody is noted at those of these sessions where they are.

    0: they are noted as not there. One query.
    """
    rows = Attendance.objects.filter(person=person, session__in=[each.pk for each in sessions])
    return {UUID(e.session): e.minutes for e in delivered.counted(_attendance(rows))}


def to_teach(person: UUID, now: datetime) -> list[Session]:
    """Return the sessions that somebody is to teach, or teaches now, in their order.

    Those of agencies in which they have a role that is not suspended.
    """
    here = RoleGrant.objects.filter(person=person, suspended_at=None, agency__isnull=False)
    mine = Session.objects.filter(
        instructing__person=person, cancelled_at=None, agency__in=here.values("agency")
    )
    return _unended(mine.filter(start__gt=now - LONGEST), now)


def sessions_of_unit(unit: UUID, now: datetime, since: datetime | None = None) -> list[Session]:
    """Return the sessions of a unit, those of its whole agency among them, cancelled ones too.

    From `since` on; without it those that run or are to come.
    """
    agency = Unit.objects.filter(pk=unit).values("agency")
    here = Q(unit=unit) | Q(unit=None, agency__in=agency)
    rows = Session.objects.filter(here, start__gt=since or now - LONGEST)
    shown = rows.select_related("module", "unit", "agency").order_by("start", "id")
    return [session for session in shown if since or session.end > now]


def _unended(rows: QuerySet[Session], now: datetime) -> list[Session]:
    shown = rows.select_related("module", "unit", "agency").order_by("start", "id")
    return [session for session in shown if session.end > now]


def for_units(agency: UUID, units: Iterable[UUID]) -> Q:
    """Hold for sessions of these units of an agency, and for those for everybody in it."""
    return Q(agency=agency) & (Q(unit__in=list(units)) | Q(unit=None))


def expecting(person: UUID) -> Q:
    """Hold for the sessions that a trainee is expected at."""
    mine = RoleGrant.objects.filter(person=person, role=Role.TRAINEE, suspended_at=None)
    return (
        Q(unit__in=mine.filter(unit__isnull=False).values("unit"))
        | Q(agency__in=mine.filter(unit=None).values("agency"))
        | Q(unit=None, agency__in=mine.values("agency"))
    )
