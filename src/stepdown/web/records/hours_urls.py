"""Addresses of hours, readiness and certificates."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from stepdown.web.access import Access

urlpatterns: list[URLPattern | URLResolver] = []
ROUTES: dict[str, Access] = dict.fromkeys((), Access.SIGNED_IN)
