"""The page of a module: what it says, its history, who pins it, how often it was taught."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from stepdown.web.programs import modules
from stepdown.web.programs.views.curricula import PAGE
from stepdown.web.request import Request


def module(request: Request, agency: UUID, part: str, number: int | None = None) -> HttpResponse:
    """Show a version of a module, the latest unless a number is asked for."""
    row = modules.find(request.actor, agency, part, number)
    version = row.value()
    pinned, declared = modules.pinned_in(agency, part)
    history = modules.history(agency, part, datetime.now(UTC))
    page = Paginator(history, PAGE).get_page(request.GET.get("page"))
    words = {
        "row": row, "version": version, "pinned": pinned, "page": page,
        "last": page.paginator.count, "techniques": modules.technique_names(declared),
        "scenarios": modules.scenarios_named(agency, set(version.content.scenarios)),
    }  # fmt: skip
    return render(request, "programs/module.html", words)
