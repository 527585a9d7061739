"""The pages of units: who is in one, that they practised, what is assigned and assessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from stepdown.web.accounts.models import Unit
from stepdown.web.permission import may
from stepdown.web.policy import Action
from stepdown.web.practice import assigning, units, uploading
from stepdown.web.practice.models import Encounter
from stepdown.web.practice.polling import opened
from stepdown.web.records.hub import ways_of_unit
from stepdown.web.request import Request


def teach(request: Request) -> HttpResponse:
    """Show the units that this person instructs or coordinates."""
    words = {
        "units": units.taught_by(request.actor),
        "adds": bool(uploading.agencies_of(request.actor)),
    }
    return render(request, "teach/units.html", words)


def unit(request: Request, pk: UUID) -> HttpResponse:
    """Show a unit."""
    actor = request.actor
    found = units.find_unit(actor, pk, Action.SEE_PEOPLE)
    thing = units.thing_of(found)
    words = _running(request, found, opened(actor, found.id)) | {
        "people": units.people_shown(actor, found), "assigns": may(actor, Action.ASSIGN, thing),
        "ways": ways_of_unit(actor, found),
    }  # fmt: skip
    if may(actor, Action.KNOW, thing):
        pages = Paginator(units.practice_of(found), units.LATEST)
        words |= {"knows": True, "practice": pages.get_page(request.GET.get("page"))}
    if may(actor, Action.SEE_ASSIGNMENT, thing):
        ended = Paginator(units.finished_in(found), units.LATEST)
        finished = ended.get_page(request.GET.get("finished"))
        words |= {
            "sees": True, "assignments": assigning.given_in(found), "finished": finished,
            "scored": units.scored_by(actor, list(finished)),
            "assesses": may(actor, Action.SCORE, replace(thing, assessed=True)),
        }  # fmt: skip
    return render(request, "teach/unit.html", words)


def running(request: Request, pk: UUID) -> HttpResponse:
    """Show the assessments that run in a unit, for its page to stay up to date."""
    mark = request.GET.get("mark", "")
    found = units.find_unit(request.actor, pk, Action.SEE_PEOPLE, mark)
    return render(request, "teach/part/running.html", _running(request, found, mark))


def _running(request: Request, found: Unit, mark: str) -> dict[str, Any]:
    if not may(request.actor, Action.SEE_ASSIGNMENT, units.thing_of(found)):
        return {"unit": found}
    rows: list[Encounter] = list(units.running_in(found)[: units.LATEST])
    opens = {row.id for row in rows if may(request.actor, Action.WATCH, row.thing())}
    return {"unit": found, "running": rows, "opens": opens, "mark": mark}
