"""Addresses of refreshers, exams and consent."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.records.views import exams, my_refreshers, plan_settings, refreshers

urlpatterns: list[URLPattern | URLResolver] = [
    path("refreshers/", refreshers.index, name="refreshers"),
    path("refreshers/mine/", my_refreshers.page, name="my_refreshers"),
    path("refreshers/practice/", my_refreshers.practice, name="practice_counts"),
    path("refreshers/practice/<uuid:pk>/agree/", my_refreshers.agree, name="agree_practice"),
    path("refreshers/practice/<uuid:pk>/no-longer/", my_refreshers.no_longer,
         name="no_longer_practice"),
    path("refreshers/<uuid:pk>/", refreshers.overview, name="refreshers_of"),
    path("refreshers/<uuid:pk>/settings/", plan_settings.page, name="plan_settings"),
    path("refreshers/<uuid:pk>/plan/", refreshers.ask, name="ask_plan"),
    path("refreshers/<uuid:pk>/progress/", refreshers.progress, name="plan_progress"),
    path("refreshers/<uuid:pk>/learned/", refreshers.learned, name="refreshers_learned"),
    path("refreshers/<uuid:pk>/workload/", refreshers.workload, name="refreshers_workload"),
    path("refreshers/<uuid:pk>/visits/", refreshers.agency_visits, name="refresher_visits"),
    path("refreshers/units/<uuid:pk>/", refreshers.unit_visits, name="unit_refreshers"),
    path("exams/units/<uuid:pk>/", exams.listing, name="exams"),
    path("exams/units/<uuid:pk>/note/", exams.note, name="note_exams"),
    path("exams/<uuid:pk>/take-back/", exams.take_back, name="take_back_exam"),
]  # fmt: skip
ROUTES: dict[str, Access] = dict.fromkeys(
    ("refreshers", "my_refreshers", "practice_counts", "agree_practice", "no_longer_practice",
     "refreshers_of", "plan_settings", "ask_plan", "plan_progress", "refreshers_learned",
     "refreshers_workload", "refresher_visits", "unit_refreshers", "exams", "note_exams",
     "take_back_exam"),
    Access.SIGNED_IN,
)  # fmt: skip
