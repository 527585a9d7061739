"""Who serves in an agency, as its roster has them, and the rosters that were read."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepdown.web.accounts.models import Agency, Person
from stepdown.web.policy import Thing


class Member(models.Model):
    """A person as one agency has them. Their unit is that of their role as a trainee."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    number = models.CharField(max_length=64, blank=True)
    """The agency's own number of the person, if it is known."""
    email = models.CharField(max_length=254, blank=True)
    """The address that the roster gives; people sign in with their own."""
    title = models.CharField(max_length=120, blank=True)
    hired = models.DateField(null=True)
    certified = models.DateField(null=True)
    left = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "person"], name="member_once"),
            models.UniqueConstraint(
                fields=["agency", "number"], condition=~Q(number=""), name="number_once"
            ),
        ]


class StagedRoster(models.Model):
    """A roster that was looked at and not yet applied; it is deleted after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=200)
    raw = models.BinaryField()
    mapping = models.JSONField(default=dict)

    def thing(self) -> Thing:
        """Return this roster as the policy sees it."""
        return Thing(agency=self.agency_id)


class RosterImport(models.Model):
    """That a roster was applied, and how many people it touched."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="roster_imports")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField()
    mapping = models.JSONField(default=dict)
    """How it was read: names of columns, order of dates. The next is read the same way first."""

    class Meta:
        ordering = ("-at",)
