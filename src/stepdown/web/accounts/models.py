"""Agencies, their units, people, and what each may do where."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stepdown.web.policy import NEED_SECOND_FACTOR, Actor, Grant, Role

RETENTION_DAYS = 90


class Agency(models.Model):
    """An agency: police, hospital, school, transit. Nothing is shared between two of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    retention_days = models.PositiveIntegerField(default=RETENTION_DAYS)
    """Days after which the words of a practice encounter are deleted; 0 keeps them."""
    assessment_retention_days = models.PositiveIntegerField(default=0)
    """Days after which the words of an assessment are deleted; 0 keeps them."""
    zone = models.CharField(max_length=64, default="UTC")
    """The time zone in which its sessions are held, such as America/Chicago."""
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A part of an agency in which people are trained together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="units")
    name = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "name"], name="unit_once_per_agency")
        ]

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """How people are found and made."""

    def create_user(self, email: str, name: str, password: str | None = None) -> Person:
        """Add a person; without a password they cannot sign in until they set one by a link."""
        person = self.model(email=self.normalize_email(email).lower(), name=name)
        person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """Return the person of an e-mail address, whatever its capitals."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who practises, instructs or runs a site."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(max_length=8, blank=True, default="")
    wants_reminders = models.BooleanField(default=True)
    """Whether they are reminded by e-mail of sessions and refreshers."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = People()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def actor(self, *, alone: bool = False) -> Actor:
        """Return this person as the policy sees them."""
        grants = (Grant(Role(g.role), g.agency_id, g.unit_id, g.since) for g in self.standing())
        return Actor(self.id if self.is_active else None, frozenset(grants), alone)

    def standing(self) -> list[RoleGrant]:
        """Return their roles, without those that an agency has suspended."""
        return [grant for grant in self.grants.all() if grant.suspended_at is None]

    @property
    def needs_second_factor(self) -> bool:
        """Whether one of their roles asks for a second factor."""
        return any(Role(g.role) in NEED_SECOND_FACTOR for g in self.standing())

    @property
    def held(self) -> bool:
        """Whether their data are under legal hold."""
        return self.holds.filter(lifted_at=None).exists()


class RoleGrant(models.Model):
    """A role of a person: in a unit, in a whole agency, or for the site."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="grants")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="grants")
    since = models.DateTimeField(default=timezone.now)
    suspended_at = models.DateTimeField(null=True, blank=True)
    """When the agency deactivated this person; their roles in other agencies are not touched."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role="site_admin", agency=None, unit=None)
                | (~Q(role="site_admin") & Q(agency__isnull=False)),
                name="role_has_its_place",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["analyst", "agency_admin"]) | Q(unit=None),
                name="role_of_a_whole_agency",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "unit"],
                condition=Q(unit__isnull=False),
                name="role_once_per_unit",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "agency"],
                condition=Q(unit=None, agency__isnull=False),
                name="role_once_per_agency",
            ),
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(agency=None), name="role_once_per_site"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.role} {self.unit or self.agency or ''}".strip()


class OneTimeLink(models.Model):
    """A link that lets a person set a name and a password, once. Only its hash is kept."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def usable(self, now: datetime) -> bool:
        """Say whether it still opens."""
        return self.used_at is None and now < self.expires_at and self.person.is_active


class Token(models.Model):
    """A key for programs that call the API in a person's name. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class Hold(models.Model):
    """A legal hold of an agency on a person.

    While it stands, nothing of theirs in that agency is deleted, nor their account.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="holds")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="holds_set")
    """None: a command on the machine of the site."""
    since = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
