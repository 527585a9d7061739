"""Addresses of the first page, the library, reviews and one's own page; who may come to each."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.practice.views import home, library, mine, review

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("library/", library.library_page, name="library"),
    path("library/<str:key>/", library.scenario_page, name="scenario"),
    path("library/<str:key>/start/", library.start, name="start"),
    path("encounters/<uuid:pk>/review/", review.review_page, name="review"),
    path("encounters/<uuid:pk>/review/page/", review.review_file, name="review-page"),
    path("encounters/<uuid:pk>/log/", review.log, name="log"),
    path("encounters/<uuid:pk>/retry/", review.retry, name="retry"),
    path("encounters/<uuid:pk>/delete-words/", mine.delete, name="delete-words"),
    path("encounters/<uuid:one>/compare/<uuid:other>/", review.compare, name="compare"),
    path("mine/", mine.mine_page, name="mine"),
    path("mine/bring/", mine.bring_in, name="bring"),
]
ROUTES: dict[str, Access] = dict.fromkeys(
    ("home", "library", "scenario", "start", "review", "review-page", "log", "retry",
     "delete-words", "compare", "mine", "bring"),
    Access.SIGNED_IN,
)  # fmt: skip
