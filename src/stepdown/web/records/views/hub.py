"""The pages that lead to the others: one's own training, and running that of an agency."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from stepdown.web.accounts.models import Person
from stepdown.web.records import hub
from stepdown.web.request import Request


def training(request: Request) -> HttpResponse:
    """Show what waits for this person, and the ways to what is on record of them."""
    agencies = hub.trained_in(request.actor)
    words: dict[str, Any] = {"agencies": agencies}
    if agencies:
        person = Person.objects.get(pk=request.actor.person)
        words |= {"waiting": hub.waiting(person, agencies, datetime.now(UTC))}
    return render(request, "records/training.html", words)


def programme(request: Request) -> HttpResponse:
    """Show what there is for whoever instructs, coordinates, reads or administers."""
    return render(request, "records/programme.html", {"found": hub.agencies_run(request.actor)})
