"""Addresses of practising, and who may come to each."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.practice.views import encounter

urlpatterns: list[URLPattern | URLResolver] = [
    path("encounters/<uuid:pk>/", encounter.page, name="encounter"),
    path("encounters/<uuid:pk>/act/", encounter.act, name="act"),
]
ROUTES: dict[str, Access] = {"encounter": Access.SIGNED_IN, "act": Access.SIGNED_IN}
