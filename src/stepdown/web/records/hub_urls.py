"""Addresses of the pages that lead to others."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.records.views import hub

urlpatterns: list[URLPattern | URLResolver] = [
    path("training/", hub.training, name="training"),
    path("programme/", hub.programme, name="programme"),
]
ROUTES: dict[str, Access] = dict.fromkeys(("training", "programme"), Access.SIGNED_IN)
