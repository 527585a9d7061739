"""The pages of what differs between two versions of a programme or a module."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stepdown.web.programs import curricula, modules
from stepdown.web.programs.changes import Line, between
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion
from stepdown.web.request import Request

MOST_REASONS = 50


def programme(request: Request, agency: UUID, part: str) -> HttpResponse:
    """Show what differs between two versions of a programme, the last two unless asked."""
    last = curricula.find(request.actor, agency, part)
    before, after = _chosen(request, last.number)
    one, other = (curricula.published(agency, part, n).curriculum for n in (before, after))
    history = curricula.history(agency, part)
    return _page(request, last, "programme", (before, after), between(agency, one, other), history)


def module(request: Request, agency: UUID, part: str) -> HttpResponse:
    """Show what differs between two versions of a module, the last two unless asked."""
    last = modules.find(request.actor, agency, part)
    before, after = _chosen(request, last.number)
    one, other = (modules.version_row(agency, part, n).value().content for n in (before, after))
    history = modules.versions(agency, part)
    return _page(request, last, "module", (before, after), between(agency, one, other), history)


def _page(
    request: Request, last: ProgrammeVersion | ModuleVersion, kind: str, chosen: tuple[int, int],
    lines: list[Line], history: QuerySet[Any],
) -> HttpResponse:  # fmt: skip
    before, after = chosen
    reasons = history.filter(number__gt=before, number__lte=after)[:MOST_REASONS]
    words = {
        "row": last, "kind": kind, "numbers": range(1, last.number + 1), "before": before,
        "after": after, "lines": lines, "between": reasons,
    }  # fmt: skip
    return render(request, "programs/difference.html", words)


def _chosen(request: HttpRequest, last: int) -> tuple[int, int]:
    """Return the earlier and the later version that are asked for."""
    after = _number(request.GET.get("to", ""), last, last)
    before = _number(request.GET.get("from", ""), last, max(after - 1, 1))
    return min(before, after), max(before, after)


def _number(given: str, last: int, otherwise: int) -> int:
    """Return a number of a version; what is none is taken as not asked for."""
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else 0
    return number if 1 <= number <= last else otherwise
