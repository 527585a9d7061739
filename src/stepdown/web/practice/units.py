"""Units as those who teach see them: who is in one, that they practised, what is assessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from stepdown.web.accounts.models import Person, Unit
from stepdown.web.permission import Missing, may
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.practice.models import Encounter, HandScore
from stepdown.web.practice.polling import permit_again

LATEST = 20


def thing_of(unit: Unit) -> Thing:
    """Return a unit as the policy sees it."""
    return Thing(agency=unit.agency_id, units=frozenset([unit.id]))


def taught_by(actor: Actor) -> list[Unit]:
    """Return the units in which this person may assign, by agency and name."""
    agencies = {grant.agency for grant in actor.grants if grant.agency}
    units = Unit.objects.filter(agency__in=agencies).select_related("agency")
    running = Count("encounters", filter=Q(encounters__assessed=True, encounters__ended_at=None))
    known = units.annotate(running=running).order_by("agency__name", "name")
    return [unit for unit in known if may(actor, Action.ASSIGN, thing_of(unit))]


def find_unit(actor: Actor, unit: UUID, action: Action, mark: str = "") -> Unit:
    """Return a unit if the policy allows. Raises Missing or Refused."""
    found = Unit.objects.select_related("agency").filter(pk=unit).first()
    if found is None:
        raise Missing(f"no unit {unit}")
    permit_again(actor, action, thing_of(found), "unit", found.id, mark)
    return found


def people_of(unit: Unit) -> QuerySet[Person]:
    """Return the trainees of a unit, those of its whole agency among them, by name."""
    place = Q(grants__unit=unit) | Q(grants__unit=None, grants__agency=unit.agency_id)
    standing = {"grants__role": Role.TRAINEE, "grants__suspended_at": None, "is_active": True}
    trainees = Person.objects.filter(place, **standing)
    return trainees.distinct().order_by("name", "id")


@dataclass(frozen=True, slots=True)
class Practised:
    """That somebody practised: how often, and when last. Nothing else is for others to see.

    `times` None: whoever looks may not know that either.
    """

    person: Person
    times: int | None
    last: datetime | None


def people_shown(actor: Actor, unit: Unit) -> list[Practised]:
    """Return who is in a unit, and that they practised where this person may know that."""
    if may(actor, Action.KNOW, thing_of(unit)):
        return practised(unit)
    return [Practised(person, None, None) for person in people_of(unit)]


def practised(unit: Unit) -> list[Practised]:
    """Return how often each trainee of a unit has practised there, by name."""
    counts = practice_of(unit).order_by().values("person").annotate(n=Count("id"), at=_LAST)
    known = {row["person"]: row for row in counts}
    return [
        Practised(person, row["n"], row["at"]) if row else Practised(person, 0, None)
        for person in people_of(unit)
        for row in [known.get(person.id)]
    ]


_LAST = Max("started_at")


def practice_of(unit: Unit) -> QuerySet[Encounter]:
    """Return the practice of a unit's people, newest first; trying again is nobody's business."""
    mine = Encounter.objects.filter(unit=unit, assessed=False, parent=None)
    return mine.filter(person__in=people_of(unit)).select_related("person")


def running_in(unit: Unit) -> QuerySet[Encounter]:
    """Return the assessments that run, newest first."""
    return _assessed(unit).filter(ended_at=None)


def finished_in(unit: Unit) -> QuerySet[Encounter]:
    """Return the assessments that have ended, newest first."""
    return _assessed(unit).exclude(ended_at=None).order_by("-ended_at")


def scored_by(actor: Actor, rows: list[Encounter]) -> set[UUID]:
    """Return which of these assessments this person has scored."""
    mine = HandScore.objects.filter(by=actor.id, encounter__in=rows)
    return set(mine.values_list("encounter_id", flat=True))


def _assessed(unit: Unit) -> QuerySet[Encounter]:
    return Encounter.objects.filter(unit=unit, assessed=True).select_related("person")
