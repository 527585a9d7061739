"""The pages of rollouts: the list, a new draw, what was drawn and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems, Problem
from stepdown.retention.rollout_record import rollout_text
from stepdown.web.accounts.models import Agency, Unit
from stepdown.web.permission import may
from stepdown.web.policy import Action, Thing
from stepdown.web.programs import actual_dates, drawing, rollouts
from stepdown.web.programs.curricula import find_agency
from stepdown.web.programs.models import Rollout
from stepdown.web.programs.rollout_forms import ActualForm, DrawForm
from stepdown.web.programs.undrawable import undrawable
from stepdown.web.programs.zones import zone_of
from stepdown.web.request import Request

PAGE = 50


def page(request: Request) -> HttpResponse:
    """Show the rollouts of the agencies of which this person may see them."""
    agencies = rollouts.agencies_of(request.actor)
    draws = [a for a in agencies if may(request.actor, Action.DRAW, Thing(agency=a.id))]
    rows = Paginator(rollouts.listed(agencies), PAGE).get_page(request.GET.get("page"))
    words = {"agencies": agencies, "draws": draws, "page": rows}
    return render(request, "programs/rollouts.html", words)


def draw(request: Request, agency: UUID) -> HttpResponse:
    """Show the form of a draw, and draw what was looked at."""
    place = find_agency(request.actor, agency, Action.DRAW)
    form = _form(request, place)
    if not form.is_valid():
        return _asked(request, place, form)
    given, now = form.cleaned_data, datetime.now(UTC)
    mark = request.POST.get("mark", "")
    try:
        row = drawing.draw(request.actor, place.id, given["key"], form.wanted(), mark, now)
    except InputProblems as error:
        return _asked(request, place, form, error.problems)
    messages.success(request, _("It is drawn. Give the digest to somebody else today."))
    return redirect("rollout", pk=row.id)


@require_POST
def look(request: Request, agency: UUID) -> HttpResponse:
    """Show what would be drawn, or everything that is wrong with it; nothing is drawn."""
    place = find_agency(request.actor, agency, Action.DRAW)
    form = _form(request, place)
    if "again" in request.POST:
        return _asked(request, place, form, status=200)
    found, wrong, valid = None, tuple[Problem, ...](), form.is_valid()
    if form.is_bound:
        try:
            found = drawing.look(request.actor, place.id, form.wanted(), datetime.now(UTC))
        except InputProblems as error:
            unread = form.unread()
            wrong = tuple(p for p in error.problems if p.where.split(" ")[0] not in unread)
    if found is None or not valid:
        return _asked(request, place, form, wrong)
    words = {
        "found": found, "form": form, "agency": place,
        "strata": any(unit.stratum for unit in found.plan.units),
    }  # fmt: skip
    return render(request, "programs/draw_look.html", words)


def rollout(request: Request, pk: UUID) -> HttpResponse:
    """Show who is in which wave, actual dates, and how anybody can draw it again."""
    return _shown(request, rollouts.find(request.actor, pk))


@require_POST
def note(request: Request, pk: UUID) -> HttpResponse:
    """Write down when a unit was trained."""
    row = rollouts.find(request.actor, pk, Action.DRAW)
    form = ActualForm(request.POST, units=list(row.units))
    if form.is_valid():
        given = form.cleaned_data
        try:
            actual_dates.note(
                request.actor, pk, given["unit"], given["day"], given["note"], datetime.now(UTC)
            )
        except InputProblems as error:
            for problem in error.problems:
                _tell(form, problem.where, problem.given, problem.expected)
        else:
            messages.success(request, _("It is written down."))
            return redirect("rollout", pk=pk)
    return _shown(request, row, form)


def file(request: Request, pk: UUID) -> HttpResponse:
    """Hand out the record of a draw with its actual dates, as `stepdown rollout check` reads it."""
    row = rollouts.find(request.actor, pk)
    text = rollout_text(rollouts.opened(row))
    response = HttpResponse(text.encode(), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rollout-{row.at:%Y-%m-%d}.json"'
    return response


def _shown(request: Request, row: Rollout, form: ActualForm | None = None) -> HttpResponse:
    found = rollouts.opened(row)
    rows = actual_dates.rows_of(row, found)
    history = row.actual.select_related("by").order_by("-at", "-id")
    draws = may(request.actor, Action.DRAW, row.thing())
    words = {
        "row": row, "draw": found.draw, "waves": list(enumerate(found.draw.plan.waves, start=1)),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "strata": any(r.drawn.stratum for r in rows),
        "history": Paginator(history, PAGE).get_page(request.GET.get("before")),
        "others": rollouts.others_of(row).count(), "draws": draws,
        "title": rollouts.programmes_of(row.agency_id).get(row.programme, row.programme),
        "form": form or ActualForm(units=sorted(row.units)) if draws else None,
    }  # fmt: skip
    return render(request, "programs/rollout.html", words, status=400 if form else 200)


def _tell(form: forms.Form, where: str, given: str, expected: str) -> None:
    """Show a problem beside its field."""
    said = _("%(given)s; needed: %(expected)s") % {"given": given, "expected": expected}
    form.add_error(where if where in form.fields else None, said)


def _form(request: Request, place: Agency) -> DrawForm:
    """Return the form of a draw in an agency, with what was sent."""
    units = list(Unit.objects.filter(agency=place).order_by("name"))
    return DrawForm(
        request.POST or None, units=units, programmes=rollouts.programmes_of(place.id),
        zone=zone_of(place), barred=undrawable(place, units, datetime.now(UTC)),
        initial={"key": uuid4()},
    )  # fmt: skip


def _asked(
    request: Request, place: Agency, form: DrawForm, problems: Sequence[Problem] = (),
    status: int | None = None,
) -> HttpResponse:  # fmt: skip
    words = {"agency": place, "form": form, "problems": problems, "zone": place.zone}
    status = status or (400 if form.is_bound else 200)
    return render(request, "programs/draw.html", words, status=status)
