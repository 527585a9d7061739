"""Agree that one's own practice counts for one's refreshers, or no longer. Off unless agreed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from stepdown.web.accounts.models import Agency, Person
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.records.models import PractiseCounts


def agencies_of(actor: Actor) -> list[Agency]:
    """Return the agencies in which this person is trained, by name."""
    return list(Agency.objects.filter(pk__in=_trained_in(actor)).order_by("name"))


def agreed_since(person: UUID, agency: UUID) -> datetime | None:
    """Return since when somebody agrees; None if they do not."""
    rows = PractiseCounts.objects.filter(person=person, agency=agency, until=None)
    return rows.values_list("since", flat=True).first()


def agree(actor: Actor, agency: UUID, now: datetime) -> None:
    """Let one's practice count from now on. Agreed already, nothing changes."""
    thing = _mine(actor, agency)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=actor.person)
        if agreed_since(actor.person, agency) is None:
            PractiseCounts.objects.create(agency_id=agency, person_id=actor.person, since=now)
            note(actor, "practice counts", "person", actor.person, thing, now=now)


def no_longer(actor: Actor, agency: UUID, now: datetime) -> None:
    """Let no practice of one's own count in any plan from now on, earlier practice included."""
    thing = _mine(actor, agency)
    with transaction.atomic():
        standing = PractiseCounts.objects.filter(person=actor.person, agency=agency, until=None)
        if standing.update(until=now):
            note(actor, "practice counts no longer", "person", actor.person, thing, now=now)


def asked_in(actor: Actor) -> list[tuple[Agency, datetime | None]]:
    """Return the agencies that this person may agree in or has agreed in, with since when."""
    rows = PractiseCounts.objects.filter(person=actor.person, until=None)
    since = dict(rows.values_list("agency", "since"))
    known = {*since, *_trained_in(actor)}
    agencies = Agency.objects.filter(pk__in=known).order_by("name")
    return [(agency, since.get(agency.id)) for agency in agencies]


def _trained_in(actor: Actor) -> set[UUID]:
    return {g.agency for g in actor.grants if g.role is Role.TRAINEE and g.agency}


def _mine(actor: Actor, agency: UUID) -> Thing:
    """Return what is agreed to. Raises Missing where somebody neither is trained nor agreed."""
    rows = PractiseCounts.objects.filter(person=actor.person, agency=agency)
    if agency not in _trained_in(actor) and not rows.exists():
        raise Missing(f"no agency {agency}")
    thing = Thing(owner=actor.id, agency=agency)
    permit(actor, Action.AGREE, thing, "person", actor.person)
    return thing
