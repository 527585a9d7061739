"""The page on which a key for a program is made, and shown once."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from stepdown.web.accounts import tokens
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.accounts.forms import NewKey
from stepdown.web.request import Request


@never_cache
@confirmed
def new_token(request: Request) -> HttpResponse:
    """Ask what a key is for, then make it and show it."""
    form = NewKey(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "accounts/new_token.html", {"form": form})
    asked = form.cleaned_data
    token, secret = tokens.make(
        request.actor, asked["name"], asked["scopes"], asked["days"], datetime.now(UTC)
    )
    words = {"token": token, "secret": secret}
    return render(request, "accounts/token_made.html", words)
