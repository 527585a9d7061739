"""Who calls the API: the bearer of a token, or somebody whose browser is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ninja.errors import AuthenticationError, AuthorizationError
from ninja.utils import check_csrf

from stepdown.web.accounts.tokens import SCOPES, actor_for
from stepdown.web.limits import count
from stepdown.web.policy import Actor
from stepdown.web.request import Request

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
            raise AuthorizationError(message=f"This key was not made for: {self.scope}.")
        request.actor = caller.actor
        return caller


def _bearer(given: str, now: datetime) -> Caller:
    """Return whom a token speaks for. A token that is wrong never falls back to a session."""
    kind, _, raw = given.partition(" ")
    found = actor_for(raw.strip(), now) if kind.lower() == "bearer" and raw.strip() else None
    if found is None or found[0].id is None:
        raise AuthenticationError(
            message="This key opens nothing: it is not known, too old or taken back, or whoever"
            " made it may not sign in now."
        )
    return Caller(*found)


def _signed_in(request: Request) -> Caller:
    """Return who is signed in; a call that changes something needs the token of forms too."""
    from stepdown.web.middleware import lacks_second_factor

    if not request.user.is_authenticated or request.actor.id is None:
        raise AuthenticationError(message="Send a key: Authorization: Bearer ...")
    if lacks_second_factor(request):
        said = "Your roles need a second factor; sign in and set one up."
        raise AuthorizationError(message=said)
    if request.method not in SAFE and check_csrf(request) is not None:
        raise AuthorizationError(message="A page that calls this sends X-CSRFToken along.")
    return Caller(request.actor, frozenset(SCOPES))
