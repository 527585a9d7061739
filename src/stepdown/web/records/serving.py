"""Who serves in an agency as a trainee: name, unit, and the days that rules on hours ask for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.programs.people import answering
from stepdown.web.programs.zones import zone_of
from stepdown.web.records.models import Member


@dataclass(frozen=True, slots=True)
class Serving:
    """A trainee of an agency. `unit` None: they are trained with all of it.

    `hired` is the day of the roster, else that of their first role here.
    """

    id: UUID
    name: str
    unit: UUID | None
    unit_name: str
    hired: date
    certified: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """A person as one agency has them, with what the policy asks of a record of theirs."""

    person: Person
    agency: Agency
    thing: Thing
    serving: Serving | None
    """None: they are no trainee here any more."""


def today_in(agency: Agency, now: datetime) -> date:
    """Return the day that it is in an agency."""
    return now.astimezone(zone_of(agency)).date()


def serving(
    agency: Agency, unit: UUID | None = None, people: Collection[UUID] | None = None
) -> list[Serving]:
    """Return the trainees of an agency, or of a unit of it, by name.

    Those of the whole agency are among those of each unit. Two queries.
    """
    rows = RoleGrant.objects.filter(agency=agency)
    members = Member.objects.filter(agency=agency)
    if people is not None:
        rows, members = rows.filter(person__in=people), members.filter(person__in=people)
    elif unit is not None:
        here = RoleGrant.objects.filter(_place(agency, unit), **_STANDING).values("person")
        rows, members = rows.filter(person__in=here), members.filter(person__in=here)
    named = ("person", "role", "suspended_at", "unit", "since", "person__name", "unit__name",
             "person__is_active")  # fmt: skip
    grants = list(rows.order_by("since", "id").values_list(*named))
    days = {who: (hired, sure) for who, hired, sure in
            members.values_list("person", "hired", "certified")}  # fmt: skip
    return _people(grants, days, zone_of(agency), unit)


def find(actor: Actor, agency: UUID, person: UUID, action: Action) -> Found:
    """Return a person whom an agency has or had, if the policy allows. Raises Missing or Refused.

    What they did counts for the unit in which they are trained; trained with the whole agency,
    for each of its units.
    """
    place = find_agency(agency)
    who = Person.objects.filter(pk=person).first()
    grants = list(RoleGrant.objects.filter(agency=place, person=person, role=Role.TRAINEE))
    if who is None or not (grants or Member.objects.filter(agency=place, person=person).exists()):
        raise Missing(f"no person {person} in agency {agency}")
    thing = Thing(owner=who.id, agency=place.id, units=answering(place.id, grants))
    permit(actor, action, thing, "person", who.id)
    standing = serving(place, people=[who.id])
    return Found(who, place, thing, standing[0] if standing else None)


def things(agency: Agency, people: Collection[Serving]) -> dict[UUID, Thing]:
    """Return each person's record as the policy sees it."""
    every = units_of(agency)
    return {
        p.id: Thing(p.id, agency.id, frozenset([p.unit]) if p.unit else every) for p in people
    }  # fmt: skip


def units_of(agency: Agency) -> frozenset[UUID]:
    """Return the ids of an agency's units."""
    return frozenset(Unit.objects.filter(agency=agency).values_list("pk", flat=True))


def find_agency(agency: UUID) -> Agency:
    """Return an agency, whoever may know it. Raises Missing."""
    found = Agency.objects.filter(pk=agency).first()
    if found is None:
        raise Missing(f"no agency {agency}")
    return found


def agency_for(actor: Actor, agency: UUID, action: Action, *, any_unit: bool = False) -> Agency:
    """Return an agency if the policy allows an action in it; `any_unit`: in a unit of it, too."""
    place = find_agency(agency)
    units = units_of(place) if any_unit else frozenset()
    permit(actor, action, Thing(agency=place.id, units=units), "agency", place.id)
    return place


_STANDING = {"role": Role.TRAINEE, "suspended_at": None, "person__is_active": True}


def _place(agency: Agency, unit: UUID) -> Q:
    return Q(unit=unit) | Q(unit=None, agency=agency)


def _people(
    grants: list[tuple[UUID, str, datetime | None, UUID | None, datetime, str, str | None, bool]],
    days: dict[UUID, tuple[date | None, date | None]],
    zone: ZoneInfo,
    unit: UUID | None,
) -> list[Serving]:
    """Put people together from their roles: of several the unit asked for, else a unit, counts."""
    first: dict[UUID, datetime] = {}
    chosen: dict[UUID, tuple[int, UUID | None, str, str]] = {}
    for who, role, suspended, place, since, name, place_name, active in grants:
        first.setdefault(who, since)
        if role != Role.TRAINEE or suspended or not active:
            continue
        rank = (place is not None) + (place is not None and place == unit)
        if who not in chosen or rank > chosen[who][0]:
            chosen[who] = (rank, place, place_name or "", name)
    found = [
        Serving(
            who, name, place, place_name,
            days.get(who, (None, None))[0] or first[who].astimezone(zone).date(),
            days.get(who, (None, None))[1],
        )
        for who, (_rank, place, place_name, name) in chosen.items()
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.name.casefold(), str(each.id)))
