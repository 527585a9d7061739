"""Pages that say what went wrong, in the form that was asked for: a page, a part, or JSON."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.i18n import set_language

from stepdown.problems import InputProblems, StepdownError

SAID = {
    400: (gettext_lazy("That could not be used"), ""),
    403: (
        gettext_lazy("This is not open to you"),
        gettext_lazy("Your roles do not include it. Whoever administers your agency can say more."),
    ),
    404: (
        gettext_lazy("There is nothing here"),
        gettext_lazy("The address is wrong, or what was here is not for you to see."),
    ),
    413: (
        gettext_lazy("That is too large"),
        gettext_lazy("Files may hold up to 2 MB. Nothing was stored."),
    ),
    429: (
        gettext_lazy("Too many tries"),
        gettext_lazy("Wait a few minutes, then try again."),
    ),
    500: (
        gettext_lazy("Something went wrong on our side"),
        gettext_lazy("It was noted, without what you wrote. What was acknowledged is kept."),
    ),
    503: (
        gettext_lazy("The record is busy"),
        gettext_lazy("Nothing was lost. Wait a moment and send it again."),
    ),
    507: (
        gettext_lazy("The disk is full"),
        gettext_lazy(
            "What you sent last was not stored; everything acknowledged before is kept."
            " Tell whoever runs this site, then send it again."
        ),
    ),
}

ENTRANCES = frozenset({
    "enter", "account_login", "mfa_authenticate", "account_reset_password",
    "account_reset_password_from_key",
})  # fmt: skip
"""Pages by which one comes in: whoever fails there is not sent to sign in, but told."""


def page_for(request: HttpRequest, status: int, error: StepdownError | None = None) -> HttpResponse:
    """Return the answer for a status, listing every problem of an input."""
    title, text = SAID[status]
    problems = error.problems if isinstance(error, InputProblems) else ()
    if request.path.startswith("/api/"):
        listed = [problem.as_dict() for problem in problems]
        return JsonResponse(
            {"error": str(error or f"{title}. {text}"), "problems": listed}, status=status
        )
    words = {
        "title": title, "text": text or (str(error) if error and not problems else ""),
        "problems": problems, "status": status,
    }  # fmt: skip
    part = request.headers.get("HX-Request") is not None
    return render(request, "part/fault.html" if part else "fault.html", words, status=status)


def language(request: HttpRequest) -> HttpResponse:
    """Show the site in another language from now on, and go back to the same page."""
    return set_language(request)


def refused_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or stale: often a session has ended meanwhile."""
    if not request.user.is_authenticated:
        match = request.resolver_match
        if match is None or match.view_name not in ENTRANCES:
            return sent_to(request, sign_in(request))
        text = _(
            "The form was too old, or your browser keeps no cookies of this site."
            " Let it keep them, open the page again, and send the form once more."
        )
        return page_for(request, 400, error=StepdownError(text))
    error = StepdownError(_("The form was too old. Go back, reload the page, and send it again."))
    return page_for(request, 400, error=error)


def sent_to(request: HttpRequest, to: str) -> HttpResponse:
    """Send a browser there; a part of a page cannot be sent, so htmx is told to load all of it."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


def sign_in(request: HttpRequest) -> str:
    """Return where whoever is not signed in comes in, and from there back to the page they saw."""
    if settings.SITE.mode == "alone":
        return reverse("alone")
    return f"{reverse('account_login')}?{urlencode({'next': _seen(request)})}"


def _seen(request: HttpRequest) -> str:
    """Return the page that was asked for, or the one of ours on which a form was."""
    if request.method in ("GET", "HEAD") and "HX-Request" not in request.headers:
        return request.get_full_path()
    where = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(where, {request.get_host()})
    return urlsplit(where).path if where and ours else "/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that is not known."""
    return page_for(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer what went wrong outside a page: the disk is full, or nobody foresaw it."""
    from stepdown.web.middleware import status_of

    error = sys.exc_info()[1]
    return page_for(request, (error and status_of(error)) or 500)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer when somebody tries too often."""
    return page_for(request, 429)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that is none."""
    return page_for(request, 400)
