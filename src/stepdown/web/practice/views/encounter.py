"""The page of an encounter, and what is sent from it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems, Problem
from stepdown.web.limits import counted
from stepdown.web.policy import Action
from stepdown.web.practice import play, showing
from stepdown.web.practice.deeds import QUIET, read_deed
from stepdown.web.request import Request


def page(request: Request, pk: UUID) -> HttpResponse:
    """Show an encounter as far as it has come, to whoever plays it."""
    row = play.find(request.actor, pk, Action.READ)
    if row.person_id != request.actor.id:
        return redirect("assess", pk=pk)
    if row.erased_at:
        return redirect("review", pk=pk)
    made, played = play.resumed(row)
    words = showing.page(row, played) | {"entries": showing.entries(made.events, made.world)}
    return render(request, "practice/encounter.html", words)


@require_POST
@counted("act")
def act(request: Request, pk: UUID) -> HttpResponse:
    """Do what was sent, and answer with what came of it once it is on the disk."""
    deed = read_deed(request.POST.get("kind", ""), request.POST.dict())
    key = _key(request.POST.get("key", "")) if deed.kind not in QUIET else None
    done = play.do(request.actor, pk, key, deed, datetime.now(UTC))
    if not request.htmx:
        return redirect("encounter", pk=pk)
    since = _since(request.POST.get("since", ""))
    events = [event for event in done.played.events if event.n >= since]
    words = showing.page(done.row, done.played) | {
        "entries": showing.entries(events, done.played.world), "part": True, "deed": deed.kind,
    }  # fmt: skip
    return render(request, "practice/part/after.html", words)


def _key(text: str) -> UUID:
    """Return the key of an act: without one, an act that is sent twice would be done twice."""
    try:
        return UUID(text)
    except ValueError:
        fix = _("reload the page and send it again")
        problem = Problem("key", text[:40], _("the key of this act"), fix)
        raise InputProblems(_("what you sent"), [problem]) from None


def _since(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
