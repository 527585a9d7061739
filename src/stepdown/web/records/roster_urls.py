"""Addresses of rosters."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.records.views import roster, roster_waiting

urlpatterns: list[URLPattern | URLResolver] = [
    path("roster/", roster.page, name="roster"),
    path("roster/<uuid:agency>/", roster.page, name="roster_of"),
    path("roster/<uuid:agency>/roster.csv", roster.csv, name="roster_csv"),
    path("roster/<uuid:agency>/people/<uuid:person>/", roster.member, name="roster_member"),
    path("roster/<uuid:agency>/read/", roster_waiting.upload, name="roster_upload"),
    path("roster/<uuid:agency>/waiting/<uuid:pk>/", roster_waiting.page, name="roster_waiting"),
    path("roster/<uuid:agency>/waiting/<uuid:pk>/columns/", roster_waiting.columns,
         name="roster_columns"),
    path("roster/<uuid:agency>/waiting/<uuid:pk>/problems.csv", roster_waiting.problems,
         name="roster_problems"),
    path("roster/<uuid:agency>/waiting/<uuid:pk>/apply/", roster_waiting.apply,
         name="roster_apply"),
    path("roster/<uuid:agency>/waiting/<uuid:pk>/discard/", roster_waiting.discard,
         name="roster_discard"),
]  # fmt: skip
ROUTES: dict[str, Access] = dict.fromkeys(
    ("roster", "roster_of", "roster_csv", "roster_member", "roster_upload", "roster_waiting",
     "roster_columns", "roster_problems", "roster_apply", "roster_discard"),
    Access.SIGNED_IN,
)  # fmt: skip
