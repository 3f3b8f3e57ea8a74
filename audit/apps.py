"""Registers the trail with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The trail."""

    name = "audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the checks."""
        from audit import checks  # noqa: F401
