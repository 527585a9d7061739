"""Who calls the API: the bearer of a token, or somebody whose browser is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.utils import check_csrf

from stepdown.web.api.limits import count
from stepdown.web.policy import NEED_SECOND_FACTOR, Actor
from stepdown.web.request import Request

SCOPES = {
    "practice": "start encounters, act in them, and read one's own; see one's own assignments",
    "review": "read one's own reviews and logs",
    "teach": "assign, watch assessments, set off happenings, comment, score",
    "numbers": "read the numbers of an agency, without names",
}
"""What a token may be made for. A browser that is signed in has them all."""

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls, and for what."""

    actor: Actor
    scopes: frozenset[str]


class Asks:
    """Let a call through whose bearer has the scope that an operation asks for."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def __call__(self, request: Request) -> Caller:
        """Return whoever calls. Raises what is answered by 401, 403 or 429."""
        now = datetime.now(UTC)
        given = request.headers.get("Authorization")
        caller = _signed_in(request) if given is None else _bearer(given, now)
        count(caller.actor.person, "read" if request.method in SAFE else "act", now)
        if self.scope not in caller.scopes:
            raise AuthorizationError(message=f"This token was not made for: {self.scope}.")
        request.actor = caller.actor
        return caller


def _bearer(given: str, now: datetime) -> Caller:
    """Return whom a token speaks for. A token that is wrong never falls back to a session."""
    from stepdown.web.accounts.tokens import actor_for

    kind, _, raw = given.partition(" ")
    found = actor_for(raw.strip(), now) if kind.lower() == "bearer" and raw.strip() else None
    if found is None or found[0].id is None:
        raise AuthenticationError(message="This token is not known, too old, or was taken back.")
    actor, scopes = found
    if settings.SITE.mode == "site" and _lacks_second_factor(actor):
        raise _second_factor()
    return Caller(actor, scopes)


def _signed_in(request: Request) -> Caller:
    """Return who is signed in; a call that changes something needs the token of forms too."""
    from stepdown.web.middleware import lacks_second_factor

    if not request.user.is_authenticated or request.actor.id is None:
        raise AuthenticationError(message="Send a token: Authorization: Bearer ...")
    if lacks_second_factor(request):
        raise _second_factor()
    if request.method not in SAFE and check_csrf(request) is not None:
        raise AuthorizationError(message="A page that calls this sends X-CSRFToken along.")
    return Caller(request.actor, frozenset(SCOPES))


def _lacks_second_factor(actor: Actor) -> bool:
    """Say whether a role came since that asks for a second factor, and there is none."""
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    return bool(actor.roles & NEED_SECOND_FACTOR) and not (
        Authenticator.objects.filter(user_id=actor.id).exists()
        or SocialAccount.objects.filter(user_id=actor.id).exists()
    )


def _second_factor() -> AuthorizationError:
    return AuthorizationError(message="Your roles need a second factor; sign in and set one up.")
