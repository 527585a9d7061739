"""One's own refreshers, and whether one's practice counts for them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.web.accounts.models import Person
from stepdown.web.records import agreeing
from stepdown.web.records.examining import scored_in
from stepdown.web.records.holding import mine
from stepdown.web.records.saying import told_of
from stepdown.web.records.techniques import techniques
from stepdown.web.request import Request


def page(request: Request) -> HttpResponse:
    """Show what is planned for this person, what they hold, and their exams."""
    now, person = datetime.now(UTC), Person.objects.get(pk=request.actor.person)
    parts = []
    for agency in agreeing.agencies_of(request.actor):
        told = mine(person, agency, now)
        names = techniques(agency.id)
        columns = list(scored_in(told.exams, names).items())
        parts.append((told, told_of(told.visits, names, own=True), columns))
    words = {"parts": parts}
    return render(request, "records/refreshers_mine.html", words)


def practice(request: Request) -> HttpResponse:
    """Say what it means that practice counts, and let this person choose."""
    words = {"agencies": agreeing.asked_in(request.actor)}
    return render(request, "records/refreshers_practice.html", words)


@require_POST
def agree(request: Request, pk: UUID) -> HttpResponse:
    """Let one's practice count."""
    agreeing.agree(request.actor, pk, datetime.now(UTC))
    messages.success(request, _("Your practice counts from now on. You can take that back here."))
    return redirect("practice_counts")


@require_POST
def no_longer(request: Request, pk: UUID) -> HttpResponse:
    """Let one's practice count no longer."""
    agreeing.no_longer(request.actor, pk, datetime.now(UTC))
    messages.success(request, _("From the next plan on, none of your practice counts."))
    return redirect("practice_counts")
