"""How often one person may ask for something; whoever asks too often is told how long to wait.

Requests are counted before anything is done, so a refused act was not done and may be sent again
with the same key. The count lies in the site's cache, which all its processes share; that of acts
and reads, of which there are many, in the memory of each process.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.core.cache import caches
from django.http import HttpResponse

from stepdown.web.request import Request

A_MINUTE = {"read": 600, "act": 120, "begin": 30, "bring": 15, "code": 10, "feed": 300}
"""What one person may do in a minute, all their programs and pages together.

`read` and `act` by the API, acts by a page among them; on pages also `begin`, an encounter,
`bring`, a file (whoever mends one sends it again and again), and `code`, that of a session.
Calendars (`feed`) are counted by network address: nobody signs in for them.
"""

OFTEN = frozenset({"read", "act", "feed"})
MINUTE_S = 60
Given = ParamSpec("Given")


class TooMany(Exception):
    """Somebody asked too often. `wait_s`: seconds until they may again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many requests; wait {wait_s} s")
        self.wait_s = wait_s


def count(who: UUID | str, kind: str, now: datetime) -> None:
    """Count a request of somebody, or of a network address, in this minute.

    Raises TooMany above the limit of its kind.
    """
    seconds = int(now.timestamp())
    key = f"often-{kind}-{who}-{seconds // MINUTE_S}"
    cache = caches["process" if kind in OFTEN else "default"]
    if cache.add(key, 1, 2 * MINUTE_S):
        return
    try:
        so_far = cache.incr(key)
    except ValueError:  # it could not be stored: a full disk is for whatever comes next to tell
        return
    if so_far > A_MINUTE[kind]:
        raise TooMany(MINUTE_S - seconds % MINUTE_S)


def counted(
    kind: str,
) -> Callable[
    [Callable[Concatenate[Request, Given], HttpResponse]],
    Callable[Concatenate[Request, Given], HttpResponse],
]:
    """Count what is posted to a page by whoever is signed in."""

    def around(
        view: Callable[Concatenate[Request, Given], HttpResponse],
    ) -> Callable[Concatenate[Request, Given], HttpResponse]:
        @wraps(view)
        def asked(request: Request, /, *given: Given.args, **named: Given.kwargs) -> HttpResponse:
            if request.method == "POST":
                count(request.actor.person, kind, datetime.now(UTC))
            return view(request, *given, **named)

        return asked

    return around
