"""The page that everybody comes to whose role needs a second factor, until they have one."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.shortcuts import redirect, render

from stepdown.web.request import Request


def second_factor(request: Request) -> HttpResponse:
    """Say why a second factor is needed, and offer the two kinds."""
    if is_mfa_enabled(request.user):
        return redirect("mfa_index")
    return render(request, "accounts/second_factor.html")
