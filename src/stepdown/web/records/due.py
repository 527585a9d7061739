"""Who has what in the next days: sessions and refreshers of which people are reminded.

And what became of sessions of which they were reminded: those that changed or were cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Q

from stepdown.retention import teaching
from stepdown.web.accounts.models import Agency, RoleGrant
from stepdown.web.programs.models import Attendance, Exemption, Instructing, Session
from stepdown.web.programs.people import by_unit
from stepdown.web.programs.zones import begins, day_of, zone_of
from stepdown.web.records.models import PlanSetting, Reminder, Visit
from stepdown.web.records.planned import month_of, record_of, standing_plan, told_apart, visits_in

USUAL_DAYS = 7
Kind = Literal["session", "refresher", "moved", "cancelled"]
Key = tuple[UUID, str, str, date]
"""What nobody is reminded of twice: person, kind, record and day."""
Told = dict[tuple[str, UUID], datetime]
"""When each person was last told when and where a session is, by its id."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that a person has to come to, or at another time, or not any more.

    The day of a refresher is the first of its month, whatever day of it a plan has.
    """

    person: UUID
    kind: Kind
    record: str
    day: date
    session: Session | None = None
    visit: Visit | None = None
    teaches: bool = False

    @property
    def key(self) -> Key:
        """What it is known by."""
        return (self.person, self.kind, self.record, self.day)


def days_before(agency: Agency) -> int:
    """Return how many days before something the people of an agency are reminded; 0: never."""
    setting = PlanSetting.objects.filter(agency=agency).first()
    return setting.remind_days if setting else USUAL_DAYS


def due(agency: Agency, now: datetime) -> list[Due]:
    """Return what people have in the next days, and what changed since they were reminded of it.

    Whoever is exempt then is not asked to come. Whoever has no role in the agency any more is told
    nothing. The number of queries does not grow with people.
    """
    rows = Session.objects.filter(agency=agency, start__gt=now)
    sessions = list(rows.select_related("module", "unit"))
    told = _told(agency, sessions, now)
    found = [*_coming(agency, sessions, told, now), *_changed(agency, sessions, told)]
    standing = RoleGrant.objects.filter(agency=agency, suspended_at=None)
    here = set(standing.values_list("person", flat=True))
    return [each for each in found if each.person in here]


def _told(agency: Agency, sessions: list[Session], now: datetime) -> Told:
    ids = {str(session.id) for session in sessions}
    today = day_of(now, zone_of(agency))
    sent = Reminder.objects.filter(agency=agency, sent_at__isnull=False)
    rows = sent.filter(Q(kind="session", record__in=ids) | Q(kind="moved", day__gte=today))
    found: Told = {}
    for record, person, at in rows.values_list("record", "person", "sent_at"):
        key = (record.partition("/")[0], person)
        if at is not None:
            found[key] = max(found.get(key, at), at)
    return found


def _coming(agency: Agency, sessions: list[Session], told: Told, now: datetime) -> list[Due]:
    """Return what people have in the next days, as many as the agency says."""
    days = days_before(agency)
    if not days:
        return []
    zone = zone_of(agency)
    today = day_of(now, zone)
    until = today + timedelta(days=days)
    end = begins(until + timedelta(days=1), zone)
    soon = [s for s in sessions if s.start < end and s.cancelled_at is None]
    found = [*_sessions(agency, soon, told, days), *_visits(agency, today, until)]
    exempt = _exempt(agency)
    return [
        each for each in found
        if not any(e.covers(max(each.day, today)) for e in exempt.get(each.person, ()))
    ]  # fmt: skip


def _sessions(agency: Agency, sessions: list[Session], told: Told, days: int) -> Iterator[Due]:
    """Yield sessions for those who come or teach and were not told of them in these days.

    Whoever was told of one before it changed is told of the change alone.
    """
    zone = zone_of(agency)
    teachers = _teachers(sessions)
    been = _been(sessions)
    trained = by_unit(agency.id)
    for session in sessions:
        teach = teachers.get(session.id, set())
        those = {person for person, units in trained.items() if _meant(session, units)}
        those -= been.get(session.make_up_of_id, set())
        record, day = str(session.id), day_of(session.start, zone)
        opens = begins(day - timedelta(days=days), zone)
        for person in sorted(those | teach):
            at = told.get((record, person))
            if at is None or session.changed_at <= at < opens:
                teaches = person in teach
                yield Due(person, "session", record, day, session=session, teaches=teaches)


def _changed(agency: Agency, sessions: list[Session], told: Told) -> Iterator[Due]:
    """Yield sessions that changed or were cancelled since people were told of them."""
    zone = zone_of(agency)
    by_id = {str(session.id): session for session in sessions}
    for (record, person), at in told.items():
        session = by_id.get(record)
        if session is None:
            continue
        day = day_of(session.start, zone)
        if session.cancelled_at is not None:
            yield Due(person, "cancelled", record, day, session=session)
        elif at < session.changed_at:
            change = f"{record}/{session.changed_at.astimezone(UTC).isoformat()}"
            yield Due(person, "moved", change, day, session=session)


def _meant(session: Session, units: set[UUID | None]) -> bool:
    """Say whether a session is for whoever is trained in these units."""
    return session.unit_id is None or None in units or session.unit_id in units


def _teachers(sessions: list[Session]) -> dict[UUID, set[UUID]]:
    rows = Instructing.objects.filter(session__in=[s.id for s in sessions])
    found: dict[UUID, set[UUID]] = {}
    for session, person in rows.values_list("session", "person"):
        found.setdefault(session, set()).add(person)
    return found


def _been(sessions: list[Session]) -> dict[UUID | None, set[UUID]]:
    """Return who was at the sessions that others make up: those need not come again."""
    origins = {s.make_up_of_id for s in sessions if s.make_up_of_id}
    rows = Attendance.objects.filter(session__in=origins, minutes__gt=0, corrected=None)
    found: dict[UUID | None, set[UUID]] = {}
    for session, person in rows.values_list("session", "person"):
        found.setdefault(session, set()).add(person)
    return found


def _visits(agency: Agency, today: date, until: date) -> Iterator[Due]:
    """Yield the refreshers of this month, until it ends, and those of months that begin soon."""
    plan = standing_plan(agency.id)
    if plan is None:
        return
    after = month_of(month_of(until) + timedelta(days=31))
    elsewhere = _told_elsewhere(agency, month_of(today))
    for visit in visits_in(plan).filter(day__gte=month_of(today), day__lt=after):
        first, record = month_of(visit.day), record_of(visit)
        if (visit.person_id, record) in elsewhere:
            record = told_apart(record, agency.id)
        yield Due(visit.person_id, "refresher", record, first, visit=visit)


def _told_elsewhere(agency: Agency, since: date) -> set[tuple[UUID, str]]:
    """Return the refreshers of which other agencies remind people, by what they are known by."""
    rows = Reminder.objects.filter(kind="refresher", day__gte=since).exclude(agency=agency)
    return set(rows.values_list("person", "record"))


def _exempt(agency: Agency) -> dict[UUID, list[teaching.Exemption]]:
    found: dict[UUID, list[teaching.Exemption]] = {}
    for row in Exemption.objects.filter(agency=agency, withdrawn_at=None):
        found.setdefault(row.person_id, []).append(row.value())
    return found
