"""Registers the content room with Django."""

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """Guidance, lessons, evaluations, platforms, and the gate to them."""

    name = "guidance"
    label = "guidance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the net under the services, the mails and the system checks."""
        from guidance import checks, notifications, signals  # noqa: F401

        notifications.connect()
