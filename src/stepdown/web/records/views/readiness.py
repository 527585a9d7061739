"""The page on readiness for the chief, the same to take away, and who lapses for whoever plans."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from stepdown.briefing.readiness import readiness_html, readiness_pdf
from stepdown.retention.readiness import SMALLEST_SHARE, WINDOWS
from stepdown.web.accounts.models import Unit
from stepdown.web.permission import may
from stepdown.web.policy import Action, Thing
from stepdown.web.records import readying
from stepdown.web.records.papers import paper_of
from stepdown.web.request import Request

A_PAGE = 50


def page(request: Request, agency: UUID) -> HttpResponse:
    """Show how many have done their hours, owe them or are overdue, by unit and topic."""
    found = readying.ready(request.actor, agency, datetime.now(UTC))
    thing = Thing(agency=found.agency.id)
    soon = zip(WINDOWS, found.worked.counts.everybody.lapsing, strict=True) if found.worked else ()
    words = {
        "found": found, "windows": WINDOWS, "smallest": SMALLEST_SHARE, "soon": soon,
        "names": may(request.actor, Action.SEE_LAPSING, thing),
        "sets": may(request.actor, Action.SET_HOURS, thing),
        "everybody": may(request.actor, Action.SEE_TRAINING, thing),
    }  # fmt: skip
    return render(request, "records/readiness.html", words)


def pdf(request: Request, agency: UUID) -> HttpResponse:
    """Hand the page out as a PDF."""
    found = readying.ready(request.actor, agency, datetime.now(UTC))
    if found.worked is None:
        return redirect("readiness", agency=agency)
    content = readiness_pdf(
        found.worked.counts, found.note, found.warnings, paper_of(found.agency.zone)
    )
    return _file(content, "application/pdf", f"readiness-{found.day.isoformat()}.pdf")


def html(request: Request, agency: UUID) -> HttpResponse:
    """Hand the page out as a file that needs nothing else."""
    found = readying.ready(request.actor, agency, datetime.now(UTC))
    if found.worked is None:
        return redirect("readiness", agency=agency)
    content = readiness_html(found.worked.counts, found.note, found.warnings)
    name = f"readiness-{found.day.isoformat()}.html"
    return _file(content.encode(), "text/html; charset=utf-8", name)


def names(request: Request, agency: UUID) -> HttpResponse:
    """Show by name who has to train soon, is overdue, or of whom a day is missing."""
    unit = _id(request.GET.get("unit", ""))
    found, listed = readying.lapsing(request.actor, agency, datetime.now(UTC), unit)
    rows = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    units = Unit.objects.filter(agency=agency).order_by("name")
    words = {
        "found": found, "rows": rows, "units": units, "unit": unit, "windows": WINDOWS,
        "kept": f"&unit={unit}" if unit else "",
        "everybody": may(request.actor, Action.SEE_TRAINING, Thing(agency=found.agency.id)),
    }  # fmt: skip
    return render(request, "records/readiness_names.html", words)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
