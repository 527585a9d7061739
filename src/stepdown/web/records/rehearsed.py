"""What people of an agency rehearsed: taught, tested and, where they agreed, practised.

The same number of queries for one person and for a thousand. Scores of practice are not read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, QuerySet

from stepdown.retention.history import Rehearsal
from stepdown.web.accounts.models import Agency
from stepdown.web.practice.models import Encounter, HandScore
from stepdown.web.practice.reviewing import derive
from stepdown.web.programs.taught import taught_rehearsals
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records.models import Exam
from stepdown.web.records.techniques import techniques

AT_ONCE = 100
"""How many ended encounters, whose scores are not known yet, are read at once to work them out."""

BEST = 4
"""The highest score of a domain."""


def rehearsals(
    agency: Agency, people: Collection[UUID] | None = None, *, work_out: bool = False
) -> list[Rehearsal]:
    """Return what was rehearsed in an agency, by all or by some people, whoever they are now.

    `work_out`: first derive what ended encounters show where that was not done yet, all of them,
    however long it takes. What cannot be read is left out; `unread` says how much that is.
    """
    zone, known = zone_of(agency), techniques(agency.id)
    found = [
        *_taught(agency, people),
        *_assessed(agency, people, zone, work_out=work_out),
        *_examined(agency, people),
        *_practised(agency, people, zone, work_out=work_out),
    ]
    return [one for one in found if one.technique in known]


def unread(agency: Agency, people: Collection[UUID] | None = None) -> int:
    """Return how many ended assessments count nowhere, since nothing tells what they showed.

    They cannot be read, or their words were deleted before, and nobody scored them by hand.
    """
    rows = _of(Encounter.objects.filter(agency=agency, assessed=True), people)
    ended = rows.filter(ended_at__isnull=False, skill=None)
    return ended.exclude(Exists(HandScore.objects.filter(encounter=OuterRef("pk")))).count()


def _work_out(rows: QuerySet[Encounter]) -> None:
    """Derive what encounters show where that was not done yet, the earliest first."""
    missing = rows.filter(skill=None, erased_at=None).order_by("ended_at", "id")
    ids = list(missing.values_list("pk", flat=True))
    for n in range(0, len(ids), AT_ONCE):
        derive(Encounter.objects.filter(pk__in=ids[n : n + AT_ONCE]))


def _taught(agency: Agency, people: Collection[UUID] | None) -> Iterator[Rehearsal]:
    for one in taught_rehearsals(agency.id, people=people):
        for technique in one.techniques:
            yield Rehearsal(str(one.person), technique, one.day, "taught")


def _assessed(
    agency: Agency, people: Collection[UUID] | None, zone: ZoneInfo, *, work_out: bool
) -> Iterator[Rehearsal]:
    rows = _of(Encounter.objects.filter(agency=agency, assessed=True), people)
    ended = rows.filter(ended_at__isnull=False).order_by()
    if work_out:
        _work_out(ended)
    by_hand = _by_hand(HandScore.objects.filter(encounter__in=ended))
    shown = ended.values_list("id", "person", "ended_at", "skill__domains")
    for pk, person, at, machine in shown:
        scores = {**(machine or {}), **by_hand.get(pk, {})}
        for technique, score in scores.items():
            if score is not None and at is not None:
                yield Rehearsal(str(person), technique, day_of(at, zone), "tested", score / BEST)


def _by_hand(rows: QuerySet[HandScore]) -> dict[UUID, dict[str, float]]:
    """Return the mean of what instructors gave, by encounter and domain."""
    given: dict[UUID, dict[str, list[float]]] = {}
    for encounter, scores in rows.order_by().values_list("encounter", "domains"):
        for domain, score in scores.items():
            if score is not None:
                given.setdefault(encounter, {}).setdefault(domain, []).append(score)
    return {
        encounter: {domain: sum(scores) / len(scores) for domain, scores in by_domain.items()}
        for encounter, by_domain in given.items()
    }


def _examined(agency: Agency, people: Collection[UUID] | None) -> Iterator[Rehearsal]:
    rows = _of(Exam.objects.filter(unit__agency=agency, withdrawn_at=None), people).order_by()
    for person, day, scores in rows.values_list("person", "day", "scores"):
        for technique, score in scores.items():
            if score is not None:
                yield Rehearsal(str(person), technique, day, "tested", score / BEST)


def _practised(
    agency: Agency, people: Collection[UUID] | None, zone: ZoneInfo, *, work_out: bool
) -> Iterator[Rehearsal]:
    """Find practice since its person last agreed, and while they do; no score of it is told.

    A technique was practised where the encounter gave something to go by. Second tries are left
    out: they begin with what was done the first time.
    """
    agreed = {"person__practice_counts__agency": agency, "person__practice_counts__until": None}
    rows = _of(Encounter.objects.filter(agency=agency, assessed=False, parent=None), people)
    counting = rows.filter(ended_at__gte=F("person__practice_counts__since"), **agreed).order_by()
    if work_out:
        _work_out(counting)
    shown = counting.filter(skill__isnull=False)
    for person, at, found in shown.values_list("person", "ended_at", "skill__domains"):
        for technique, score in found.items():
            if score is not None and at is not None:
                yield Rehearsal(str(person), technique, day_of(at, zone), "practised")


def _of(rows: QuerySet[Any], people: Collection[UUID] | None) -> QuerySet[Any]:
    return rows if people is None else rows.filter(person__in=people)
