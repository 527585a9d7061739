"""The part of the site that is about people's records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Who serves, their hours and certificates, exams, refreshers, feeds and reminders."""

    name = "stepdown.web.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
