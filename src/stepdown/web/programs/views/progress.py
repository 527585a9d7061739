"""The pages of programmes underway: who has come how far, and what was kept to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from stepdown.web.accounts.models import Unit
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.programs import attended, audience, fidelity, listing, progress
from stepdown.web.programs.curricula import find_agency, opened
from stepdown.web.programs.models import ProgrammeVersion
from stepdown.web.programs.people import units_seen
from stepdown.web.request import Request

A_PAGE = 50


def programmes(request: Request, pk: UUID) -> HttpResponse:
    """List the programmes of an agency, each version, with the way to how far it has come."""
    actor = request.actor
    agency = find_agency(actor, pk, Action.SEE_SESSION)
    if not units_seen(actor, agency):
        permit(actor, Action.SEE_TRAINING, Thing(agency=agency.id), "agency", agency.id)
    rows = ProgrammeVersion.objects.filter(agency=agency).order_by("name", "-number")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    exempts = bool(units_seen(actor, agency, Action.EXEMPT))
    words = {"agency": agency, "rows": page, "exempts": exempts}
    return render(request, "programs/progress_all.html", words)


def programme(request: Request, pk: UUID) -> HttpResponse:
    """Show how far each unit has come with a version of a programme."""
    row = _row(request.actor, pk)
    counts = progress.counts(request.actor, row, datetime.now(UTC))
    words = {"row": row, "agency": row.agency, "counts": counts, **_for_whom(request.actor, row)}
    return render(request, "programs/progress.html", words)


def unit(request: Request, pk: UUID, unit: UUID) -> HttpResponse:
    """Show how far each person of a unit has come with a version of a programme."""
    row = _row(request.actor, pk)
    place = Unit.objects.filter(pk=unit, agency=row.agency).first()
    if place is None:
        raise Missing(f"no unit {unit}")
    found = progress.of_unit(request.actor, row, place, datetime.now(UTC))
    only = request.GET.get("only") == "missing"
    shown = [each for each in found if each.standing.status == "missing"] if only else found
    words: dict[str, Any] = {
        "row": row, "agency": row.agency, "unit": place, "only": only,
        "query": listing.kept(request.GET), **_for_whom(request.actor, row),
        "people": len(found), "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "programs/progress_unit.html", words)


def kept(request: Request, pk: UUID) -> HttpResponse:
    """Show what of the checklists of a programme was kept to."""
    actor = request.actor
    row = _row(actor, pk)
    units = units_seen(actor, row.agency, Action.NOTE_ATTENDANCE)
    everybody = may(actor, Action.NOTE_ATTENDANCE, row.thing())
    if everybody or not units:
        permit(actor, Action.NOTE_ATTENDANCE, row.thing(), "programme", row.id)
    found = fidelity.kept_to(
        row.agency_id, opened(row), units, datetime.now(UTC), everybody=everybody
    )
    words = {"row": row, "agency": row.agency, "kept": found}
    return render(request, "programs/progress_kept.html", words)


def table(request: Request, pk: UUID) -> HttpResponse:
    """Hand out who attended what of a programme, as a table."""
    row = _row(request.actor, pk)
    content = attended.table(request.actor, row, datetime.now(UTC))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = f"attendance-{row.name}-{row.number}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _for_whom(actor: Actor, row: ProgrammeVersion) -> dict[str, Any]:
    """Return whom a programme is for, and whether this person may change it."""
    changes = may(actor, Action.PUBLISH, row.thing())
    return {"said": audience.said_of([row])[row.id], "changes": changes}


def _row(actor: Actor, pk: UUID) -> ProgrammeVersion:
    row = ProgrammeVersion.objects.select_related("agency").filter(pk=pk).first()
    if row is None:
        raise Missing(f"no programme {pk}")
    permit(actor, Action.SEE_CURRICULUM, row.thing(), "programme", row.id)
    return row
