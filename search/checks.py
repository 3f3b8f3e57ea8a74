"""System checks: search has an engine that can be asked."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from search.engines import ENGINES


@register()
def engine_is_known(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a misspelt engine, and a server without an address, before anybody searches."""
    if settings.SEARCH_ENGINE not in ENGINES:
        known = ", ".join(ENGINES)
        return [Error("SEARCH_ENGINE names no engine.", hint=f"One of {known}.", id="search.E001")]
    if settings.SEARCH_ENGINE == "elasticsearch" and not settings.ELASTICSEARCH_URL:
        return [
            Error(
                "ELASTICSEARCH_URL is empty: there is no server to search with.",
                hint="Name its nodes, with a comma between them.",
                id="search.E002",
            )
        ]
    return []
