"""What a calendar holds now: sessions and refreshers, as much of each as its reader may know.

Nothing here asks the policy; whoever shows it to somebody does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.interop.calendar import Entry, refresher, unit_refresher
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.policy import Role
from stepdown.web.programs.models import Attendance, Instructing, Session
from stepdown.web.programs.taught import expecting, sessions_of_unit
from stepdown.web.programs.zones import begins, day_of, zone_of
from stepdown.web.records.counting import rules_of, stand
from stepdown.web.records.hours import sentence
from stepdown.web.records.models import Visit
from stepdown.web.records.planned import (
    month_of,
    record_of,
    standing_plan,
    told_apart,
    visits_of,
    visits_of_unit,
)
from stepdown.web.records.saying import why_of
from stepdown.web.records.serving import serving
from stepdown.web.records.techniques import techniques

PAST = timedelta(days=90)
"""For how long a calendar holds what is over."""

Key = tuple[str, str]
"""What an entry is known by in a calendar: its kind and its record."""
NOTHING: Mapping[Key, UUID] = MappingProxyType({})
Agenda = dict[Key, Entry]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a calendar holds: its entries, of which agency each is, and the zone of its times."""

    entries: Agenda
    agencies: dict[Key, UUID]
    zone: ZoneInfo


def of_person(person: Person, now: datetime, sent: Mapping[Key, UUID] = NOTHING) -> Shown:
    """Return what a person's own calendar holds, in the zone of their agency.

    `sent`: of which agency each entry was that the calendar has: it stays what it is known by.
    """
    grants = _grants(person)
    agencies = {grant.agency_id: grant.agency for grant in grants if grant.agency}
    zone = next(map(zone_of, agencies.values()), ZoneInfo("UTC"))
    since = _earliest(now, zone)
    found = [(row.agency_id, _own(row, now)) for row in _sessions(person, grants, since)]
    for agency in agencies.values():
        found += ((agency.id, each) for each in _refreshers(person, agency, since.date(), now))
        found += ((agency.id, each) for each in _hours(person, agency, now))
    return _shown(found, zone, sent)


def of_unit(unit: Unit, now: datetime) -> Shown:
    """Return what a unit's calendar holds: sessions, and how many refreshers in a month."""
    zone = zone_of(unit.agency)
    since = _earliest(now, zone)
    entries = [_session(row, now) for row in sessions_of_unit(unit.id, now, since)]
    plan = standing_plan(unit.agency_id)
    if plan is not None:
        visits = visits_of_unit(unit, plan).filter(day__gte=since.date())
        entries += _counted(visits, unit, now)
    return _shown([(unit.agency_id, each) for each in entries], zone)


def _earliest(now: datetime, zone: ZoneInfo) -> datetime:
    return begins(day_of(now - PAST, zone), zone)


def _shown(
    found: Iterable[tuple[UUID, Entry]], zone: ZoneInfo, sent: Mapping[Key, UUID] = NOTHING
) -> Shown:
    """Return entries by what they are known by: of two agencies', one each."""
    by_key: dict[Key, tuple[UUID, Entry]] = {}
    owners = dict(sent)
    for agency, each in found:
        owner = owners.setdefault((each.kind, each.record), agency)
        entry = each if owner == agency else replace(each, record=told_apart(each.record, agency))
        by_key[entry.kind, entry.record] = agency, entry
    return Shown(
        {key: entry for key, (_, entry) in by_key.items()},
        {key: agency for key, (agency, _) in by_key.items()},
        zone,
    )


def _grants(person: Person) -> list[RoleGrant]:
    """Return the roles of a person in agencies, those by which they are trained first."""
    standing = RoleGrant.objects.filter(person=person, suspended_at=None, agency__isnull=False)
    rows = standing.select_related("agency").order_by("since", "id")
    return sorted(rows, key=lambda grant: grant.role != Role.TRAINEE)


def _sessions(person: Person, grants: list[RoleGrant], since: datetime) -> Iterable[Session]:
    """Return sessions for which somebody is expected, that they teach, or that they attended."""
    teaches = Exists(Instructing.objects.filter(session=OuterRef("pk"), person=person))
    attended = Exists(Attendance.objects.filter(session=OuterRef("pk"), person=person))
    here = Session.objects.filter(agency__in={g.agency_id for g in grants}, start__gte=since)
    found = here.annotate(teaches=teaches, attended=attended)
    return found.filter(expecting(person.id) | Q(teaches=True) | Q(attended=True)).select_related(
        "module"
    )


def _session(row: Session, now: datetime, details: str = "") -> Entry:
    return Entry(
        "session", str(row.id), row.module.title, row.start, now, minutes=row.minutes,
        place=row.place, details=details, cancelled=row.cancelled_at is not None,
    )  # fmt: skip


def _own(row: Session, now: datetime) -> Entry:
    teaches: bool = row.teaches  # type: ignore[attr-defined]  # as `_sessions` annotates it
    return _session(row, now, _("You teach this session.") if teaches else "")


def _refreshers(person: Person, agency: Agency, since: date, now: datetime) -> Iterator[Entry]:
    plan = standing_plan(agency.id)
    if plan is None:
        return
    names = techniques(agency.id)
    for visit in visits_of(person, plan).filter(day__gte=since):
        why = why_of([visit], names, own=True)
        made = refresher(record_of(visit), visit.day, now, visit.title, why)
        yield replace(made, title=_("Refresher, some day this month: %(what)s") % {
            "what": visit.title})  # fmt: skip


def _hours(person: Person, agency: Agency, now: datetime) -> Iterator[Entry]:
    """Return the day on which hours that a person lacks are due, if it is still to come."""
    rules, people = rules_of(agency.id), serving(agency, people=[person.id])
    if rules is None or not people:
        return
    found = stand(agency, rules, people, now)[0].found
    if found is None or found.state != "open" or found.due is None:
        return
    record = f"{person.id}/{agency.id}/{found.due.isoformat()}"
    yield Entry("hours", record, _("Training hours due"), found.due, now, details=sentence(found))


def _counted(visits: Iterable[Visit], unit: Unit, now: datetime) -> Iterator[Entry]:
    people: dict[date, set[UUID]] = {}
    days: dict[date, date] = {}
    for visit in visits:
        month = month_of(visit.day)
        people.setdefault(month, set()).add(visit.person_id)
        days[month] = min(days.get(month, visit.day), visit.day)
    for month, those in people.items():
        record = f"{unit.id}/{month:%Y-%m}"
        made = unit_refresher(record, days[month], now, unit.name, len(those))
        title = ngettext(
            "Refreshers in %(unit)s, some day this month: %(n)d person",
            "Refreshers in %(unit)s, some day this month: %(n)d people",
            len(those),
        )
        yield replace(made, title=title % {"unit": unit.name, "n": len(those)})
