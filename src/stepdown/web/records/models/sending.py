"""Feeds that calendars read, and reminders that were sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepdown.web.accounts.models import Agency, Person, Unit


class Feed(models.Model):
    """A feed of a person or of a unit. Raising the counter withdraws its address (`feeds`)."""

    agency = models.ForeignKey(Agency, models.CASCADE, null=True, related_name="+")
    """The agency of a unit's feed."""
    person = models.OneToOneField(Person, models.CASCADE, null=True, related_name="feed")
    unit = models.OneToOneField(Unit, models.CASCADE, null=True, related_name="feed")
    counter = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person=None, unit__isnull=False) | Q(person__isnull=False, unit=None),
                name="feed_of_one",
            )
        ]

    @property
    def subject(self) -> str:
        """What the token of its address is of."""
        return f"person:{self.person_id}" if self.person_id else f"unit:{self.unit_id}"


class FeedEntry(models.Model):
    """An entry of a feed as it was last sent, from which its SEQUENCE goes on."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="entries")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    """The agency whose record it is of."""
    kind = models.CharField(max_length=12)
    record = models.CharField(max_length=120)
    values = models.JSONField()
    """The fields of `interop.calendar.Entry`."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "kind", "record"], name="entry_once")
        ]


class Reminder(models.Model):
    """That somebody was reminded of something by e-mail: once of each."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="reminders")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    record = models.CharField(max_length=120)
    day = models.DateField()
    """The day of what they are reminded of: moved to another, they are reminded again."""
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    why_not = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "record", "day"], name="reminded_once"
            )
        ]
