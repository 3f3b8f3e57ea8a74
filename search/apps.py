"""The Django app."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search has no tables: the database is the authority, the index a copy of it."""

    name = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        """Connect what the index must hear of."""
        from search import signals  # noqa: F401
