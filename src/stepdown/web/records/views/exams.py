"""The pages of practical exams of a unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Unit
from stepdown.web.permission import may
from stepdown.web.policy import Action
from stepdown.web.practice.units import thing_of
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records import examining
from stepdown.web.records.examining import Result
from stepdown.web.records.techniques import techniques
from stepdown.web.request import Request

A_PAGE = 50
OTHER_FIELDS = 10
"""Of the form, more than there are: the day, and what keeps strangers from sending it."""
_CELL = re.compile(r"score-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([a-z][a-z0-9_-]{0,60})")


def listing(request: Request, pk: UUID) -> HttpResponse:
    """Show the exams of a unit."""
    actor = request.actor
    unit = examining.find_unit(actor, pk, Action.SEE_TRAINING)
    page = Paginator(examining.examined_in(unit), A_PAGE).get_page(request.GET.get("page"))
    known = examining.scored_in(page, techniques(unit.agency_id))
    rows = [
        (exam, [(name, exam.scores.get(t)) for t, name in known.items()],
         exam.withdrawn_at is None and may(actor, Action.EXAMINE, exam.thing()))
        for exam in page
    ]  # fmt: skip
    words = {
        "unit": unit, "page": page, "rows": rows, "techniques": list(known.values()),
        "examines": may(actor, Action.EXAMINE, thing_of(unit)),
    }  # fmt: skip
    return render(request, "records/exams.html", words)


def note(request: Request, pk: UUID) -> HttpResponse:
    """Show the form of an exam's scores, and take them: all or none."""
    unit = examining.find_unit(request.actor, pk, Action.EXAMINE)
    if request.method != "POST":
        return _form(request, unit, {}, ())
    now = datetime.now(UTC)
    try:
        made = examining.note_exams(
            request.actor, pk, _day(request.POST.get("day", "")), _results(request.POST), now
        )
    except InputProblems as error:
        return _form(request, unit, request.POST, error.problems)
    n = len(made)
    told = ngettext("%(n)d exam is noted.", "%(n)d exams are noted.", n) % {"n": n}
    messages.success(request, told if n else _("These exams were noted already."))
    return redirect("exams", pk=unit.pk)


@require_POST
def take_back(request: Request, pk: UUID) -> HttpResponse:
    """Take an exam back."""
    exam = examining.take_back(request.actor, pk, datetime.now(UTC))
    messages.success(request, _("The exam is taken back. It stays in the list and counts nowhere."))
    return redirect("exams", pk=exam.unit_id)


def _form(
    request: Request, unit: Unit, given: Mapping[str, Any], problems: tuple[Any, ...]
) -> HttpResponse:
    people = examining.can_be_examined(request.actor, unit)
    known = techniques(unit.agency_id)
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - OTHER_FIELDS
    at_once = max(min(A_PAGE, most // len(known)), 1)
    page = Paginator(people, at_once).get_page(request.GET.get("page"))
    rows = [
        (person, [(t, name, f"score-{person.id}-{t}", given.get(f"score-{person.id}-{t}", ""))
                  for t, name in known.items()])
        for person in page
    ]  # fmt: skip
    today = day_of(datetime.now(UTC), zone_of(unit.agency))
    words = {
        "unit": unit, "page": page, "rows": rows, "techniques": list(known.items()),
        "day": given.get("day", today.isoformat()), "today": today, "problems": problems,
    }  # fmt: skip
    return render(request, "records/exams_note.html", words, status=400 if problems else 200)


def _results(given: Mapping[str, Any]) -> list[Result]:
    """Return what was filled in, by person; a field left empty was not tested."""
    found: dict[UUID, dict[str, str]] = {}
    for field, value in given.items():
        cell = _CELL.fullmatch(field)
        if cell and str(value).strip():
            found.setdefault(UUID(cell[1]), {})[cell[2]] = str(value).strip()
    return [Result(person, scores) for person, scores in found.items()]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
