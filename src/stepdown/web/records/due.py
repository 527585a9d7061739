"""Who has what in the next days: sessions and refreshers of which people are reminded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from stepdown.retention import teaching
from stepdown.web.accounts.models import Agency
from stepdown.web.programs.models import Attendance, Exemption, Instructing, Session
from stepdown.web.programs.people import by_unit
from stepdown.web.programs.zones import begins, day_of, zone_of
from stepdown.web.records.models import PlanSetting, Reminder, Visit
from stepdown.web.records.planned import record_of, standing_plan, visits_in

USUAL_DAYS = 7
Kind = Literal["session", "refresher", "cancelled"]
Key = tuple[UUID, str, str, date]
"""What nobody is reminded of twice: person, kind, record and day."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that a person has to come to, or need not come to any more."""

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
    """Return what people have in the next days, and what was cancelled of which they were reminded.

    Whoever is exempt on that day is left out. The number of queries does not grow with people.
    """
    days = days_before(agency)
    if not days:
        return []
    today = day_of(now, zone_of(agency))
    until = today + timedelta(days=days)
    found = [*_sessions(agency, now, until), *_visits(agency, today, until)]
    exempt = _exempt(agency)
    kept = [d for d in found if not any(e.covers(d.day) for e in exempt.get(d.person, ()))]
    return [*kept, *_cancelled(agency, now)]


def _sessions(agency: Agency, now: datetime, until: date) -> Iterator[Due]:
    zone = zone_of(agency)
    coming = Session.objects.filter(
        agency=agency, cancelled_at=None, start__gt=now,
        start__lt=begins(until + timedelta(days=1), zone),
    ).select_related("module", "unit")  # fmt: skip
    sessions = list(coming)
    teachers = _teachers(sessions)
    been = _been(sessions)
    trained = by_unit(agency.id)
    for session in sessions:
        teach = teachers.get(session.id, set())
        those = {person for person, units in trained.items() if _meant(session, units)}
        those -= been.get(session.make_up_of_id, set())
        day = day_of(session.start, zone)
        for person in sorted(those | teach):
            record, teaches = str(session.id), person in teach
            yield Due(person, "session", record, day, session=session, teaches=teaches)


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
    plan = standing_plan(agency.id)
    if plan is None:
        return
    for visit in visits_in(plan).filter(day__range=(today, until)):
        yield Due(visit.person_id, "refresher", record_of(visit), visit.day, visit=visit)


def _cancelled(agency: Agency, now: datetime) -> Iterator[Due]:
    """Return sessions to come that were cancelled, for those who were reminded of them."""
    zone = zone_of(agency)
    gone = Session.objects.filter(agency=agency, cancelled_at__isnull=False, start__gt=now)
    sessions = {str(s.id): s for s in gone.select_related("module", "unit")}
    told = Reminder.objects.filter(
        agency=agency, kind="session", record__in=sessions, sent_at__isnull=False
    )
    for person, record, day in told.values_list("person", "record", "day"):
        session = sessions[record]
        if day == day_of(session.start, zone):
            yield Due(person, "cancelled", record, day, session=session)


def _exempt(agency: Agency) -> dict[UUID, list[teaching.Exemption]]:
    found: dict[UUID, list[teaching.Exemption]] = {}
    for row in Exemption.objects.filter(agency=agency, withdrawn_at=None):
        found.setdefault(row.person_id, []).append(row.value())
    return found
