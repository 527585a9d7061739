"""The first page: what is due, what is open, what to try next, and the way to the library."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render

from stepdown.web.accounts.models import Person
from stepdown.web.practice import mine
from stepdown.web.practice.assigned import waiting
from stepdown.web.practice.reviewing import skills_of
from stepdown.web.practice.scenarios import listed
from stepdown.web.records import hub
from stepdown.web.request import Request

SHOWN = 5


def home(request: Request) -> HttpResponse:
    """Show what waits for this person."""
    actor, person = request.actor, request.actor.person
    encounters = mine.practised(person)
    skills = skills_of(person, mine.DRAWN)
    before = mine.done_before(person)
    now = datetime.now(UTC)
    trained = hub.trained_in(actor)
    words = {
        "waiting": hub.waiting(Person.objects.get(pk=person), trained, now) if trained else None,
        "due": waiting(actor, now),
        "open": encounters.filter(ended_at=None, erased_at=None)[:SHOWN],
        "recent": list(encounters.exclude(ended_at=None)[:SHOWN]),
        "next": mine.suggestions(skills, listed(actor), before),
    }
    return render(request, "practice/home.html", words)
