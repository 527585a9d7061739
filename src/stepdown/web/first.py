"""The first administrator of a site: somebody must be let in by whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.entering import UNNAMED, make_link
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.log import note
from stepdown.web.policy import Actor, Role

DAYS = 7


def lacks_administrator() -> bool:
    """Say whether nobody can sign in to administer the site."""
    grants = RoleGrant.objects.filter(role=Role.SITE_ADMIN, person__is_active=True)
    people = [grant.person for grant in grants.select_related("person")]
    return not any(person.has_usable_password() for person in people)


@dataclass(frozen=True, slots=True)
class First:
    """A first administrator, and the address, without host, that lets them in once."""

    person: Person
    path: str


def link_for_first(now: datetime, email: str = UNNAMED) -> First:
    """Make a person administer the site, and return the link that lets them in.

    While one waits, who has not come in yet, nobody else is made: they get a new link, and the
    e-mail address where they had none. Only whoever has the machine can do this. Raises
    InputProblems for what is no e-mail address.
    """
    try:
        validate_email(email)
    except ValidationError:
        problem = Problem("EMAIL", email[:80], "an e-mail address", "such as kim@agency.example")
        raise InputProblems("the administrator", [problem]) from None
    with transaction.atomic():
        person = Person.objects.filter(email__iexact=email).first() or _waiting(email)
        if person is None:
            person = Person.objects.create_user(email, _("Administrator"))
        _made, new = RoleGrant.objects.get_or_create(person=person, role=Role.SITE_ADMIN)
        if new:
            detail = {"role": str(Role.SITE_ADMIN)}
            note(Actor(), "role given", "person", person.id, detail=detail, now=now)
        token = make_link(None, person, now, days=DAYS)
    return First(person, reverse("enter", args=[token]))


def _waiting(email: str) -> Person | None:
    """Return an administrator who has not come in yet; without an address, they get this one."""
    grants = RoleGrant.objects.filter(role=Role.SITE_ADMIN, person__is_active=True)
    people = [grant.person for grant in grants.select_related("person").order_by("person_id")]
    if any(person.has_usable_password() for person in people) or not people:
        return None
    found = next((p for p in people if p.email == UNNAMED), people[0])
    if found.email == UNNAMED and email != UNNAMED:
        found.email = Person.objects.normalize_email(email).lower()
        found.save(update_fields=["email"])
    return found
