"""What a person may change about themselves."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from stepdown.web.accounts.entering import clean_name
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.log import note
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Actor, Thing


def me(actor: Actor) -> Person:
    """Return whoever asks."""
    permit(actor, Action.OWN_ACCOUNT, Thing(actor.id))
    return Person.objects.get(pk=actor.person)


def roles(person: Person) -> list[RoleGrant]:
    """Return what somebody is, where, and since when, the earliest first."""
    given = person.grants.filter(suspended_at=None).select_related("agency", "unit")
    return list(given.order_by("since", "pk"))


def rename(actor: Actor, name: str, language: str, now: datetime) -> None:
    """Change one's own name and language. Raises ValidationError for a name that is none."""
    with transaction.atomic():
        person = me(actor)
        person.name, person.language = clean_name(name), language
        person.save(update_fields=["name", "language"])
        note(actor, "account changed", "person", person.id, Thing(actor.id), now=now)
