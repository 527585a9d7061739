"""Assessing by the API: watch, set off a happening, comment, score before the machine is seen."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from ninja import Query, Status

from stepdown.web.api import reading, schemas
from stepdown.web.api import teaching_schemas as given
from stepdown.web.api.operations import Operations
from stepdown.web.policy import Action
from stepdown.web.practice import assessing, play, units
from stepdown.web.practice.models import Comment, Encounter, HandScore
from stepdown.web.practice.polling import opened
from stepdown.web.practice.watching import offered
from stepdown.web.request import Request

part = Operations("assessing")


@part.get("/units/{pk}/assessments", "teach", given.Assessments)
def list_assessments(request: Request, pk: UUID) -> given.Assessments:
    """List the assessments of a unit: those that run, and the last that have ended."""
    unit = units.find_unit(request.actor, pk, Action.SEE_ASSIGNMENT)
    ended = units.finished_in(unit)[: units.LATEST]
    rows = [*units.running_in(unit)[: units.LATEST], *ended]
    scored = units.scored_by(request.actor, rows)
    return given.Assessments(items=[_item(row, scored) for row in rows])


@part.get("/assessments/{pk}", "teach", given.Watched)
def watch(
    request: Request, pk: UUID,
    since: Annotated[int, Query(ge=0, le=1_000_000, description="The first event.")] = 0,
    mark: Annotated[str, Query(max_length=400, description="`mark` of the answer before.")] = "",
) -> given.Watched:  # fmt: skip
    """Watch an assessment from an event on, running or ended.

    Reading it is noted, once for each mark: the same one comes back while it holds, at most twelve
    hours, and no longer than the assessment runs.
    """
    row = assessing.room(request.actor, pk, mark)
    told, state = reading.events_since(row, since), reading.state(row)
    return given.Watched(
        encounter=schemas.Summary(**reading.summary(row)), name=row.person.name,
        clock_s=state.clock_s, running=state.running, cue=state.cue, scene=state.scene,
        items=told.items, next=told.next, over=told.over, happenings=_happenings(row),
        comments=[_comment(c) for c in assessing.comments(request.actor, row)],
        mark=opened(request.actor, row.id, ended=row.ended_at is not None, mark=mark),
    )  # fmt: skip


@part.post("/assessments/{pk}/happenings", "teach", given.Injected)
def inject(request: Request, pk: UUID, what: given.Inject) -> given.Injected:
    """Set off a happening of the scenario, each once, however often it is sent."""
    done = assessing.inject(request.actor, pk, what.happening, datetime.now(UTC))
    return given.Injected(events=reading.events(done.events, done.played.world))


@part.post("/assessments/{pk}/comments", "teach", given.CommentOut, 201)
def comment(request: Request, pk: UUID, what: given.CommentIn) -> Status[given.CommentOut]:
    """Comment on a turn of an assessment that has ended."""
    made = assessing.comment(request.actor, pk, what.n, what.text, datetime.now(UTC))
    return Status(201, _comment(made))


@part.post("/assessments/{pk}/score", "teach", given.ScoreOut)
def score(request: Request, pk: UUID, what: given.ScoreIn) -> given.ScoreOut:
    """Give one's own scores, once and for all; the same sent again is kept once."""
    scores = what.domains.model_dump()
    return _score(assessing.score(request.actor, pk, scores, what.note, datetime.now(UTC)))


@part.get("/assessments/{pk}/score", "teach", given.Compared)
def compare(request: Request, pk: UUID) -> given.Compared:
    """Compare one's own scores with the machine's and others', once one's own are given."""
    row = assessing.room(request.actor, pk)
    _others, found = assessing.compared(request.actor, row)
    return given.Compared(items=[given.ComparedOut.model_validate(asdict(c)) for c in found])


@part.get("/encounters/{pk}/comments", "review", given.Comments)
def list_comments(request: Request, pk: UUID) -> given.Comments:
    """List what instructors wrote beside one's own assessment, or one that one may read."""
    row = play.find(request.actor, pk, Action.READ)
    return given.Comments(items=[_comment(c) for c in assessing.comments(request.actor, row)])


def _item(row: Encounter, scored: set[UUID]) -> given.AssessmentItem:
    return given.AssessmentItem(
        encounter=row.id, person=row.person_id, name=row.person.name, title=row.title,
        started_at=row.started_at, ended_at=row.ended_at, scored=row.id in scored,
    )  # fmt: skip


def _happenings(row: Encounter) -> list[given.HappeningOut]:
    if row.n_events == 0:
        return []
    world = play.resumed(row)[1].world
    return [given.HappeningOut(id=h.id, text=h.text, happened=h.happened) for h in offered(world)]


def _comment(made: Comment) -> given.CommentOut:
    by = made.by.name if made.by else ""
    return given.CommentOut(n=made.n, by=by, at=made.at, text=made.text)


def _score(made: HandScore) -> given.ScoreOut:
    return given.ScoreOut(at=made.at, domains=made.domains, note=made.note)
