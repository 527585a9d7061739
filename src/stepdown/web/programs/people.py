"""People of an agency as those who teach see them: whose training it is, and who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.permission import Missing, may
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.programs.models import Attendance
from stepdown.web.records.models import Member


def thing_of(agency: UUID, person: UUID) -> Thing:
    """Return somebody's training in an agency as the policy sees it.

    Raises Missing for whoever never trained there.
    """
    grants = list(RoleGrant.objects.filter(person=person, agency=agency, role=Role.TRAINEE))
    attended = Attendance.objects.filter(person=person, session__agency=agency)
    if not grants and not attended.exists():
        raise Missing(f"nobody {person} in training at {agency}")
    return Thing(owner=person, agency=agency, units=answering(agency, grants))


def answering(agency: UUID, grants: list[RoleGrant]) -> frozenset[UUID]:
    """Return the units that answer for somebody with these roles as a trainee of an agency.

    Those in which they are trained, or last were; trained with the whole agency, each of its units.
    """
    standing = [grant for grant in grants if grant.suspended_at is None] or grants
    if any(grant.unit_id is None for grant in standing):
        return frozenset(Unit.objects.filter(agency=agency).values_list("pk", flat=True))
    return frozenset(grant.unit_id for grant in standing if grant.unit_id)


def units_seen(actor: Actor, agency: Agency, action: Action = Action.SEE_TRAINING) -> list[Unit]:
    """Return the units of an agency of whose people this person may see the training, by name."""
    return [
        unit for unit in Unit.objects.filter(agency=agency).order_by("name")
        if may(actor, action, Thing(agency=agency.id, units=frozenset([unit.id])))
    ]  # fmt: skip


def trainees(agency: Agency, units: Iterable[Unit] | None, sought: str = "") -> QuerySet[Person]:
    """Return the trainees of these units, or of the whole agency (None), by name.

    `sought`: a part of their name, or of their number on the roster.
    """
    place = Q(grants__agency=agency)
    if units is not None:
        place &= Q(grants__unit__in=list(units)) | Q(grants__unit=None)
    standing = {"grants__role": Role.TRAINEE, "grants__suspended_at": None, "is_active": True}
    people = Person.objects.filter(place, **standing)
    if sought:
        numbered = Member.objects.filter(agency=agency, number__icontains=sought)
        people = people.filter(Q(name__icontains=sought) | Q(pk__in=numbered.values("person")))
    return people.distinct().order_by("name", "id")


def by_unit(agency: UUID) -> dict[UUID, set[UUID | None]]:
    """Return the units in which each trainee of an agency is trained now; one query."""
    standing = RoleGrant.objects.filter(
        agency=agency, role=Role.TRAINEE, suspended_at=None, person__is_active=True
    )
    found: dict[UUID, set[UUID | None]] = {}
    for person, unit in standing.values_list("person", "unit"):
        found.setdefault(person, set()).add(unit)
    return found


def places_of(agency: UUID, person: UUID) -> set[UUID | None]:
    """Return the units of an agency in which somebody is trained now; one query.

    None among them: in the whole agency.
    """
    standing = RoleGrant.objects.filter(
        agency=agency, person=person, role=Role.TRAINEE, suspended_at=None
    )
    return set(standing.values_list("unit", flat=True))
