"""Leaving for a single sign-on, and coming back from it."""

from __future__ import annotations

import logging

from allauth.socialaccount.providers.openid_connect import views as library
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from requests import RequestException

from stepdown.web.request import Request

LOG = logging.getLogger("stepdown.web")


@never_cache
def leave(request: Request, provider_id: str) -> HttpResponse:
    """Send a browser to the provider; whoever is signed in already must prove themselves there.

    A page sends it, not an answer to the form: forms of this site may lead nowhere else.
    """
    asked = request.GET.copy()
    for name in ("process", "scope", "auth_params"):
        asked.pop(name, None)
    if request.user.is_authenticated:
        asked["auth_params"] = "prompt=login"
    request.GET = asked  # type: ignore[assignment]
    try:
        response: HttpResponse = library.login(request, provider_id)
    except (RequestException, KeyError) as error:
        return _silent(request, error)
    if response.status_code == 302:
        return render(request, "socialaccount/leaving.html", {"to": response["Location"]})
    return response


@never_cache
def back(request: Request, provider_id: str) -> HttpResponse:
    """Take what the provider says."""
    try:
        response: HttpResponse = library.callback(request, provider_id)
    except (RequestException, KeyError) as error:
        return _silent(request, error)
    return response


def _silent(request: Request, error: Exception) -> HttpResponse:
    LOG.error("single sign-on", exc_info=error, extra={"request": request.id})
    return render(request, "socialaccount/authentication_error.html", status=502)
