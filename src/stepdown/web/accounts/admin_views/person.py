"""The page of a person, as the administrator of an agency sees them: what is of that agency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.web.accounts import people
from stepdown.web.accounts.admin_views.forms import ROLE_NAMES, GiveRole, Hold
from stepdown.web.accounts.admin_views.link import link_page
from stepdown.web.accounts.agencies import administered
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.accounts.models import Agency, Person, RoleGrant
from stepdown.web.accounts.models import Hold as HoldRow
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Thing
from stepdown.web.privacy.erase import erase_here
from stepdown.web.privacy.hold import hold as set_hold
from stepdown.web.privacy.hold import lift, standing
from stepdown.web.request import Request


@dataclass(frozen=True, slots=True)
class Here:
    """A person in one agency: roles, whether they are let in, the hold, and forms."""

    agency: Agency
    grants: list[RoleGrant]
    hold: HoldRow | None
    give: GiveRole
    reason: Hold

    @property
    def suspended(self) -> bool:
        """Whether this agency lets them in no more."""
        return any(grant.suspended_at for grant in self.grants)


def person(request: Request, pk: UUID) -> HttpResponse:
    """Show a person, in each agency that whoever asks administers."""
    return _page(request, pk)


def _page(
    request: Request, pk: UUID, agency: UUID | None = None,
    give: GiveRole | None = None, reason: Hold | None = None,
) -> HttpResponse:  # fmt: skip
    """Show the page; `give` and `reason` are forms of one agency with something to correct."""
    found = Person.objects.prefetch_related("grants__unit").filter(pk=pk).first()
    places = [a for a in administered(request.actor) if found and people.roles_here(found, a)]
    if found is None or not places:
        permit(request.actor, Action.GIVE_ROLE, Thing(owner=pk), "person", pk)
        raise Missing(f"no person {pk}")
    sections = []
    for place in places:
        people.member(request.actor, pk, place.pk, Action.SEE_PEOPLE)
        here = place.pk == agency
        sections.append(_here(found, place, give if here else None, reason if here else None))
    words = {"person": found, "places": sections, "roles": ROLE_NAMES}
    return render(request, "people/person.html", words)


def _here(person: Person, place: Agency, give: GiveRole | None, reason: Hold | None) -> Here:
    ids = f"id_{place.pk}_%s"
    grants = sorted(people.roles_here(person, place), key=lambda g: (g.role, str(g.unit)))
    return Here(
        place, grants, standing(person).filter(agency=place).first(),
        give or GiveRole(agency=place, auto_id=ids), reason or Hold(auto_id=ids),
    )  # fmt: skip


@confirmed
def give(request: Request, pk: UUID, agency: UUID) -> HttpResponse:
    """Give a role."""
    if request.method == "POST":
        _found, place = people.member(request.actor, pk, agency, Action.GIVE_ROLE)
        form = GiveRole(request.POST, agency=place, auto_id=f"id_{place.pk}_%s")
        if not form.is_valid():
            return _page(request, pk, agency, give=form)
        given = form.cleaned_data
        people.give(request.actor, pk, agency, given["role"], given["unit"], datetime.now(UTC))
        messages.success(request, _("The role was given."))
    return redirect("person", pk=pk)


@confirmed
def take(request: Request, pk: UUID, agency: UUID, grant: int) -> HttpResponse:
    """Take a role away; whoever has no role here any more is not shown here any more."""
    if request.method != "POST":
        return redirect("person", pk=pk)
    people.take(request.actor, pk, agency, grant, datetime.now(UTC))
    messages.success(request, _("The role was taken away."))
    if RoleGrant.objects.filter(person=pk, agency=agency).exists():
        return redirect("person", pk=pk)
    return redirect("agency_of", pk=agency)


@confirmed
def deactivate(request: Request, pk: UUID, agency: UUID) -> HttpResponse:
    """Let somebody in no more."""
    if request.method == "POST":
        people.deactivate(request.actor, pk, agency, datetime.now(UTC))
        messages.success(request, _("Deactivated, and signed out everywhere. Nothing was deleted."))
        if pk == request.actor.id:
            return redirect("home")
    return redirect("person", pk=pk)


@confirmed
def reactivate(request: Request, pk: UUID, agency: UUID) -> HttpResponse:
    """Let somebody in again."""
    if request.method == "POST":
        people.reactivate(request.actor, pk, agency, datetime.now(UTC))
        messages.success(request, _("They may come in again, with the roles that they had."))
    return redirect("person", pk=pk)


@confirmed
def link(request: Request, pk: UUID, agency: UUID) -> HttpResponse:
    """Make a new link for somebody who forgot their password or lost their second factor."""
    if request.method != "POST":
        return redirect("person", pk=pk)
    lost = request.POST.get("second_factor") == "on"
    secret = people.new_link(request.actor, pk, agency, datetime.now(UTC), second_factor=lost)
    return link_page(request, Person.objects.get(pk=pk), secret, back=("person", pk))


@require_POST
def hold(request: Request, pk: UUID, agency: UUID) -> HttpResponse:
    """Put the person's data under legal hold."""
    people.member(request.actor, pk, agency, Action.HOLD)
    form = Hold(request.POST, auto_id=f"id_{agency}_%s")
    if not form.is_valid():
        return _page(request, pk, agency, reason=form)
    set_hold(request.actor, pk, agency, form.cleaned_data["reason"], datetime.now(UTC))
    messages.success(request, _("The hold stands. They see it on their own pages."))
    return redirect("person", pk=pk)


@confirmed
def release(request: Request, pk: UUID, agency: UUID) -> HttpResponse:
    """Lift the hold."""
    if request.method == "POST":
        lift(request.actor, pk, agency, datetime.now(UTC))
        messages.success(request, _("The hold was lifted. What is due is deleted within a day."))
    return redirect("person", pk=pk)


@confirmed
def erase(request: Request, pk: UUID, agency: UUID) -> HttpResponse:
    """Say what an erasure does; do it when the address is typed."""
    found, place = people.member(request.actor, pk, agency, Action.ERASE)
    wrong = False
    if request.method == "POST":
        wrong = request.POST.get("email", "").strip().lower() != found.email.lower()
        if not wrong:
            erase_here(request.actor, pk, agency, datetime.now(UTC))
            messages.success(request, _("Erased. What is only counted stays, without a name."))
            if pk == request.actor.id:
                return redirect("home")
            return redirect("agency_of", pk=agency)
    words = {"person": found, "agency": place, "wrong": wrong,
             "hold": standing(found).filter(agency=place).first()}  # fmt: skip
    return render(request, "people/erase.html", words)
