"""The part of the site that is about teaching."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Curricula with their versions, sessions, attendance, exemptions, rollouts."""

    name = "stepdown.web.programs"
    label = "programs"
    default_auto_field = "django.db.models.BigAutoField"
