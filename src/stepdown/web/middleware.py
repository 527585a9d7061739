"""What holds for every request: where it came from, how long a session lasts, who may come in."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpResponse
from django.urls import reverse

from stepdown.problems import StepdownError
from stepdown.web.access import Access
from stepdown.web.audit.log import Origin, coming_from
from stepdown.web.limits import TooMany
from stepdown.web.pages import page_for, sent_to, sign_in
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Actor
from stepdown.web.practice.play import Busy
from stepdown.web.request import Request
from stepdown.web.routes import access

Next = Callable[[Request], HttpResponse]
LOG = logging.getLogger("stepdown.web")
STATUS: dict[type[Exception], int] = {
    Missing: 404,
    Busy: 503,
    TooMany: 429,
    RequestDataTooBig: 413,
    TooManyFilesSent: 413,
    StepdownError: 400,
}
_POLLS = re.compile(
    r"/(?:assess/[^/]+/new|units/[^/]+/running|refreshers/[^/]+/progress"
    r"|sessions/[^/]+/wall/code)/"
)
BEGUN, SEEN = "session_begun", "session_seen"


def origin(answer: Next) -> Next:
    """Give every request an id, note where it came from, and log route, status and time."""

    def middleware(request: Request) -> HttpResponse:
        request.id = uuid.uuid4().hex
        begun = time.perf_counter()
        with coming_from(Origin(_address(request), request.id)):
            response = answer(request)
        match = request.resolver_match
        LOG.info(
            "request",
            extra={
                "route": match.view_name if match else "", "method": request.method,
                "status": response.status_code, "request": request.id,
                "ms": round(1000 * (time.perf_counter() - begun), 1),
            },
        )  # fmt: skip
        response["X-Request-Id"] = request.id
        return response

    return middleware


def _address(request: Request) -> str:
    """Return the network address of whoever asks; a proxy's word counts only where one is set."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SITE.proxy else ""
    return (forwarded.split(",")[-1].strip() or request.META.get("REMOTE_ADDR", ""))[:45]


class faults:
    """Answer what went wrong with a page that says what it was and what to do."""

    def __init__(self, answer: Next) -> None:
        self._answer = answer

    def __call__(self, request: Request) -> HttpResponse:
        """Answer the request."""
        return self._answer(request)

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        """Return the page for an error that has one."""
        status = status_of(error)
        if status is None:
            return None
        if isinstance(error, OperationalError):
            LOG.error("database", exc_info=error, extra={"request": request.id})
        said = error if isinstance(error, StepdownError) else None
        response = page_for(request, status, error=said)
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.wait_s)
        return response


def status_of(error: BaseException) -> int | None:
    """Return the status by which an error is answered, None for one that nobody foresaw."""
    if isinstance(error, Refused):
        return 404 if error.hidden else 403
    if isinstance(error, OperationalError):
        return 507 if "full" in str(error) or "No space" in str(error) else 503
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), None)


def _attended(request: Request) -> bool:
    """Say whether somebody did something: a page that asks by itself keeps no session alive."""
    ticks = request.path.endswith("/act/") and request.POST.get("kind") == "tick"
    return not ticks and _POLLS.fullmatch(request.path) is None


def limits(answer: Next) -> Next:
    """End a session that was idle for 30 minutes, or is 12 hours old, whatever the clock does."""

    def middleware(request: Request) -> HttpResponse:
        if request.user.is_authenticated and settings.SITE.mode != "alone":
            now = datetime.now(UTC).timestamp()
            begun, seen = (request.session.get(k, now) for k in (BEGUN, SEEN))
            idle, old = now - seen, now - begun
            if idle > settings.IDLE_S or old > settings.LONGEST_S or old < -settings.IDLE_S:
                logout(request)
                if request.path.startswith("/api/"):
                    return answer(request)
                return sent_to(request, sign_in(request))
            request.session.setdefault(BEGUN, now)
            if SEEN not in request.session or (abs(now - seen) > 30 and _attended(request)):
                request.session[SEEN] = now
                _seen(request)
        return answer(request)

    return middleware


def _seen(request: Request) -> None:
    """Note in the list of a person's sessions when this one was last used."""
    from allauth.usersessions.models import UserSession

    here = UserSession.objects.filter(session_key=request.session.session_key)
    here.update(last_seen_at=datetime.now(UTC))


class entrance:
    """Let nobody to a page that the table of routes does not know, or that is not for them."""

    def __init__(self, answer: Next) -> None:
        self._answer = answer

    def __call__(self, request: Request) -> HttpResponse:
        """Note who acts, then answer."""
        alone = settings.SITE.mode == "alone"
        user = request.user
        request.actor = user.actor(alone=alone) if user.is_authenticated else Actor()
        response = self._answer(request)
        if user.is_authenticated:  # on a shared machine, going back shows nothing
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: Request, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return a refusal, or None to go on."""
        wanted = access(request)
        if wanted is None:
            return page_for(request, 404)
        if wanted is Access.TOKEN or wanted is Access.ANYONE:
            return None
        if not request.user.is_authenticated:
            return sent_to(request, sign_in(request))
        if wanted is Access.SIGNED_IN and lacks_second_factor(request):
            return sent_to(request, reverse("second_factor"))
        return None


def lacks_second_factor(request: Request) -> bool:
    """Say whether this person must set up a second factor before anything else."""
    from allauth.mfa.utils import is_mfa_enabled

    if settings.SITE.mode != "site" or not request.user.needs_second_factor:  # type: ignore[union-attr]
        return False
    if request.session.get("signed_in_by") == "sso":
        return False
    return not is_mfa_enabled(request.user)
