"""Addresses of rollouts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.programs.views import rollouts, studies

urlpatterns: list[URLPattern | URLResolver] = [
    path("rollouts/", rollouts.page, name="rollouts"),
    path("rollouts/of/<uuid:agency>/draw/", rollouts.draw, name="rollout_draw"),
    path("rollouts/of/<uuid:agency>/draw/look/", rollouts.look, name="rollout_look"),
    path("rollouts/<uuid:pk>/", rollouts.rollout, name="rollout"),
    path("rollouts/<uuid:pk>/actual/", rollouts.note, name="rollout_actual"),
    path("rollouts/<uuid:pk>/file/", rollouts.file, name="rollout_file"),
    path("rollouts/<uuid:pk>/study/", studies.study, name="rollout_study"),
]
ROUTES: dict[str, Access] = dict.fromkeys(
    (
        "rollouts", "rollout_draw", "rollout_look", "rollout", "rollout_actual", "rollout_file",
        "rollout_study",
    ),
    Access.SIGNED_IN,
)  # fmt: skip
