"""One-time links: how a person comes in for the first time, or after a forgotten password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from stepdown.signs import unseen
from stepdown.web.accounts.models import OneTimeLink, Person
from stepdown.web.audit.log import note
from stepdown.web.permission import may, permit
from stepdown.web.policy import Action, Actor, Thing

USUAL_DAYS = 7
UNNAMED = "administrator@localhost"
"""The address of a first administrator whom nobody named; they give their own when they come in."""


class LinkGone(Exception):
    """There is no such link, or it was used, has expired, or was replaced by a newer one."""


def make_link(actor: Actor | None, person: Person, now: datetime, days: int = USUAL_DAYS) -> str:
    """Make a link in place of a person's earlier ones and return its secret, kept nowhere.

    `actor` None: whoever sits at the machine asks, by a command.
    """
    if actor is not None:
        _permit(actor, person)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        person.links.filter(used_at=None).delete()
        OneTimeLink.objects.create(
            person=person, digest=digest(secret), made_at=now, expires_at=now + timedelta(days=days)
        )
        note(actor or Actor(), "link made", "person", person.id, _things(person)[0], now=now)
    return secret


def person_of(secret: str, now: datetime) -> Person:
    """Return whose link this is. Raises LinkGone."""
    return _usable(secret, now).person


def use_link(secret: str, name: str, password: str, now: datetime, email: str = "") -> Person:
    """Give a person their name and password, once. Raises LinkGone, or ValidationError.

    `email`: the address of a first administrator who has none yet; of others it is not taken.
    Whoever was signed in as them is signed out, a single sign-on is tied to them anew, and keys
    for programs open nothing any more.
    """
    with transaction.atomic():
        link = _usable(secret, now)
        person = link.person
        person.name = clean_name(name)
        validate_password(password, person)
        if not OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
            raise LinkGone
        person.set_password(password)
        if email and person.email == UNNAMED:
            person.email = free_email(email)
        person.save(update_fields=["name", "password", "email"])
        person.links.filter(used_at=None).delete()
        SocialAccount.objects.filter(user=person).delete()
        person.tokens.all().delete()
        note(person.actor(), "link used", "person", person.id, _things(person)[0], now=now)
    return person


def clean_name(name: str) -> str:
    """Return a name without spaces around it. Raises ValidationError if nobody is called that."""
    name = " ".join(name.split())
    if not name or len(name) > 120 or unseen(name):
        raise ValidationError(_("Write a name of 1 to 120 letters."))
    return name


def free_email(email: str) -> str:
    """Return an e-mail address as it is kept. Raises ValidationError if somebody has it."""
    email = Person.objects.normalize_email(email.strip()).lower()
    validate_email(email)
    if Person.objects.filter(email__iexact=email).exists():
        raise ValidationError(_("Somebody has this address already."))
    return email


def digest(secret: str) -> str:
    """Return how a secret is kept: so that whoever reads the database cannot use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _usable(secret: str, now: datetime) -> OneTimeLink:
    links = OneTimeLink.objects.select_related("person")
    link = links.filter(digest=digest(secret)).first()
    if link is None or not link.usable(now):
        raise LinkGone
    return link


def _things(person: Person) -> list[Thing]:
    """Return a person as each agency that they have a role in sees them."""
    agencies = sorted({g.agency_id for g in person.grants.all() if g.agency_id}, key=str)
    return [Thing(person.id, agency) for agency in agencies] or [Thing(person.id)]


def _permit(actor: Actor, person: Person) -> None:
    """Refuse, unless they run the site or administer every agency of the person.

    A link opens all that is a person's, so one agency alone cannot make one for somebody who
    belongs to another as well, or who runs the site.
    """
    if may(actor, Action.RUN_SITE, Thing()):
        return
    if any(grant.agency_id is None for grant in person.grants.all()):
        permit(actor, Action.RUN_SITE, Thing(person.id), "person", person.id)
    for thing in _things(person):
        permit(actor, Action.INVITE, thing, "person", person.id)
