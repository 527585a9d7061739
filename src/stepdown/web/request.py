"""A request as the pages see it: with whoever acts, and whether htmx asks for a part."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from stepdown.web.policy import Actor


class Request(HttpRequest):
    """A request that has come through the middleware of the site."""

    id: str
    actor: Actor
    htmx: HtmxDetails
