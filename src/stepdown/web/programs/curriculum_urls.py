"""Addresses of what is taught: programmes, modules, their versions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.programs.views import audiences, curricula, differences, modules, publishing

OF = "curriculum/<uuid:agency>/"
PROGRAMME, MODULE = f"{OF}programmes/<slug:part>/", f"{OF}modules/<slug:part>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("curriculum/", curricula.programmes, name="curriculum"),
    path(f"{OF}look/", publishing.look, name="curriculum_look"),
    path(f"{OF}publish/", publishing.publish, name="curriculum_publish"),
    path(f"{OF}starter/", publishing.starter, name="curriculum_starter"),
    path(PROGRAMME, curricula.programme, name="curriculum_programme"),
    path(f"{PROGRAMME}audience/", audiences.audience, name="curriculum_audience"),
    path(f"{PROGRAMME}look/", publishing.look, name="curriculum_look_next"),
    path(f"{PROGRAMME}difference/", differences.programme, name="curriculum_difference"),
    path(f"{PROGRAMME}<int:number>/", curricula.programme, name="curriculum_version"),
    path(f"{PROGRAMME}<int:number>/download/", curricula.download, name="curriculum_download"),
    path(MODULE, modules.module, name="curriculum_module"),
    path(f"{MODULE}difference/", differences.module, name="curriculum_module_difference"),
    path(f"{MODULE}<int:number>/", modules.module, name="curriculum_module_version"),
]
ROUTES: dict[str, Access] = dict.fromkeys(
    ("curriculum", "curriculum_look", "curriculum_publish", "curriculum_starter",
     "curriculum_programme", "curriculum_audience", "curriculum_look_next",
     "curriculum_difference", "curriculum_version", "curriculum_download", "curriculum_module",
     "curriculum_module_difference", "curriculum_module_version"),
    Access.SIGNED_IN,
)  # fmt: skip
