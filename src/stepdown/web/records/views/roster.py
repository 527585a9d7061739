"""The page of an agency's roster: who serves, where, since when; and one person's days."""

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
from stepdown.web.accounts.models import Agency
from stepdown.web.asked import asked
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Thing
from stepdown.web.records import members, rosters
from stepdown.web.records.models import RosterImport
from stepdown.web.records.views.roster_forms import Days, Upload, Written
from stepdown.web.request import Request

A_PAGE = 50
LATEST = 5


def page(request: Request, agency: UUID | None = None) -> HttpResponse:
    """Show a roster; whoever may read in those of several agencies chooses one first."""
    if agency is not None:
        return shown(request, rosters.find_place(request.actor, agency))
    own = rosters.agencies_of(request.actor)
    if not own:
        permit(request.actor, Action.IMPORT_ROSTER, _home(request))
        raise Missing("no agency whose roster they may read in")
    if len(own) == 1:
        return shown(request, own[0])
    return render(request, "records/roster_which.html", {"agencies": own})


def csv(request: Request, agency: UUID) -> HttpResponse:
    """Hand the roster out as CSV."""
    now = datetime.now(UTC)
    raw = members.written(request.actor, agency, now)
    response = HttpResponse(raw, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="roster-{now:%Y-%m-%d}.csv"'
    return response


def member(request: Request, agency: UUID, person: UUID) -> HttpResponse:
    """Show what is known of somebody's service, or change it."""
    place, found, row = members.find_member(request.actor, agency, person)
    initial = {"number": row.number, "hired": row.hired, "certified": row.certified}
    form = Days(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            members.change(request.actor, agency, person, given["number"], given["hired"],
                           given["certified"], datetime.now(UTC))  # fmt: skip
        except InputProblems as error:
            for problem in error.problems:
                field = problem.where if problem.where in form.fields else None
                form.add_error(field, f"{problem.expected}: {problem.fix}")
        else:
            messages.success(request, _("Kept."))
            return redirect("roster_of", agency=agency)
    since = members.hired_days(place).get(found.pk)
    words = {"agency": place, "person": found, "member": row, "form": form, "since": since,
             "own": members.is_own(request.actor, found)}  # fmt: skip
    return render(request, "records/roster_member.html", words,
                  status=400 if form.errors else 200)  # fmt: skip


def shown(request: Request, place: Agency, status: int = 200, **more: Any) -> HttpResponse:
    """Return the page of a roster; `more` may hold forms with something to correct."""
    permit(request.actor, Action.SEE_PEOPLE, Thing(agency=place.pk), "agency", place.pk)
    sought, unit, who = asked(request, "q"), asked(request, "unit"), asked(request, "who")
    who = who if who in members.WHO else members.WHO[0]
    found = members.listed(place, sought, unit, who)
    imports = RosterImport.objects.filter(agency=place).select_related("by")[:LATEST]
    words: dict[str, Any] = {
        "agency": place, "serving": members.headcount(place), "imports": imports,
        "people": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "units": place.units.order_by("name"), "q": sought, "unit_asked": unit, "who": who,
        "waiting": rosters.waiting(place, datetime.now(UTC)),
        "upload": Upload(), "written": Written(), **more,
    }  # fmt: skip
    return render(request, "records/roster.html", words, status=status)


def _home(request: Request) -> Thing:
    return Thing(agency=next((g.agency for g in request.actor.grants if g.agency), None))
