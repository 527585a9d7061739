"""The room of an assessment: watched while it runs, read and scored when it has ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.encounter.review.rubric import anchors, domains
from stepdown.web.practice import assessing, watching
from stepdown.web.practice.live import ready
from stepdown.web.practice.models import Encounter
from stepdown.web.practice.polling import opened
from stepdown.web.request import Request

STOP_POLLING = 286


def page(request: Request, pk: UUID) -> HttpResponse:
    """Show an assessment: what happens while it runs, or all of it after its end."""
    row = assessing.room(request.actor, pk)
    if row.ended_at is None:
        words = watching.watched(row) | {"mark": opened(request.actor, row.id)}
        return render(request, "teach/watch.html", words)
    return render(request, "teach/assess.html", _ended(request, row))


def news(request: Request, pk: UUID) -> HttpResponse:
    """Answer what is new in a running assessment since the event and the scene that are shown."""
    mark = request.GET.get("mark", "")
    row = assessing.room(request.actor, pk, mark)
    if row.erased_at is not None:
        return render(request, "teach/part/over.html", {"row": row}, status=STOP_POLLING)
    words = watching.watched(row, _count(request.GET.get("since")), request.GET.get("seen", ""))
    ended = row.ended_at is not None
    return render(
        request, "teach/part/news.html", words | {"mark": mark, "ended": ended, "part": True},
        status=STOP_POLLING if ended else 200,
    )  # fmt: skip


@require_POST
def inject(request: Request, pk: UUID) -> HttpResponse:
    """Set off a happening."""
    assessing.inject(request.actor, pk, request.POST.get("happening", ""), datetime.now(UTC))
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("assess", pk=pk)


@require_POST
def comment(request: Request, pk: UUID) -> HttpResponse:
    """Write beside a turn."""
    n = _count(request.POST.get("n"), missing=-1)
    assessing.comment(
        request.actor, pk, n, request.POST.get("text", ""), datetime.now(UTC)
    )  # fmt: skip
    return redirect(f"{reverse('assess', args=[pk])}#e{n}")


@require_POST
def score(request: Request, pk: UUID) -> HttpResponse:
    """Save one's own scores."""
    scores = {d: request.POST[d] for d in domains() if d in request.POST}
    assessing.score(
        request.actor, pk, scores, request.POST.get("note", ""), datetime.now(UTC)
    )  # fmt: skip
    messages.success(request, _("Your scores are saved, and stay as they are."))
    return redirect(f"{reverse('assess', args=[pk])}#scores")


def _ended(request: Request, row: Encounter) -> dict[str, Any]:
    """Return what the page of an ended assessment shows; the machine's part only when scored."""
    actor, said = request.actor, anchors()
    own = assessing.own_score(actor, row)
    words: dict[str, Any] = {"row": row, "own": own, "erased": row.erased_at is not None}
    if not words["erased"]:
        made = ready(row.id, row.n_events)
        comments = assessing.comments(actor, row)
        words |= {
            "world": made.world, "name": made.world.cast["name"],
            "turns": watching.transcript(made.events, made.world, comments),
        }  # fmt: skip
    if own is None:
        words["domains"] = [(d, name, list(enumerate(said[d]))) for d, name in domains().items()]
    else:
        words["others"], words["compared"] = assessing.compared(actor, row)
    return words


def _count(text: str | None, missing: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else missing
