"""One entry of the audit log. Database triggers refuse to change or delete one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """Who, what, on which record, when, from where, with what outcome; never a word of anybody's.

    `actor`, `record` and `agency` are ids, kept after a person's data are erased.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    kind = models.CharField(max_length=40, blank=True)
    record = models.CharField(max_length=64, blank=True)
    agency = models.UUIDField(null=True)
    outcome = models.CharField(max_length=20)
    address = models.CharField(max_length=45, blank=True)
    request = models.CharField(max_length=36, blank=True)
    detail = models.JSONField(default=dict)
    before = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)
        indexes: ClassVar = [
            models.Index(fields=["agency", "number"], name="audit_by_agency"),
            models.Index(fields=["actor", "number"], name="audit_by_actor"),
            models.Index(fields=["kind", "record", "number"], name="audit_by_record"),
        ]
