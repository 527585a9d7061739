"""The accounts part of the site."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Agencies, units, people, roles."""

    name = "stepdown.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Note who signs in, and who fails to."""
        from stepdown.web.accounts import signals  # noqa: F401
