"""The page of a one-time link."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from stepdown.web.accounts import entering
from stepdown.web.accounts.forms import Enter
from stepdown.web.pages import too_many
from stepdown.web.request import Request


@never_cache
@sensitive_post_parameters("password1", "password2")
def enter(request: Request, token: str) -> HttpResponse:
    """Greet whoever has a link, take a name and a password, and sign them in."""
    if not ratelimit.consume(request, app="allauth.account", action="enter", limit_get=True):
        return too_many(request)
    now = datetime.now(UTC)
    try:
        person = entering.person_of(token, now)
        given = request.POST if request.method == "POST" else None
        form = Enter(given, person=person, initial={"name": person.name})
        if not form.is_valid():
            return render(request, "accounts/enter.html", {"form": form, "person": person})
        filled = form.cleaned_data
        email = filled.get("email", "")
        person = entering.use_link(token, filled["name"], filled["password1"], now, email)
    except entering.LinkGone:
        return render(request, "accounts/link_gone.html", status=404)
    logout(request)
    response: HttpResponse = perform_login(request, person)
    return response
