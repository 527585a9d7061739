"""Addresses of the first page, the library, reviews and one's own page, and who may come to each."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.practice.views import encounter, home, library

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("library/", library.library_page, name="library"),
    path("library/<str:key>/", library.scenario_page, name="scenario"),
    path("library/<str:key>/start/", library.start, name="start"),
    path("encounters/<uuid:pk>/review/", encounter.page, name="review"),
]
ROUTES: dict[str, Access] = dict.fromkeys(
    ("home", "library", "scenario", "start", "review"), Access.SIGNED_IN
)
