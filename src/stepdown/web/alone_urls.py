"""The address by which the one person of a machine comes in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web import alone
from stepdown.web.access import Access

urlpatterns: list[URLPattern | URLResolver] = [path("alone/", alone.enter, name="alone")]
ROUTES: dict[str, Access] = {"alone": Access.ANYONE}
