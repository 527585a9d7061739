"""The page of an agency: its units, its people, who may come in, and how long words are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.web.accounts import agencies, people
from stepdown.web.accounts.admin_views.forms import ROLE_NAMES, Invite, KeepFor, UnitName, Zone
from stepdown.web.accounts.admin_views.link import link_page
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.accounts.models import Agency, Person, RoleGrant
from stepdown.web.asked import asked
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Thing
from stepdown.web.request import Request

A_PAGE = 50


def agency(request: Request, pk: UUID | None = None) -> HttpResponse:
    """Show an agency; whoever administers several chooses one first."""
    own = agencies.administered(request.actor)
    if pk is None and len(own) > 1:
        return render(request, "people/which.html", {"agencies": own})
    return _page(request, agencies.find_agency(request.actor, pk, Action.MANAGE_AGENCY))


@confirmed
def invite(request: Request, pk: UUID) -> HttpResponse:
    """Give somebody a role; whoever is new gets a link, which is shown once."""
    if request.method != "POST":
        return redirect("agency_of", pk=pk)
    place = agencies.find_agency(request.actor, pk, Action.INVITE)
    form = Invite(request.POST, agency=place, auto_id="invite_%s")
    if not form.is_valid():
        return _page(request, place, invite=form)
    given, now = form.cleaned_data, datetime.now(UTC)
    done = people.invite(
        request.actor, place, given["name"], given["email"], given["role"], given["unit"], now
    )
    if done.secret is not None:
        return link_page(request, done.person, done.secret, back=("agency_of", place.pk))
    messages.success(
        request, _("They have an account already, and sign in as before. The role was added.")
    )
    return redirect("agency_of", pk=place.pk)


@require_POST
def add_unit(request: Request, pk: UUID) -> HttpResponse:
    """Add a unit."""
    place = agencies.find_agency(request.actor, pk, Action.MANAGE_AGENCY)
    form = UnitName(request.POST, auto_id="unit_%s")
    if not form.is_valid():
        return _page(request, place, unit=form)
    agencies.add_unit(request.actor, place, form.cleaned_data["name"], datetime.now(UTC))
    messages.success(request, _("The unit was added."))
    return redirect("agency_of", pk=place.pk)


@require_POST
def rename_unit(request: Request, pk: UUID) -> HttpResponse:
    """Give a unit another name."""
    form = UnitName(request.POST)
    if not form.is_valid():
        raise people.refused(
            _("the unit's name"), request.POST.get("name", "")[:80], _("1 to 120 letters"),
            _("write another name"),
        )  # fmt: skip
    unit = agencies.rename_unit(request.actor, pk, form.cleaned_data["name"], datetime.now(UTC))
    messages.success(request, _("The unit was renamed."))
    return redirect("agency_of", pk=unit.agency_id)


@confirmed
def keep_for(request: Request, pk: UUID) -> HttpResponse:
    """Change for how long words are kept."""
    if request.method != "POST":
        return redirect("agency_of", pk=pk)
    place = agencies.find_agency(request.actor, pk, Action.MANAGE_AGENCY)
    form = KeepFor(request.POST, auto_id="keep_%s")
    if not form.is_valid():
        return _page(request, place, keep=form)
    given = form.cleaned_data
    agencies.keep_for(
        request.actor, place, given["practice_days"], given["assessment_days"], datetime.now(UTC)
    )
    messages.success(request, _("Kept. Words that are older are deleted within a day."))
    return redirect("agency_of", pk=place.pk)


@require_POST
def zone(request: Request, pk: UUID) -> HttpResponse:
    """Change the time zone in which times of sessions are shown."""
    place = agencies.find_agency(request.actor, pk, Action.MANAGE_AGENCY)
    form = Zone(request.POST, auto_id="zone_%s")
    if not form.is_valid():
        return _page(request, place, zone=form)
    agencies.set_zone(request.actor, place, form.cleaned_data["zone"], datetime.now(UTC))
    messages.success(request, _("Kept. Times of sessions are shown in that zone."))
    return redirect("agency_of", pk=place.pk)


def _page(request: Request, place: Agency, **filled: forms.Form) -> HttpResponse:
    """Show the page; `filled` holds forms with something to correct."""
    permit(request.actor, Action.SEE_PEOPLE, Thing(agency=place.pk), "agency", place.pk)
    sought, unit = asked(request, "q"), asked(request, "unit")
    found = Paginator(_people(place, sought, unit), A_PAGE).get_page(request.GET.get("page"))
    units = place.units.annotate(people=Count("grants__person", distinct=True)).order_by("name")
    kept = {
        "practice_days": place.retention_days,
        "assessment_days": place.assessment_retention_days,
    }
    words: dict[str, Any] = {
        "agency": place, "units": units, "people": found, "q": sought, "unit_asked": unit,
        "roles": ROLE_NAMES, "invite": Invite(agency=place, auto_id="invite_%s"),
        "unit": UnitName(auto_id="unit_%s"),
        "keep": KeepFor(initial=kept, auto_id="keep_%s"),
        "zone": Zone(initial={"zone": place.zone}, auto_id="zone_%s"), **filled,
    }  # fmt: skip
    return render(request, "people/agency.html", words)


def _people(place: Agency, sought: str, unit: str) -> QuerySet[Person]:
    """Return the people of an agency with their roles in it, those that were asked for."""
    grants = RoleGrant.objects.filter(agency=place)
    found = Person.objects.filter(pk__in=grants.values("person"))
    if sought:
        found = found.filter(Q(name__icontains=sought) | Q(email__icontains=sought))
    try:
        if unit:
            found = found.filter(pk__in=grants.filter(unit=UUID(unit)).values("person"))
    except ValueError:
        found = found.none()
    here = Prefetch("grants", grants.select_related("unit").order_by("role"), to_attr="here")
    return found.prefetch_related(here).order_by(Lower("name"), "pk")
