"""Who is expected at a session, who of them one button leaves out, and who else may be noted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Actor, Role
from stepdown.web.programs.exempting import standing
from stepdown.web.programs.models import Session
from stepdown.web.programs.overlap import clashes
from stepdown.web.programs.zones import begins, day_of, zone_of
from stepdown.web.records.models import Member

MOST_FOUND = 20
SHORTEST = 2
"""Of what is sought; one sign would list half an agency."""
EXEMPT, LATER, TEACHES, ONESELF, ELSEWHERE = (
    "exempt", "later", "teaches", "oneself", "elsewhere",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody of the agency who is not expected, with what tells them from another."""

    person: Person
    number: str
    units: tuple[str, ...]
    """The names of the units in which they are trained now."""


def expected(session: Session) -> QuerySet[Person]:
    """Return the trainees whom a session is for, and whoever has an entry, by name."""
    return Person.objects.filter(
        Q(pk__in=_trainees(session)) | Q(pk__in=session.attendance.values("person"))
    ).order_by("name", "id")


def left_out(actor: Actor, session: Session, people: Collection[UUID]) -> dict[UUID, str]:
    """Return who of these people is not noted with everybody else, each with the reason.

    Whoever was noted at another session then, came to the unit later, or is exempt on that day,
    by the agency's clocks; whoever teaches the session; and whoever acts. Each can be noted by
    name, but nobody by themselves. Five queries.
    """
    zone = zone_of(session.agency)
    day = day_of(session.start, zone)
    found = dict.fromkeys(clashes(session, dict.fromkeys(people, session.minutes)), ELSEWHERE)
    after = begins(day + timedelta(days=1), zone)
    found |= dict.fromkeys(_later(session, people, after), LATER)
    exempt = standing(session.agency_id).filter(person__in=list(people), start__lte=day)
    rows = exempt.filter(Q(until=None) | Q(until__gte=day)).values_list("person", flat=True)
    found |= dict.fromkeys(rows, EXEMPT)
    teachers = session.instructing.filter(person__in=list(people))
    found |= dict.fromkeys(teachers.values_list("person", flat=True), TEACHES)
    if actor.id in people:
        found[actor.person] = ONESELF
    return found


def trained(session: Session) -> QuerySet[Person]:
    """Return everybody who is or was trained in the agency of a session, wherever they are now."""
    agency = session.agency_id
    roles = RoleGrant.objects.filter(agency=agency, role=Role.TRAINEE)
    known = Member.objects.filter(agency=agency)
    return Person.objects.filter(
        Q(pk__in=roles.values("person")) | Q(pk__in=known.values("person"))
    )


def somebody_else(session: Session, sought: str) -> list[Found]:
    """Return people of the agency who are not on the list, by a part of a name or of a number.

    One more than `MOST_FOUND` at most, so that the page can say that there are more.
    """
    if len(sought) < SHORTEST:
        return []
    numbers = Member.objects.filter(agency=session.agency_id)
    numbered = numbers.filter(number__icontains=sought).values("person")
    rows = trained(session).filter(Q(name__icontains=sought) | Q(pk__in=numbered))
    rows = rows.exclude(pk__in=expected(session).order_by().values("pk"))
    people = list(rows.order_by("name", "id")[: MOST_FOUND + 1])
    number = dict(numbers.filter(person__in=people).values_list("person", "number"))
    units: dict[UUID, tuple[str, ...]] = {}
    roles = RoleGrant.objects.filter(
        agency=session.agency_id, role=Role.TRAINEE, suspended_at=None, person__in=people
    )
    for person, unit in roles.order_by("unit__name").values_list("person", "unit__name"):
        units[person] = (*units.get(person, ()), *([unit] if unit else []))
    return [Found(p, number.get(p.pk, ""), units.get(p.pk, ())) for p in people]


def _place(session: Session) -> Q:
    """Hold for the roles of a session's unit, those of its whole agency among them."""
    place = Q(agency=session.agency_id, role=Role.TRAINEE, suspended_at=None)
    if session.unit_id is not None:
        place &= Q(unit=session.unit_id) | Q(unit=None)
    return place


def _trainees(session: Session) -> QuerySet[RoleGrant, Any]:
    """Return the ids of the trainees of the unit, or of the agency."""
    roles = RoleGrant.objects.filter(_place(session), person__is_active=True)
    return roles.values("person")


def _later(session: Session, people: Collection[UUID], after: datetime) -> set[UUID]:
    """Return who of these people began where a session is held at a moment or later.

    A role that a roster moved stands since its first beginning, so the move is looked up where
    every move is noted.
    """
    roles = RoleGrant.objects.filter(_place(session), person__in=list(people))
    since = roles.values("person").annotate(at=Min("since")).values_list("person", "at")
    found = {person for person, at in since if at >= after}
    if session.unit_id is None:
        return found
    moves = Entry.objects.filter(
        kind="person", action="moved by roster", agency=session.agency_id, at__gte=after,
        record__in=[str(person) for person in people],
    )  # fmt: skip
    first: dict[str, list[str]] = {}
    for record, detail in moves.order_by("number").values_list("record", "detail"):
        first.setdefault(record, detail.get("from", []))
    here = {str(session.unit_id), ""}
    return found | {UUID(record) for record, left in first.items() if not here & set(left)}
