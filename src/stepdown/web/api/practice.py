"""Practising by the API: the library, one's own encounters, acts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from ninja import Body, Header, Query, Status

from stepdown.problems import InputProblems, Problem
from stepdown.web.api import reading, schemas
from stepdown.web.api.cursors import Cursor
from stepdown.web.api.errors import Conflict
from stepdown.web.api.operations import Operations
from stepdown.web.permission import Refused
from stepdown.web.policy import Action, Actor
from stepdown.web.practice import assigned, play
from stepdown.web.practice.deeds import QUIET, read_deed
from stepdown.web.practice.models import Encounter
from stepdown.web.practice.scenarios import Listed, listed, scenario_of
from stepdown.web.request import Request

part = Operations("practice")
IdempotencyKey = Annotated[
    UUID | None,
    Header(
        alias="Idempotency-Key",
        description="A new UUID for each act; sent again with the same one, an act is done once"
        " and answered alike. Needed for everything but tick, pause and resume.",
    ),
]


@part.get("/scenarios", "practice", schemas.Scenarios)
def list_scenarios(request: Request) -> schemas.Scenarios:
    """List the scenarios that one may practise."""
    items = [schemas.ScenarioItem(**reading.scenario_item(s)) for s in listed(request.actor)]
    return schemas.Scenarios(items=items)


@part.get("/scenarios/{key}", "practice", schemas.ScenarioOut)
def get_scenario(request: Request, key: schemas.Key) -> schemas.ScenarioOut:
    """Say what an encounter of a scenario is about, before it begins."""
    known = scenario_of(request.actor, key)
    item = Listed(key, known, own=known.id != key)
    return schemas.ScenarioOut(
        **reading.scenario_item(item), summary=known.summary, notes=list(known.notes),
        learning=list(known.learning), sources=list(known.sources),
        attribution=known.attribution, digest=known.digest,
        crisis_line=settings.SITE.crisis_line,
    )  # fmt: skip


@part.post("/encounters", "practice", schemas.State, 201)
def start_encounter(request: Request, begin: schemas.Begin) -> Status[schemas.State]:
    """Begin an encounter: practice, or for an assignment.

    Practice is private: others see that it happened, nothing else. It may be stopped at any time.
    """
    actor = request.actor
    if begin.assignment is not None:
        return Status(201, reading.state(_for_assignment(actor, begin, begin.assignment)))
    scenario, now = scenario_of(actor, begin.scenario), datetime.now(UTC)
    row = play.start(actor, scenario, begin.scenario, begin.pace, now, seed=begin.seed)
    return Status(201, reading.state(row))


@part.get("/encounters", "practice", schemas.Summaries)
def list_encounters(
    request: Request,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many.")] = 50,
) -> schemas.Summaries:  # fmt: skip
    """List one's own encounters, newest first."""
    rows = Encounter.objects.filter(person_id=request.actor.person).order_by("-started_at", "-id")
    if cursor is not None:
        after = Cursor.read(cursor)
        rows = rows.filter(Q(started_at__lt=after.at) | Q(started_at=after.at, id__lt=after.id))
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return schemas.Summaries(
        items=[schemas.Summary(**reading.summary(row)) for row in found[:limit]],
        next=Cursor(last.started_at, last.id).text() if last else None,
    )


@part.get("/encounters/{pk}", "practice", schemas.State)
def get_encounter(request: Request, pk: UUID) -> schemas.State:
    """Show one's own encounter as far as it has come."""
    return reading.state(own(request, pk, Action.READ))


@part.get("/encounters/{pk}/events", "practice", schemas.Events)
def list_events(
    request: Request, pk: UUID,
    since: Annotated[int, Query(ge=0, le=1_000_000, description="The first number.")] = 0,
) -> schemas.Events:  # fmt: skip
    """List the events of one's own encounter from a number on."""
    return reading.events_since(own(request, pk, Action.READ), since)


@part.post("/encounters/{pk}/acts", "practice", schemas.Done)
def act(
    request: Request, pk: UUID, deed: Annotated[schemas.Deed, Body()], key: IdempotencyKey = None
) -> schemas.Done:
    """Do one thing in one's own encounter, and return once it is on the disk.

    In real time a program sends `tick` every two seconds: silence counts, and the person may speak
    first. The state is the one that stands when the answer is made.
    """
    given = deed.root.model_dump(exclude_none=True)
    sent = read_deed(given["kind"], given)
    if key is None and sent.kind not in QUIET:
        raise key_missing()
    try:
        done = play.do(request.actor, pk, key, sent, datetime.now(UTC))
    except Refused as refused:
        if refused.hidden or not _ended(request, pk):
            raise
        raise Conflict("This encounter has ended; try again from a point of it.") from refused
    return schemas.Done(
        events=reading.events(done.events, done.played.world),
        state=reading.state(done.row, done.played),
    )


@part.post("/encounters/{pk}/retry", "practice", schemas.State, 201)
def retry(request: Request, pk: UUID, again: schemas.Again) -> Status[schemas.State]:
    """Try again from an event of one's own ended encounter; all before it stays. It is practice."""
    row = play.retry(request.actor, pk, again.at, datetime.now(UTC))
    return Status(201, reading.state(row))


def own(request: Request, pk: UUID, action: Action) -> Encounter:
    """Return an encounter of whoever calls; of others, assessments are read as a teacher."""
    row = play.find(request.actor, pk, action)
    if row.person_id != request.actor.id:
        raise Refused("it is not their own; see /assessments", hidden=False)
    return row


def _for_assignment(actor: Actor, begin: schemas.Begin, assignment: UUID) -> Encounter:
    """Begin what was assigned, or return to where it stands. Raises InputProblems."""
    now = datetime.now(UTC)
    given = assigned.open_assignment(actor, assignment, now)
    wrong = []
    if given.scenario != begin.scenario:
        fix = "send the scenario of the assignment"
        wrong.append(Problem("body.scenario", begin.scenario, given.scenario, fix))
    if begin.seed is not None:
        expected = "none: an assignment is met as it comes"
        wrong.append(Problem("body.seed", str(begin.seed), expected, "leave it out"))
    if wrong:
        raise InputProblems("the encounter", wrong)
    return assigned.begin(actor, assignment, begin.pace, announced=begin.announced, now=now)


def key_missing() -> InputProblems:
    """Return what is said of an act without a key."""
    fix = "send a new one with each act, and the same one when you send an act again"
    return InputProblems("the act", [Problem("header.Idempotency-Key", "none", "a UUID", fix)])


def _ended(request: Request, pk: UUID) -> bool:
    mine = Encounter.objects.filter(pk=pk, person_id=request.actor.person)
    return mine.exclude(ended_at=None).exists()
