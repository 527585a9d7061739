"""Who serves in an agency, as the page of its roster lists them; days are set by hand here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from stepdown.interop.roster import Listed, write_roster
from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Agency, Person, RoleGrant
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records.known import acquaintances
from stepdown.web.records.models import Member
from stepdown.web.records.rosters import find_place

WHO = ("serving", "left", "all")
EARLIEST = dt.date(1950, 1, 1)
"""No first day of service and no certification is older."""


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many people serve, and how many are trained in each unit, by its name."""

    people: int
    units: tuple[tuple[str, int], ...]
    whole: int
    """Trainees of the agency as a whole, who have no unit."""


def headcount(agency: Agency) -> Headcount:
    """Count who serves: whoever has a role in the agency that is not suspended."""
    grants = RoleGrant.objects.filter(agency=agency, suspended_at=None)
    trained = grants.filter(role=Role.TRAINEE).values("unit__name", "unit")
    rows = list(
        trained.annotate(n=Count("person", distinct=True)).order_by(Lower("unit__name"))
        .values_list("unit__name", "n")
    )  # fmt: skip
    return Headcount(
        people=grants.aggregate(n=Count("person", distinct=True))["n"],
        units=tuple((name, n) for name, n in rows if name is not None),
        whole=sum(n for name, n in rows if name is None),
    )


def listed(agency: Agency, sought: str = "", unit: str = "", who: str = WHO[0]) -> QuerySet[Person]:
    """Return the people of an agency by name, each with `here` (roles) and `row` (its Member).

    `sought`: part of a name or of a number. `unit`: the id of one in which they are trained.
    """
    grants = RoleGrant.objects.filter(agency=agency)
    found = Person.objects.filter(pk__in=grants.values("person"))
    standing = grants.filter(suspended_at=None).values("person")
    if who == "serving":
        found = found.filter(pk__in=standing)
    elif who == "left":
        found = found.exclude(pk__in=standing)
    members = Member.objects.filter(agency=agency)
    if sought:
        numbered = members.filter(number__icontains=sought).values("person")
        found = found.filter(Q(name__icontains=sought) | Q(pk__in=numbered))
    if unit:
        try:
            trained = grants.filter(unit=UUID(unit), role=Role.TRAINEE).values("person")
            found = found.filter(pk__in=trained)
        except ValueError:
            found = found.none()
    roles = Prefetch("grants", grants.select_related("unit").order_by("since"), to_attr="here")
    row = Prefetch("memberships", members, to_attr="row")
    return found.prefetch_related(roles, row).order_by(Lower("name"), "pk")


def member_of(agency: Agency, person: Person) -> Member:
    """Return the row of a person in an agency; one is made if there is none."""
    return Member.objects.get_or_create(agency=agency, person=person)[0]


def hired_days(agency: Agency) -> dict[UUID, dt.date]:
    """Return the day since when each person of an agency serves.

    Where neither a roster nor anybody by hand has said it, that of their first role here.
    """
    zone = zone_of(agency)
    first = RoleGrant.objects.filter(agency=agency).values("person").annotate(at=Min("since"))
    days = {person: day_of(at, zone) for person, at in first.values_list("person", "at")}
    known = Member.objects.filter(agency=agency, hired__isnull=False)
    return days | {m.person_id: m.hired for m in known.only("person_id", "hired") if m.hired}


def find_member(actor: Actor, agency: UUID, person: UUID) -> tuple[Agency, Person, Member]:
    """Return a person of an agency and their row, unsaved if there is none yet.

    Raises Missing or Refused. Somebody without a role here is missing, whoever they are elsewhere.
    """
    place = find_place(actor, agency)
    found = Person.objects.filter(pk=person, grants__agency=place).distinct().first()
    if found is None:
        raise Missing(f"no person {person} in agency {agency}")
    permit(actor, Action.SEE_PEOPLE, Thing(agency=place.pk), "person", found.pk)
    row = Member.objects.filter(agency=place, person=found).first()
    return place, found, row or Member(agency=place, person=found)


def change(
    actor: Actor, agency: UUID, person: UUID, number: str, hired: dt.date | None,
    certified: dt.date | None, now: dt.datetime,
) -> Member:  # fmt: skip
    """Set somebody else's number, first day and day of certification by hand.

    Raises Missing, Refused, or InputProblems for one's own, for days that cannot be, and for a
    number that somebody else has.
    """
    place, found, row = find_member(actor, agency, person)
    if is_own(actor, found):
        raise _own()
    wrong = _wrong_days({"hired": hired, "certified": certified}, day_of(now, zone_of(place)))
    others = Member.objects.filter(agency=place).exclude(person=found)
    if number and others.filter(number__iexact=number).exists():
        wrong.append(_number_taken(number))
    if wrong:
        raise InputProblems(_("what is known of somebody's service"), wrong)
    values: dict[str, Any] = {"number": number, "hired": hired, "certified": certified}
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not changed:
        return row
    try:
        with transaction.atomic():
            row, _made = Member.objects.update_or_create(
                agency=place, person=found, defaults={name: values[name] for name in changed}
            )
            note(actor, "member changed", "person", found.pk, Thing(found.pk, place.pk),
                 detail={"fields": changed}, now=now)  # fmt: skip
    except IntegrityError:
        raise InputProblems(_("the number"), [_number_taken(number)]) from None
    return row


def is_own(actor: Actor, person: Person) -> bool:
    """Say whether this is about whoever asks: nobody says of themselves since when they serve."""
    return actor.id == person.pk


def written(actor: Actor, agency: UUID, now: dt.datetime) -> bytes:
    """Return the roster of an agency as CSV, whoever has left among them, and note that."""
    place = find_place(actor, agency)
    people = [
        Listed(p.number, p.name, p.units[0] if p.units else "", p.email, p.title, p.hired,
               None if p.active else p.left, p.active, certified=p.certified)
        for p in acquaintances(place).values() if p.roles
    ]  # fmt: skip
    with transaction.atomic():
        note(actor, "roster taken away", "agency", place.pk, Thing(agency=place.pk),
             detail={"people": len(people)}, now=now)  # fmt: skip
    return write_roster(people)


def mine(person: Person, agency: Agency) -> Member | None:
    """Return what the roster of an agency says of a person, for themselves to see."""
    return Member.objects.filter(agency=agency, person=person).first()


def _number_taken(number: str) -> Problem:
    return Problem(
        "number", number, _("a number that nobody else here has"),
        _("correct it, or the number of whoever has it"),
    )  # fmt: skip


def _wrong_days(days: dict[str, dt.date | None], today: dt.date) -> list[Problem]:
    expected = _("a day from %(first)s until today") % {"first": EARLIEST.isoformat()}
    return [
        Problem(field, day.isoformat(), expected, _("correct it, or leave it blank"))
        for field, day in days.items()
        if day is not None and not EARLIEST <= day <= today
    ]


def _own() -> InputProblems:
    problem = Problem(
        _("the person"), _("yourself"), _("somebody else"),
        _("ask somebody else who keeps the roster to set it"),
    )  # fmt: skip
    return InputProblems(_("what is known of somebody's service"), [problem])
