"""The page of those who run the site: its agencies, their administrators, and their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from stepdown.web.accounts import agencies, people
from stepdown.web.accounts.admin_views.forms import Administrator, BackIn, NewAgency, Who
from stepdown.web.accounts.admin_views.link import link_page
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.accounts.models import Agency, RoleGrant
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Role
from stepdown.web.request import Request


def site(request: Request) -> HttpResponse:
    """Show the agencies and who runs the site."""
    return _page(request)


@confirmed
def add_agency(request: Request) -> HttpResponse:
    """Add an agency with its first administrator."""
    if request.method != "POST":
        return redirect("agencies")
    form = NewAgency(request.POST, auto_id="new_%s")
    if not form.is_valid():
        return _page(request, new=form)
    given, now = form.cleaned_data, datetime.now(UTC)
    _agency, first = agencies.add_agency(
        request.actor, given["name"], given["admin_name"], given["admin_email"], now
    )
    return _invited(request, first)


@confirmed
def appoint(request: Request, pk: UUID) -> HttpResponse:
    """Give an agency one more administrator."""
    if request.method != "POST":
        return redirect("agencies")
    form = Administrator(request.POST)
    if not form.is_valid():
        return _page(request, appoint=form, appoint_in=pk)
    given = form.cleaned_data
    return _invited(request, agencies.appoint(
        request.actor, pk, given["name"], given["email"], datetime.now(UTC)))  # fmt: skip


@confirmed
def give(request: Request) -> HttpResponse:
    """Let somebody run the site."""
    if request.method == "POST":
        form = Who(request.POST, auto_id="who_%s")
        if not form.is_valid():
            return _page(request, who=form)
        agencies.give_site(request.actor, form.cleaned_data["email"], datetime.now(UTC))
        messages.success(request, _("They run the site now; they need a second factor."))
    return redirect("agencies")


@confirmed
def take(request: Request, pk: UUID) -> HttpResponse:
    """Let somebody run the site no more."""
    if request.method == "POST":
        agencies.take_site(request.actor, pk, datetime.now(UTC))
        messages.success(request, _("The role was taken away."))
        if pk == request.actor.id:
            return redirect("home")
    return redirect("agencies")


@confirmed
def link(request: Request) -> HttpResponse:
    """Make a new link for somebody who cannot sign in any more."""
    if request.method != "POST":
        return redirect("agencies")
    form = BackIn(request.POST, prefix="back")
    if not form.is_valid():
        return _page(request, back_in=form)
    given, now = form.cleaned_data, datetime.now(UTC)
    secret = agencies.site_link(
        request.actor, given["email"], now, second_factor=given["second_factor"]
    )
    person = people.by_email(given["email"])
    assert person is not None  # noqa: S101
    return link_page(request, person, secret, back=("agencies", None))


def _page(request: Request, **filled: Any) -> HttpResponse:
    permit(request.actor, Action.ADD_AGENCY, agencies.SITE, "site")
    admins = RoleGrant.objects.filter(role=Role.AGENCY_ADMIN).select_related("person")
    listed = Agency.objects.order_by("name").prefetch_related(
        Prefetch("grants", admins.order_by("person__name"), to_attr="administrators")
    )
    running = RoleGrant.objects.filter(role=Role.SITE_ADMIN).select_related("person")
    words: dict[str, forms.Form | Any] = {
        "agencies": listed.annotate(people=Count("grants__person", distinct=True)),
        "running": running.order_by("person__name"), "new": NewAgency(auto_id="new_%s"),
        "who": Who(auto_id="who_%s"), "back_in": BackIn(prefix="back"),
        "appoint": Administrator(auto_id=False), **filled,
    }  # fmt: skip
    return render(request, "people/site.html", words)


def _invited(request: Request, done: people.Invited) -> HttpResponse:
    if done.secret is not None:
        return link_page(request, done.person, done.secret, back=("agencies", None))
    messages.success(request, _("They have an account already, and sign in as before."))
    return redirect("agencies")
