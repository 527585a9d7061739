"""The audit part of the site."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log."""

    name = "stepdown.web.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
