"""Published versions of modules and programmes: rows that are added, and never changed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from stepdown.retention import publishing
from stepdown.retention.curriculum import Module, Programme
from stepdown.web.accounts.models import Agency, Person
from stepdown.web.policy import Thing


class _Version(models.Model):
    """A published version. Its content is as `Part.as_dict()` gives it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    name = models.CharField(max_length=61)
    """The id of the module or programme."""
    number = models.PositiveIntegerField()
    day = models.DateField()
    reason = models.TextField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"

    def thing(self) -> Thing:
        """Return this version as the policy sees it: it belongs to the whole agency."""
        return Thing(agency=self.agency_id)

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.content["title"])


class ModuleVersion(_Version):
    """A published version of a module."""

    class Meta:
        ordering = ("name", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "name", "number"], name="module_version_once")
        ]

    def value(self) -> publishing.ModuleVersion:
        """Return the version as the library has it. Raises InputProblems if it was changed."""
        return publishing.Version(
            Module.model_validate(self.content), self.number, self.day, self.reason, self.digest
        )


class ProgrammeVersion(_Version):
    """A published version of a programme, which pins versions of modules."""

    class Meta:
        ordering = ("name", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "name", "number"], name="programme_version_once"
            )
        ]

    def value(self) -> publishing.ProgrammeVersion:
        """Return the version as the library has it. Raises InputProblems if it was changed."""
        return publishing.Version(
            Programme.model_validate(self.content), self.number, self.day, self.reason, self.digest
        )
