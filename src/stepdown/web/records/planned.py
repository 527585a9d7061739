"""Plans as they stand: the one that holds now, and who is to come for which refresher."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from stepdown.web.accounts.models import Person, RoleGrant, Unit
from stepdown.web.policy import Role
from stepdown.web.records.models import Plan, Visit


def standing_plan(agency_id: UUID) -> Plan | None:
    """Return the latest plan of an agency that was made; it stands until the next."""
    made = Plan.objects.filter(agency=agency_id, done_at__isnull=False, failed="")
    return made.select_related("setting").order_by("-done_at", "-at", "-id").first()


def visits_of(person: Person, plan: Plan) -> QuerySet[Visit]:
    """Return what a plan has for a person, by day; nothing for who is no trainee there any more."""
    return visits_in(plan).filter(person=person)


def visits_of_unit(unit: Unit, plan: Plan) -> QuerySet[Visit]:
    """Return the visits of those who are trainees of a unit now, by day and name.

    Somebody who changed units since the plan was made is found in the unit where they are now.
    """
    return visits_in(plan).filter(person__in=_trainees(plan).filter(unit=unit).values("person"))


def visits_in(plan: Plan) -> QuerySet[Visit]:
    """Return the visits of a plan, by day and name, of those who are still trainees there."""
    standing = Visit.objects.filter(plan=plan, person__in=_trainees(plan).values("person"))
    return standing.select_related("person").order_by("day", "person__name", "person_id", "id")


def record_of(visit: Visit) -> str:
    """Return what a visit is known by in calendars: the same person, refresher and month."""
    return f"{visit.person_id}/{visit.refresher}/{visit.day:%Y-%m}"


def told_apart(record: str, agency: UUID) -> str:
    """Return what a visit is known by where another agency has one of the same person and name.

    The other keeps what it is known by, so that whoever has it in a calendar has it once.
    """
    return f"{record}/{agency.hex[:8]}"


def month_of(day: date) -> date:
    """Return the first day of a month."""
    return day.replace(day=1)


def _trainees(plan: Plan) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(
        agency=plan.agency_id, role=Role.TRAINEE, suspended_at=None, person__is_active=True,
        person__erased_at=None,
    )  # fmt: skip
