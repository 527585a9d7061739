"""Acts that ask whoever is signed in to prove once more that it is them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse

from stepdown.web.request import Request

View = Callable[..., HttpResponse | StreamingHttpResponse]


def confirmed(view: View) -> View:
    """Let a view be reached by those alone who proved within five minutes that it is them.

    Others are asked for a password, a code, a security key, or to sign in by single sign-on once
    more; then what they wanted is done. The view must answer GET, too.
    """

    @wraps(view)
    def asked(request: Request, *args: Any, **named: Any) -> HttpResponse | StreamingHttpResponse:
        if not confirmed_lately(request):
            raise ReauthenticationRequired
        return view(request, *args, **named)

    return asked


def confirmed_lately(request: Request) -> bool:
    """Say whether they signed in, or proved that it is them, within the last five minutes."""
    if settings.SITE.mode == "alone":
        return True
    now = time.time()
    return any(
        abs(now - record["at"]) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        for record in get_authentication_records(request, request.user)
        if record.get("reauthenticated")
    )
