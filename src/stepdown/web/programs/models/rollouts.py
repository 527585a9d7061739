"""Rollouts: the draw as it was made, who was in which unit then, and actual dates beside it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from stepdown.web.accounts.models import Agency, Person
from stepdown.web.policy import Thing

SEED_BY = ("machine", "given")


class Rollout(models.Model):
    """A rollout. `text` is the file of its draw, without actual dates; it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="rollouts")
    title = models.CharField(max_length=120)
    programme = models.CharField(max_length=61)
    """The id of the programme that is rolled out."""
    text = models.TextField()
    digest = models.CharField(max_length=64)
    """The digest of the draw, to be given to somebody else on its day."""
    units = models.JSONField(default=dict)
    """The id of the unit by the name under which it was drawn."""
    seed_by = models.CharField(
        max_length=10, choices=[(by, by) for by in SEED_BY], blank=True, default=""
    )
    """Whether this machine took the seed, or whoever drew gave it; of draws from before it was
    kept, it is not known."""
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at",)

    def thing(self) -> Thing:
        """Return this rollout as the policy sees it."""
        return Thing(agency=self.agency_id)


class DrawnPerson(models.Model):
    """The unit that a person was in when lots were drawn, wherever they go later."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, models.CASCADE, related_name="drawn_with")
    unit = models.CharField(max_length=120)
    """The name under which their unit was drawn."""
    since = models.DateField()
    """Since when their role as a trainee stands: of whoever was moved by a roster, their first."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rollout", "person"], name="drawn_once")
        ]


class ActualDate(models.Model):
    """When a unit was in fact trained; a later entry stands in for an earlier one."""

    rollout = models.ForeignKey(Rollout, models.PROTECT, related_name="actual")
    unit = models.CharField(max_length=120)
    day = models.DateField(null=True)
    """None takes an earlier entry back."""
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")
