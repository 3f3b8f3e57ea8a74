"""The Django app."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search has no tables: the database is the authority, the index a copy of it."""

    name = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        """Connect what the index must hear of, and what must be right before a start."""
        from search import checks, signals  # noqa: F401
