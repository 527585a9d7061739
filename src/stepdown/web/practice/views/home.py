"""The first page: what is due, what is open, and the way to the library."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from stepdown.web.practice.models import Encounter
from stepdown.web.request import Request


def home(request: Request) -> HttpResponse:
    """Show what waits for this person."""
    mine = Encounter.objects.filter(person_id=request.actor.person)
    return render(
        request,
        "practice/home.html",
        {"open": mine.filter(ended_at=None, erased_at=None)[:5],
         "recent": mine.exclude(ended_at=None)[:5]},
    )  # fmt: skip
