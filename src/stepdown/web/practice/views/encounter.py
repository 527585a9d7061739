"""The page of an encounter, and what is sent from it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from stepdown.web.policy import Action
from stepdown.web.practice import play, showing
from stepdown.web.practice.deeds import read_deed
from stepdown.web.request import Request


def page(request: Request, pk: UUID) -> HttpResponse:
    """Show an encounter as far as it has come."""
    row = play.find(request.actor, pk, Action.READ)
    made, played = play.resumed(row)
    words = showing.page(row, played) | {"entries": showing.entries(made.events, made.world)}
    return render(request, "practice/encounter.html", words)


@require_POST
def act(request: Request, pk: UUID) -> HttpResponse:
    """Do what was sent, and answer with what came of it once it is on the disk."""
    deed = read_deed(request.POST.get("kind", ""), request.POST.dict())
    key = _key(request.POST.get("key", ""))
    done = play.do(request.actor, pk, key, deed, datetime.now(UTC))
    if not request.htmx:
        return redirect("encounter", pk=pk)
    since = int(request.POST.get("since") or 0)
    events = [e for e in done.played.events if e.n >= since]
    words = showing.page(done.row, done.played) | {
        "entries": showing.entries(events, done.played.world), "part": True,
    }  # fmt: skip
    return render(request, "practice/part/after.html", words)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
