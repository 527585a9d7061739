"""The practice part of the site."""

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Encounters, assignments, comments, scores."""

    name = "stepdown.web.practice"
    label = "practice"
    default_auto_field = "django.db.models.BigAutoField"
