"""Hours: the rules in force, credits from elsewhere, certificates."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from stepdown.web.accounts.models import Agency, Person
from stepdown.web.policy import Thing
from stepdown.web.programs.models import ProgrammeVersion


class HoursSetting(models.Model):
    """The rules that an agency counts hours by; the latest row counts, none is changed."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="hours_settings")
    text = models.TextField()
    """The rules as a file (`parsed_jurisdiction`)."""
    records_from = models.DateField(null=True)
    """The first day of which everything is on record; cycles that ended before are not judged."""
    topics = models.JSONField(default=dict)
    """The topic that each module counts for, by the module's id."""
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-id")


class Credit(models.Model):
    """Hours from elsewhere, as somebody entered them; taken back, the row stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="credits")
    person = models.ForeignKey(Person, models.CASCADE, related_name="credits")
    day = models.DateField()
    topic = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField()
    source = models.CharField(max_length=400)
    """What it was and where: a course, an academy."""
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("day", "id")


class Certificate(models.Model):
    """A certificate that was issued, as it stands on the paper."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="certificates")
    person = models.ForeignKey(Person, models.CASCADE, related_name="certificates")
    programme = models.ForeignKey(ProgrammeVersion, models.PROTECT, related_name="certificates")
    serial = models.CharField(max_length=40)
    values = models.JSONField()
    """The fields of `briefing.certificate.Certificate`."""
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("-at",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "programme"],
                condition=models.Q(withdrawn_at=None),
                name="certified_once",
            )
        ]

    def thing(self) -> Thing:
        """Return this certificate as the policy sees it."""
        return Thing(owner=self.person_id, agency=self.agency_id)
