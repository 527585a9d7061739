"""Delete words whose time is over: what was learned from them stays."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from stepdown.problems import StepdownError
from stepdown.web.accounts.models import RETENTION_DAYS, Agency
from stepdown.web.audit.log import note
from stepdown.web.policy import Actor, Thing
from stepdown.web.practice.forgetting import forget_words
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Comment, Encounter, HandScore, Skill
from stepdown.web.practice.reviewing import derived
from stepdown.web.privacy.hold import held_in

BATCH = 10
"""Few, because on SQLite nobody else can write while a batch is deleted."""
LOG = logging.getLogger("stepdown.web.privacy")
UNREADABLE = (StepdownError, LookupError, ValueError)


@dataclass(frozen=True, slots=True)
class Retained:
    """What a run did: encounters whose words were deleted, are held, or could not be read."""

    deleted: int
    held: int
    failed: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """One kind of encounters that are kept for the same number of days."""

    agency: UUID | None
    assessed: bool
    days: int


def retain(now: datetime) -> Retained:
    """Delete the words of encounters that are older than their agency keeps them.

    An encounter that never ended counts from its start. May be stopped and run again at any
    moment: each batch is deleted with its note in the audit log, or not at all.
    """
    deleted = held = 0
    failed: list[UUID] = []
    for kept in _settings():
        due = _due(kept, now)
        held += due.filter(held_in(kept.agency)).count()
        for batch in _batches(due.exclude(held_in(kept.agency))):
            deleted += _delete(kept, batch, now, failed)
    return Retained(deleted, held, tuple(failed))


def _settings() -> Iterator[_Kept]:
    """Yield what each agency keeps for how long; those who belong to none, the usual time.

    On one's own machine nothing goes by itself: nobody else can read it.
    """
    if settings.SITE.mode == "alone":
        return
    yield _Kept(None, False, RETENTION_DAYS)
    for agency in Agency.objects.order_by("pk"):
        both = ((False, agency.retention_days), (True, agency.assessment_retention_days))
        yield from (_Kept(agency.pk, assessed, days) for assessed, days in both if days)


def _due(kept: _Kept, now: datetime) -> QuerySet[Encounter]:
    return Encounter.objects.alias(last=Coalesce("ended_at", "started_at")).filter(
        agency=kept.agency, assessed=kept.assessed, erased_at=None,
        last__lt=now - timedelta(days=kept.days),
    )  # fmt: skip


def _batches(due: QuerySet[Encounter]) -> Iterator[list[UUID]]:
    """Yield ids, a batch at a time, in order: one that could not be deleted is not met again."""
    after: UUID | None = None
    while True:
        rows = due.order_by("pk").filter(pk__gt=after) if after else due.order_by("pk")
        batch = list(rows.values_list("pk", flat=True)[:BATCH])
        if not batch:
            return
        yield batch
        after = batch[-1]


def _delete(kept: _Kept, batch: list[UUID], now: datetime, failed: list[UUID]) -> int:
    shown = _shown(batch, now, failed)
    with transaction.atomic():
        rows = Encounter.objects.select_for_update().filter(pk__in=shown, erased_at=None)
        rows = rows.exclude(held_in(kept.agency))
        done = [row.pk for row in rows if _forgotten(row, shown[row.pk], now, failed)]
        if done:
            Comment.objects.filter(encounter__in=done).delete()
            HandScore.objects.filter(encounter__in=done).exclude(note="").update(note="")
            detail = {"encounters": len(done), "assessed": kept.assessed, "days": kept.days}
            note(Actor(), "words deleted", "retention", "", Thing(agency=kept.agency),
                 detail=detail, now=now)  # fmt: skip
    return len(done)


def _shown(
    batch: list[UUID], now: datetime, failed: list[UUID]
) -> dict[UUID, tuple[int, Skill | None]]:
    """Return what each encounter showed, of how many events; worked out before anything is locked.

    None where it is known already. One that cannot be read is left out.
    """
    found: dict[UUID, tuple[int, Skill | None]] = {}
    for row in Encounter.objects.filter(pk__in=batch, erased_at=None).select_related("skill"):
        made = None
        if not hasattr(row, "skill"):
            if row.ended_at is None:
                row.ended_at, row.how = now, "stopped"
            try:
                made = derived(row, stored(row.pk))
            except UNREADABLE as error:
                _failed(row, error, failed)
                continue
        found[row.pk] = row.n_events, made
    return found


def _forgotten(
    row: Encounter, shown: tuple[int, Skill | None], now: datetime, failed: list[UUID]
) -> bool:
    n_events, skill = shown
    if skill is not None and row.n_events == n_events:
        Skill.objects.bulk_create([skill], ignore_conflicts=True)
    try:
        return forget_words(row, now)
    except UNREADABLE as error:
        _failed(row, error, failed)
        return False


def _failed(row: Encounter, error: Exception, failed: list[UUID]) -> None:
    LOG.error("words not deleted", exc_info=error, extra={"fault": str(row.pk)})
    failed.append(row.pk)
