"""Registers people and organisations with Django."""

from django.apps import AppConfig


class ForcesConfig(AppConfig):
    """Organisations and people."""

    name = "forces"
    label = "forces"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the checks and what the trail wants to know of sign-in."""
        from forces import checks, signals  # noqa: F401
