"""The first administrator of a site: somebody must be let in by whoever runs it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.log import note
from stepdown.web.policy import Actor, Role

USUAL = "administrator@localhost"
DAYS = 7


def lacks_administrator() -> bool:
    """Say whether nobody can sign in to administer the site."""
    grants = RoleGrant.objects.filter(role=Role.SITE_ADMIN, person__is_active=True)
    people = [grant.person for grant in grants.select_related("person")]
    return not any(person.has_usable_password() for person in people)


def link_for_first(now: datetime, email: str = USUAL) -> str:
    """Make a person administer the site, and return the address, without host, that lets them in.

    Only whoever has the machine can do this. Raises InputProblems for what is no e-mail address.
    """
    from stepdown.web.accounts.entering import make_link

    try:
        validate_email(email)
    except ValidationError:
        problem = Problem("EMAIL", email[:80], "an e-mail address", "such as kim@agency.example")
        raise InputProblems("the administrator", [problem]) from None
    with transaction.atomic():
        person = Person.objects.filter(email__iexact=email).first()
        if person is None:
            person = Person.objects.create_user(email, _("Administrator"))
        _made, new = RoleGrant.objects.get_or_create(person=person, role=Role.SITE_ADMIN)
        if new:
            detail = {"role": str(Role.SITE_ADMIN)}
            note(Actor(), "role given", "person", person.id, detail=detail, now=now)
        token = make_link(None, person, now, days=DAYS)
    return reverse("enter", args=[token])
