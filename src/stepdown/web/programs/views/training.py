"""The pages of what people were taught: one's own, that of others, who need not come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import DateField, Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Agency
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Thing
from stepdown.web.programs import exempting, listing, people, training
from stepdown.web.programs.curricula import agencies_of, find_agency
from stepdown.web.programs.forms import NAMES, Exempting, tell
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.request import Request

A_PAGE = 50


def own(request: Request) -> HttpResponse:
    """Show what one was taught oneself, and what is to come."""
    now = datetime.now(UTC)
    agencies = agencies_of(request.actor, Action.SEE_SESSION)
    held = [training.mine(request.actor.person, agency, now) for agency in agencies]
    words = {"held": held, "several": len(held) > 1, "reasons": True, "names": NAMES}
    return render(request, "programs/training_own.html", words)


def listed(request: Request, pk: UUID) -> HttpResponse:
    """List the trainees of an agency whose training this person may see."""
    agency = _agency(pk)
    units = people.units_seen(request.actor, agency)
    whole = may(request.actor, Action.SEE_TRAINING, Thing(agency=agency.id))
    if whole or not units:
        permit(request.actor, Action.SEE_TRAINING, Thing(agency=agency.id), "agency", agency.id)
    for unit in [] if whole else units:
        thing = Thing(agency=agency.id, units=frozenset([unit.id]))
        permit(request.actor, Action.SEE_TRAINING, thing, "unit", unit.id)
    sought = request.GET.get("q", "").replace("\0", "").strip()[:120]
    chosen = [unit for unit in units if str(unit.id) == request.GET.get("unit")]
    found = people.trainees(agency, chosen or (None if whole else units), sought)
    words = {
        "agency": agency, "units": units, "q": sought,
        "unit": str(chosen[0].id) if chosen else "", "query": listing.kept(request.GET),
        "rows": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "programs/training_people.html", words)


def person(request: Request, pk: UUID, person: UUID) -> HttpResponse:
    """Show what somebody was taught to whoever teaches their unit."""
    return _page(request, pk, person)


@require_POST
def exempt(request: Request, pk: UUID, person: UUID) -> HttpResponse:
    """Note that somebody need not come for a while."""
    permit(request.actor, Action.EXEMPT, people.thing_of(pk, person))
    form = Exempting(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            exempting.exempt(
                request.actor, pk, person, given["reason"], given["start"], given["until"],
                given["note"], datetime.now(UTC), key=given["key"],
            )  # fmt: skip
        except InputProblems as error:
            tell(form, error)
        else:
            messages.success(request, _("The exemption is noted."))
            return redirect("training_person", pk=pk, person=person)
    return _page(request, pk, person, form)


@require_POST
def end(request: Request, pk: UUID) -> HttpResponse:
    """End an exemption on an earlier day."""
    exempting.find(request.actor, pk)
    text = request.POST.get("until", "")
    try:
        until = DateField().clean(text)
    except ValidationError:
        problem = Problem("until", repr(text)[:40], _("a day"), _("choose its last day"))
        raise InputProblems(_("the exemption"), [problem]) from None
    found = exempting.end(request.actor, pk, until, datetime.now(UTC))
    messages.success(request, _("The exemption ends on that day."))
    return redirect("training_person", pk=found.agency_id, person=found.person_id)


@require_POST
def withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Take an exemption back."""
    found = exempting.withdraw(request.actor, pk, datetime.now(UTC))
    messages.success(request, _("The exemption is taken back. It stays here to be seen."))
    return redirect("training_person", pk=found.agency_id, person=found.person_id)


def exempted(request: Request, pk: UUID) -> HttpResponse:
    """List who of an agency need not come today, or later."""
    agency = find_agency(request.actor, pk, Action.SEE_SESSION)
    units = people.units_seen(request.actor, agency, Action.EXEMPT)
    whole = may(request.actor, Action.EXEMPT, Thing(agency=agency.id))
    if whole or not units:
        permit(request.actor, Action.EXEMPT, Thing(agency=agency.id), "agency", agency.id)
    for unit in [] if whole else units:
        thing = Thing(agency=agency.id, units=frozenset([unit.id]))
        permit(request.actor, Action.EXEMPT, thing, "unit", unit.id)
    today = day_of(datetime.now(UTC), zone_of(agency))
    rows = exempting.standing_from(agency, today, None if whole else units)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    words = {"agency": agency, "rows": page, "names": NAMES, "today": today}
    return render(request, "programs/training_exempted.html", words)


def _page(request: Request, pk: UUID, person: UUID, form: Form | None = None) -> HttpResponse:
    actor, now = request.actor, datetime.now(UTC)
    agency = _agency(pk)
    found, held, reasons = training.of_person(actor, agency, person, now)
    words: dict[str, Any] = {
        "agency": agency, "person": found, "training": held, "reasons": reasons, "names": NAMES,
        "today": day_of(now, zone_of(agency)),
    }  # fmt: skip
    if may(actor, Action.EXEMPT, people.thing_of(agency.id, person)):
        words["form"] = form or Exempting(initial={"key": uuid4(), "start": words["today"]})
    status = 400 if form is not None else 200
    return render(request, "programs/training_person.html", words, status=status)


def _agency(pk: UUID) -> Agency:
    found = Agency.objects.filter(pk=pk).first()
    if found is None:
        raise Missing(f"no agency {pk}")
    return found
