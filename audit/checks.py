"""System checks: what would make the trail forget."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.database)
def no_transaction_around_requests(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse ATOMIC_REQUESTS: a refusal's row would be rolled back with its 404."""
    return [
        Error(
            f"ATOMIC_REQUESTS is on for the database {alias!r}: refusals would leave no trace.",
            hint="Switch it off, and open transactions in services.",
            id="audit.E001",
        )
        for alias, database in settings.DATABASES.items()
        if database.get("ATOMIC_REQUESTS")
    ]
