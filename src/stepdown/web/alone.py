"""Practise alone: one person on their own machine, let in by the link that is printed."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from stepdown.web.accounts.models import Person
from stepdown.web.environment import Environment
from stepdown.web.permission import Missing
from stepdown.web.request import Request

EMAIL = "me@localhost"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def link(site: Environment, now: datetime) -> str:
    """Make the one person if needed, and return a new link that lets them in; older ones end."""
    _me()
    token = secrets.token_urlsafe(32)
    path = _kept(site.home)
    partial = path.with_suffix(".new")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(_digest(token))
    partial.replace(path)
    return f"{reverse('alone')}?{urlencode({'token': token})}"


def enter(request: Request) -> HttpResponse:
    """Let the one person in who has the link; anybody else is told where to find it."""
    if settings.SITE.mode != "alone" or not _from_here(request):
        raise Missing("nobody practises alone here")
    if request.user.is_authenticated:
        return redirect("home")
    if not _fits(request.GET.get("token", "")):
        return render(request, "alone.html", status=403)
    login(request, _me(), backend=BACKEND)
    return redirect("home")


def _me() -> Person:
    """Return the one person, made anew if they erased themselves."""
    found = Person.objects.filter(email=EMAIL, erased_at=None).first()
    return found or Person.objects.create_user(EMAIL, _("Me"))


def _fits(token: str) -> bool:
    try:
        kept = _kept(settings.SITE.home).read_text()
    except OSError:
        return False
    return hmac.compare_digest(_digest(token), kept)


def _from_here(request: Request) -> bool:
    """Say whether a request comes from this very machine."""
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _kept(home: Path) -> Path:
    return home / "link"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
