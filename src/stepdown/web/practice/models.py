"""What is kept of encounters. The events of one are its truth; all else is derived or added."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepdown.web.accounts.models import Agency, Person, Unit
from stepdown.web.policy import Thing

PACES = ("real", "slower", "turn")


class ScenarioFile(models.Model):
    """A version of a scenario of an agency's own. It never changes; a new version is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="scenario_files")
    name = models.CharField(max_length=61)
    digest = models.CharField(max_length=16)
    text = models.TextField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="scenario_files")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "name", "digest"], name="version_once")
        ]

    def thing(self) -> Thing:
        """Return this file as the policy sees it."""
        return Thing(owner=self.by_id, agency=self.agency_id)


class Assignment(models.Model):
    """A scenario that people are to do by a day, as practice or as an announced assessment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    scenario = models.CharField(max_length=61)
    assessed = models.BooleanField(default=False)
    due = models.DateField()
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="assignments_made")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    people: models.ManyToManyField[Person, Assignee] = models.ManyToManyField(
        Person, through="Assignee", related_name="assignments"
    )

    def thing(self) -> Thing:
        """Return this assignment as the policy sees it; its owner is who made it."""
        return Thing(
            owner=self.by_id, agency=self.unit.agency_id, units=frozenset([self.unit_id]),
            assessed=self.assessed,
        )  # fmt: skip


class Assignee(models.Model):
    """One person's part in an assignment."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="assignees")
    person = models.ForeignKey(Person, models.CASCADE, related_name="assigned")
    begun = models.PositiveSmallIntegerField(default=0)
    """How often they began it, where it is an assessment."""
    allowed = models.PositiveSmallIntegerField(default=1)
    """How often they may: once, until an instructor allows it again."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment", "person"], name="assigned_once")
        ]


class Encounter(models.Model):
    """One encounter: whose it is, how it is played, and how far its clock has run."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="encounters")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="encounters")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="encounters")
    assignment = models.ForeignKey(
        Assignment, models.SET_NULL, null=True, related_name="encounters"
    )
    assessed = models.BooleanField(default=False)
    scenario = models.CharField(max_length=61)
    title = models.CharField(max_length=2000)
    sector = models.CharField(max_length=2000)
    scenario_hash = models.CharField(max_length=16)
    seed = models.BigIntegerField()
    pace = models.CharField(max_length=10, choices=[(p, p) for p in PACES])
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="branches")
    parent_n = models.PositiveIntegerField(null=True)
    """The event of the parent that is done otherwise here."""
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=40, blank=True)
    """How it ended, as the end event says it."""
    n_events = models.PositiveIntegerField(default=0)
    clock_s = models.FloatField(default=0.0)
    """Seconds of the encounter's own clock up to `seen_at`."""
    seen_at = models.DateTimeField(null=True)
    """When the page was last heard of while the clock ran; None while it stands still."""
    erased_at = models.DateTimeField(null=True)
    """When the words were deleted; what was learned from them stays."""

    class Meta:
        ordering = ("-started_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(assessed=False) | Q(unit__isnull=False), name="assessed_in_a_unit"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "-started_at"])]

    def thing(self) -> Thing:
        """Return this encounter as the policy sees it."""
        return Thing(
            owner=self.person_id, agency=self.agency_id,
            units=frozenset([self.unit_id] if self.unit_id else []), assessed=self.assessed,
            ended=self.ended_at is not None,
        )  # fmt: skip


class Event(models.Model):
    """One event of an encounter, as the line of a log."""

    encounter = models.ForeignKey(Encounter, models.CASCADE, related_name="events")
    n = models.PositiveIntegerField()
    line = models.TextField()

    class Meta:
        ordering = ("n",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["encounter", "n"], name="event_once")
        ]


class Act(models.Model):
    """One thing a person sent, by its idempotency key: sent twice, it is done once."""

    encounter = models.ForeignKey(Encounter, models.CASCADE, related_name="acts")
    key = models.UUIDField()
    digest = models.CharField(max_length=64)
    """A hash of what was sent: the same key with other content is refused."""
    first = models.PositiveIntegerField()
    """The first event that it brought about."""
    until = models.PositiveIntegerField()
    """The event after the last that it brought about."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["encounter", "key"], name="act_once")
        ]


class Skill(models.Model):
    """What an encounter showed, derived from its events; it stays when the words are deleted."""

    encounter = models.OneToOneField(Encounter, models.CASCADE, related_name="skill")
    domains = models.JSONField()
    """Score from 0 to 4 by domain; null where there was nothing to go by."""
    outcome = models.CharField(max_length=60)
    seconds = models.FloatField()
    turns = models.PositiveIntegerField()


class Comment(models.Model):
    """What an instructor wrote beside a turn of an assessment."""

    encounter = models.ForeignKey(Encounter, models.CASCADE, related_name="comments")
    n = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="comments_made")
    at = models.DateTimeField(default=timezone.now)
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ("n", "at")


class HandScore(models.Model):
    """An instructor's own scores of an assessment, given before seeing the machine's."""

    encounter = models.ForeignKey(Encounter, models.CASCADE, related_name="hand_scores")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="scores_given")
    at = models.DateTimeField(default=timezone.now)
    domains = models.JSONField()
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["encounter", "by"], name="scored_once")
        ]
