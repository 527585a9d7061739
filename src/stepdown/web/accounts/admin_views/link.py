"""The page that shows a one-time link, once."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stepdown.web.accounts.models import Person
from stepdown.web.request import Request


def link_page(
    request: Request, person: Person, secret: str, back: tuple[str, UUID | None]
) -> HttpResponse:
    """Show a link to hand over. It is in no log, no session and no address."""
    name, pk = back
    words = {
        "person": person, "link": request.build_absolute_uri(reverse("enter", args=[secret])),
        "back": reverse(name, args=[pk] if pk else []),
    }  # fmt: skip
    response = render(request, "people/link.html", words)
    response["Cache-Control"] = "no-store"
    return response
