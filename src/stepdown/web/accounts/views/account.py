"""One's own account: name and language, how and where one signs in."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.web.accounts import about, devices, tokens
from stepdown.web.accounts.adapters import speak
from stepdown.web.accounts.admin_views.forms import ROLE_NAMES
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.accounts.forms import AboutMe
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.request import Request


def account(request: Request) -> HttpResponse:
    """Show one's own account, and change name and language."""
    now, person = datetime.now(UTC), about.me(request.actor)
    given = request.POST if request.method == "POST" else None
    form = AboutMe(given, initial={"name": person.name, "language": person.language})
    if form.is_valid():
        about.rename(request.actor, form.cleaned_data["name"], form.cleaned_data["language"], now)
        messages.success(request, _("Kept."))
        response = redirect("account")
        if form.cleaned_data["language"]:
            speak(response, form.cleaned_data["language"])
        return response
    factors = Authenticator.objects.filter(user=person)
    words = {
        "form": form, "person": person, "tokens": tokens.mine(request.actor, now),
        "devices": devices.mine(request.actor, request.session.session_key),
        "factors": factors.exclude(type=Authenticator.Type.RECOVERY_CODES).count(),
        "roles": about.roles(person), "role_names": ROLE_NAMES, "home": _home(request),
        "by_sso": request.session.get("signed_in_by") == "sso",
    }  # fmt: skip
    return render(request, "accounts/account.html", words)


def _home(request: Request) -> RoleGrant | None:
    """Return the role whose agency and unit one's own practice counts for."""
    home = request.actor.home
    if home is None:
        return None
    found = RoleGrant.objects.filter(person=request.actor.person).select_related("agency", "unit")
    return found.filter(role=home.role, agency=home.agency, unit=home.unit).first()


@confirmed
def end_session(request: Request, pk: int) -> HttpResponse:
    """Sign out in one other browser."""
    if request.method == "POST":
        devices.end_one(request.actor, pk, datetime.now(UTC))
        messages.success(request, _("Signed out there."))
    return redirect("account")


@confirmed
def end_sessions(request: Request) -> HttpResponse:
    """Sign out in all other browsers."""
    if request.method == "POST":
        devices.end_others(request.actor, request.session.session_key, datetime.now(UTC))
        messages.success(request, _("Signed out everywhere else."))
    return redirect("account")


@require_POST
def revoke_token(request: Request, pk: UUID) -> HttpResponse:
    """Take away a key for programs."""
    tokens.revoke(request.actor, pk, datetime.now(UTC))
    messages.success(request, _("Revoked. It opens nothing any more."))
    return redirect("account")
