"""Reviews and logs by the API: one's own, and those of assessments that one may read."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import HttpResponse

from stepdown.web.api import reviewed_schemas as schemas
from stepdown.web.api.errors import Conflict
from stepdown.web.api.operations import Operations
from stepdown.web.permission import Missing, may
from stepdown.web.policy import Action, Actor
from stepdown.web.practice import play
from stepdown.web.practice.assessing import judged
from stepdown.web.practice.live import ready
from stepdown.web.practice.models import Encounter
from stepdown.web.practice.reviewing import reviewed, skill_of
from stepdown.web.request import Request

part = Operations("review")
LOG = "application/x-ndjson"


@part.get("/encounters/{pk}/review", "review", schemas.ReviewOut)
def get_review(request: Request, pk: UUID) -> schemas.ReviewOut:
    """Review an encounter that has ended: one's own, or an assessment that one may read.

    Whoever assesses reads it once their own scores are given.
    """
    row = ended(request.actor, pk)
    return schemas.ReviewOut.model_validate(asdict(reviewed(row)))


@part.get("/encounters/{pk}/skill", "review", schemas.SkillOut)
def get_skill(request: Request, pk: UUID) -> schemas.SkillOut:
    """Show what an encounter showed; it stays when the words are deleted."""
    row = ended(request.actor, pk, erased=True)
    skill = skill_of(row)
    if skill is None:
        raise Missing(f"nothing stays of {pk}")
    return schemas.SkillOut(
        encounter=row.id, domains=skill.domains, outcome=skill.outcome, seconds=skill.seconds,
        turns=skill.turns,
    )  # fmt: skip


@part.get("/encounters/{pk}/log", "review", None, media=LOG)
def get_log(request: Request, pk: UUID) -> HttpResponse:
    """Give the log of an encounter that has ended, an event a line, as `stepdown review` reads it.

    Whoever assesses reads it once their own scores are given.
    """
    row = ended(request.actor, pk)
    lines = b"".join(event.line() for event in ready(row.id, row.n_events).events)
    return HttpResponse(lines, content_type=LOG)


def ended(actor: Actor, pk: UUID, *, erased: bool = False) -> Encounter:
    """Return an encounter whose review may be read now. Raises what says why not.

    erased: one whose words were deleted will do.
    """
    row = play.find(actor, pk, Action.READ)
    if row.ended_at is None:
        raise Conflict("This encounter has not ended yet; its review is made then.")
    if not may(actor, Action.SEE_SCORES, judged(row)):
        raise Conflict("Give your own scores first; then you see the machine's.")
    if row.erased_at is not None and not erased:
        raise Missing(f"the words of {pk} were deleted")
    return row
