"""Whom a programme is for, as it was said; the latest row of a programme holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepdown.web.accounts.models import Agency, Person

KINDS = ("everybody", "units", "chosen")


class Audience(models.Model):
    """That a programme, in all its versions, is for some people; it is added, never changed."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    programme = models.CharField(max_length=61)
    """The id of the programme."""
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in KINDS])
    units = models.JSONField(default=list)
    """The ids of the units, sorted, where the kind is `units`; else none."""
    why = models.CharField(max_length=300)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        indexes: ClassVar = [models.Index(fields=["agency", "programme"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="an_audience_of_the_list")
        ]
