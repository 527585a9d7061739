"""The pages of what is taught: the programmes of one's agencies, and a version of one."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from stepdown.problems import InputProblems
from stepdown.retention.curriculum_file import starter, written
from stepdown.web.permission import may
from stepdown.web.policy import Action
from stepdown.web.programs import audience, curricula, modules, publishing
from stepdown.web.request import Request

PAGE = 50


def programmes(request: Request) -> HttpResponse:
    """Show what this person's agencies teach, and what whoever may publish can do."""
    return programmes_with(request)


def programmes_with(
    request: Request, error: InputProblems | None = None, failed: UUID | None = None
) -> HttpResponse:
    """Show the programmes, and everything wrong with a file that was sent."""
    agencies = curricula.agencies_of(request.actor)
    publishes = curricula.agencies_of(request.actor, Action.PUBLISH)
    rows = curricula.latest([agency.id for agency in agencies])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lack = publishing.lacks_starter(publishes)
    words = {
        "agencies": agencies, "publishes": publishes, "page": page, "lack": lack,
        "listed": curricula.listed(page.object_list),
        "said": audience.said_of(page.object_list), "starter": starter() if lack else None,
        "most": publishing.MOST_BYTES // 1024,
        "error": error, "failed": failed, "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "programs/curricula.html", words, status=400 if error else 200)


def programme(request: Request, agency: UUID, part: str, number: int | None = None) -> HttpResponse:
    """Show a version of a programme, the latest unless a number is asked for."""
    return programme_with(request, agency, part, number)


def programme_with(
    request: Request, agency: UUID, part: str, number: int | None = None,
    error: InputProblems | None = None,
) -> HttpResponse:  # fmt: skip
    """Show a version of a programme, and everything wrong with a file that was sent."""
    row = curricula.find(request.actor, agency, part, number)
    found = curricula.opened(row)
    history = curricula.history(agency, part)
    page = Paginator(history, PAGE).get_page(request.GET.get("page"))
    declared = {t.id: t.name for t in found.programme.content.techniques}
    named = {scenario for m in found.modules for scenario in m.content.scenarios}
    words = {
        "row": row, "content": found.programme.content, "modules": found.modules,
        "hours": found.hours, "page": page, "last": page.paginator.count,
        "techniques": modules.technique_names(declared),
        "scenarios": modules.scenarios_named(agency, named),
        "publishes": may(request.actor, Action.PUBLISH, row.thing()),
        "said": audience.said_of([row])[row.id],
        "most": publishing.MOST_BYTES // 1024, "error": error,
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "programs/programme.html", words, status=400 if error else 200)


def download(request: Request, agency: UUID, part: str, number: int) -> HttpResponse:
    """Hand a version out as a file that can be published again."""
    row = curricula.find(request.actor, agency, part, number)
    text = written(curricula.opened(row).curriculum)
    response = HttpResponse(text.encode(), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.name}-{row.number}.yaml"'
    return response
