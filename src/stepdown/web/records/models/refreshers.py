"""Refreshers: exams, whose practice counts, what an agency wants, and plans that were made."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepdown.web.accounts.models import Agency, Person, Unit
from stepdown.web.policy import Thing


class Exam(models.Model):
    """A practical exam of a person: scores from 0 to 4 by technique, given by an instructor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="exams")
    person = models.ForeignKey(Person, models.CASCADE, related_name="exams")
    day = models.DateField()
    scores = models.JSONField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="exams_given")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    """When it was taken back as a mistake; the row stays."""

    class Meta:
        ordering = ("day", "id")
        indexes: ClassVar = [models.Index(fields=["unit", "day"])]

    def thing(self) -> Thing:
        """Return this exam as the policy sees it."""
        return Thing(
            owner=self.person_id, agency=self.unit.agency_id, units=frozenset([self.unit_id])
        )


class PractiseCounts(models.Model):
    """That a person agreed, from one moment until another, to their practice counting."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="practice_counts")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("since", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "person"], condition=Q(until=None), name="agreed_once"
            )
        ]


class PlanSetting(models.Model):
    """What an agency wants of its refreshers; the latest row counts, none is changed."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="plan_settings")
    hours = models.FloatField()
    """Hours of people's time there are in a month."""
    other_hours = models.JSONField(default=dict)
    """Hours of calendar months that differ, by their number: {"7": 0.0}."""
    most_hours = models.FloatField()
    """Hours that one person may be asked for in a month."""
    aim = models.CharField(max_length=10, choices=[("standard", "standard"), ("skill", "skill")])
    standard = models.FloatField()
    within = models.PositiveIntegerField(null=True)
    """Nobody waits longer than so many days for some refresher."""
    scouting = models.FloatField()
    weights = models.JSONField(default=dict)
    refreshers = models.JSONField(default=list)
    """Fields of `retention.refresher.Refresher` each: id, title, hours, techniques."""
    remind_days = models.PositiveSmallIntegerField(default=7)
    """Days before a session or refresher on which people are reminded; 0: never."""
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-id")


class Plan(models.Model):
    """A plan of refreshers: asked for, worked out in the background, standing until the next."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="plans")
    setting = models.ForeignKey(PlanSetting, models.PROTECT, related_name="plans")
    today = models.DateField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    failed = models.TextField(blank=True)
    """What was wrong, in words, if it could not be made."""
    seed = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    """Workload by month, how far the re-tests moved the prior, calibration; counts and numbers."""

    class Meta:
        ordering = ("-at", "-id")

    def thing(self) -> Thing:
        """Return this plan as the policy sees it."""
        return Thing(agency=self.agency_id)


class Visit(models.Model):
    """One person comes in a month for one refresher, as a plan has it, and why."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="visits")
    person = models.ForeignKey(Person, models.CASCADE, related_name="visits")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="visits")
    day = models.DateField()
    refresher = models.CharField(max_length=61)
    title = models.CharField(max_length=200)
    hours = models.FloatField()
    techniques = models.JSONField()
    since_days = models.FloatField()
    """As the model reckons: what it expects before this visit, and practice that counts, are in."""
    last = models.DateField(null=True)
    """The day on which they were last taught or tested in one of these techniques, on record."""
    chance = models.FloatField()
    worth_days = models.FloatField()
    """Days of held skill that are expected to be gained within a year, its techniques together."""
    by_lot = models.BooleanField(default=False)

    class Meta:
        ordering = ("day", "id")
        indexes: ClassVar = [
            models.Index(fields=["plan", "unit", "day"]),
            models.Index(fields=["person", "plan"]),
        ]
