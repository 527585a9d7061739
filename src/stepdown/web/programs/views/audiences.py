"""The page that says whom a programme is for: what was said of it, and the form to change it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems
from stepdown.web.permission import may
from stepdown.web.policy import Action
from stepdown.web.programs import curricula
from stepdown.web.programs.audience import EVERYBODY, Said, history, say, units_of
from stepdown.web.programs.forms import AudienceForm, tell
from stepdown.web.programs.models import ProgrammeVersion, Rollout
from stepdown.web.request import Request

A_PAGE = 50


def audience(request: Request, agency: UUID, part: str) -> HttpResponse:
    """Show whom a programme is for and was, and take another answer."""
    row = curricula.find(request.actor, agency, part)
    if request.method != "POST":
        return _page(request, row)
    given = request.POST
    form = AudienceForm(given)
    try:
        say(
            request.actor, agency, part, given.get("kind", ""), given.getlist("units"),
            given.get("why", ""), datetime.now(UTC),
        )  # fmt: skip
    except InputProblems as error:
        tell(form, error)
        return _page(request, row, form)
    messages.success(request, _("It is noted whom the programme is for."))
    return redirect("curriculum_programme", agency=agency, part=part)


def _page(
    request: Request, row: ProgrammeVersion, sent: AudienceForm | None = None
) -> HttpResponse:
    said = history(row.agency_id, row.name)
    words: dict[str, Any] = {
        "row": row, "agency": row.agency, "said": said[0] if said else Said(EVERYBODY),
        "page": Paginator(said, A_PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    if may(request.actor, Action.PUBLISH, row.thing()):
        words["form"] = _listing_units(sent or AudienceForm(initial=_first(words["said"])), row)
        words["drawn"] = Rollout.objects.filter(agency=row.agency_id, programme=row.name).exists()
    status = 200 if sent is None else 400
    return render(request, "programs/audience.html", words, status=status)


def _first(said: Said) -> dict[str, Any]:
    """Return what the form holds at first: what was said last."""
    return {"kind": said.kind, "units": said.row.units if said.row else []}


def _listing_units(form: AudienceForm, row: ProgrammeVersion) -> AudienceForm:
    units = [(str(unit.id), unit.name) for unit in units_of(row.agency_id)]
    form.fields["units"].widget.choices = units
    return form
