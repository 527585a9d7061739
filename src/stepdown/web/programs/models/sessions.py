"""Sessions, who was there, who need not come, and what was kept to."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepdown.retention import teaching
from stepdown.retention.curriculum import Pinned
from stepdown.web.accounts.models import Agency, Person, Unit
from stepdown.web.policy import Thing
from stepdown.web.programs.models.curriculum import ModuleVersion, ProgrammeVersion

REASONS = ("injury", "deployment", "leave", "other")
MARKS = ("done", "not_done", "not_applicable")


class Session(models.Model):
    """A session that teaches one version of a module, to a unit or to a whole agency."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="sessions")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="sessions")
    """None: for everybody in the agency."""
    module = models.ForeignKey(ModuleVersion, models.PROTECT, related_name="sessions")
    programme = models.ForeignKey(
        ProgrammeVersion, models.PROTECT, null=True, related_name="sessions"
    )
    start = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    place = models.CharField(max_length=200)
    make_up_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="made_up_by")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.CharField(max_length=400, blank=True)
    instructors: models.ManyToManyField[Person, Instructing] = models.ManyToManyField(
        Person, through="Instructing", related_name="sessions_taught"
    )

    class Meta:
        ordering = ("start", "id")
        indexes: ClassVar = [
            models.Index(fields=["agency", "start"]),
            models.Index(fields=["unit", "start"]),
        ]

    def thing(self) -> Thing:
        """Return this session as the policy sees it."""
        return Thing(
            agency=self.agency_id, units=frozenset([self.unit_id] if self.unit_id else []),
            taught_by=frozenset(each.person_id for each in self.instructing.all()),
        )  # fmt: skip

    @property
    def end(self) -> datetime:
        """The moment it ends, in UTC: clocks that are set in between do not count."""
        return self.start.astimezone(UTC) + timedelta(minutes=self.minutes)

    def value(self, instructors: tuple[str, ...]) -> teaching.Session:
        """Return the session as the library has it; `instructors` are ids of people."""
        return teaching.Session(
            id=str(self.id), module=Pinned(id=self.module.name, version=self.module.number),
            unit=str(self.unit_id or self.agency_id), start=self.start, minutes=self.minutes,
            instructors=instructors, place=self.place,
            programme=Pinned(id=self.programme.name, version=self.programme.number)
            if self.programme else None,
            make_up_of=str(self.make_up_of_id) if self.make_up_of_id else None,
        )  # fmt: skip


class Instructing(models.Model):
    """That a person teaches a session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="instructing")
    person = models.ForeignKey(Person, models.PROTECT, related_name="instructing")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "person"], name="instructs_once")
        ]


class TeacherCorrection(models.Model):
    """That somebody taught a session after all, or did not; `Instructing` has what holds now."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="teacher_corrections")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taught = models.BooleanField()
    why = models.CharField(max_length=400)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")


class Attendance(models.Model):
    """One entry that somebody was there. A correction is a new entry, with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="attendance")
    person = models.ForeignKey(Person, models.CASCADE, related_name="attendance")
    minutes = models.PositiveIntegerField()
    how = models.CharField(max_length=10, choices=[("list", "list"), ("code", "code")])
    recorded_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    recorded = models.DateTimeField(default=timezone.now)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected")
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("recorded", "id")

    def value(self) -> teaching.Attendance:
        """Return the entry as the library has it."""
        return teaching.Attendance(
            id=str(self.id), session=str(self.session_id), person=str(self.person_id),
            minutes=self.minutes, how="list" if self.how == "list" else "code",
            recorded_by=str(self.recorded_by_id or "erased"), recorded=self.recorded,
            supersedes=str(self.supersedes_id) if self.supersedes_id else None,
            why=self.why or ("erased" if self.supersedes_id else ""),
        )  # fmt: skip


class Exemption(models.Model):
    """Somebody need not attend from a day until another. Ended early, a day of that is added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="exemptions")
    person = models.ForeignKey(Person, models.CASCADE, related_name="exemptions")
    reason = models.CharField(max_length=12, choices=[(r, r) for r in REASONS])
    start = models.DateField()
    until = models.DateField(null=True)
    note = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    """When it was taken back as a mistake; it then never held."""

    class Meta:
        ordering = ("start", "id")

    def value(self) -> teaching.Exemption:
        """Return the exemption as the library has it."""
        reason: teaching.Reason = self.reason  # type: ignore[assignment]
        return teaching.Exemption(
            str(self.person_id), reason, self.start, self.until,
            self.note or ("-" if self.reason == "other" else ""),
        )  # fmt: skip


class FidelityMark(models.Model):
    """What an observer marked for one line of the checklist of a session; the latest counts."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="marks")
    item = models.CharField(max_length=61)
    mark = models.CharField(max_length=16, choices=[(m, m) for m in MARKS])
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(mark__in=MARKS), name="a_mark_of_the_list")
        ]

    def value(self) -> teaching.Fidelity:
        """Return the mark as the library has it."""
        mark: teaching.Mark = self.mark  # type: ignore[assignment]
        return teaching.Fidelity(
            str(self.session_id), self.item, mark, str(self.by_id or "erased"), self.at
        )
