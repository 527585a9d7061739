"""Addresses of teaching: units, assignments, assessments, own scenarios, numbers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.practice.views import assess, assignments, numbers, scenario_files, teach

urlpatterns: list[URLPattern | URLResolver] = [
    path("units/", teach.teach, name="teach"),
    path("units/<uuid:pk>/", teach.unit, name="unit"),
    path("units/<uuid:pk>/running/", teach.running, name="running"),
    path("units/<uuid:pk>/assign/", assignments.assign, name="assign"),
    path("assignments/<uuid:pk>/", assignments.assignment, name="assignment"),
    path("assignments/<uuid:pk>/withdraw/", assignments.withdraw, name="withdraw_assignment"),
    path("assignments/<uuid:pk>/again/", assignments.again, name="allow_again"),
    path("assigned/<uuid:pk>/", assignments.assigned_page, name="assigned"),
    path("assigned/<uuid:pk>/begin/", assignments.begin, name="begin_assigned"),
    path("assess/<uuid:pk>/", assess.page, name="assess"),
    path("assess/<uuid:pk>/new/", assess.news, name="assess_news"),
    path("assess/<uuid:pk>/happening/", assess.inject, name="inject"),
    path("assess/<uuid:pk>/comment/", assess.comment, name="comment"),
    path("assess/<uuid:pk>/score/", assess.score, name="score"),
    path("scenarios/", scenario_files.files, name="scenario_files"),
    path("scenarios/add/", scenario_files.add, name="add_scenario"),
    path("scenarios/<uuid:pk>/", scenario_files.file, name="scenario_file"),
    path("scenarios/<uuid:pk>/download/", scenario_files.download, name="download_scenario"),
    path("scenarios/<uuid:pk>/withdraw/", scenario_files.withdraw, name="withdraw_scenario"),
    path("numbers/", numbers.page, name="numbers"),
    path("numbers/<uuid:pk>/csv/", numbers.download, name="numbers_csv"),
]
ROUTES: dict[str, Access] = dict.fromkeys(
    ("teach", "unit", "running", "assign", "assignment", "withdraw_assignment", "allow_again",
     "assigned", "begin_assigned", "assess", "assess_news", "inject", "comment", "score",
     "scenario_files", "add_scenario", "scenario_file", "download_scenario", "withdraw_scenario",
     "numbers", "numbers_csv"),
    Access.SIGNED_IN,
)  # fmt: skip
