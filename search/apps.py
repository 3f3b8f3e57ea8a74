"""The Django app."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Its tables hold what people saved, and meanings made from documents; the index is a copy."""

    name = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        """Connect what the index must hear of, and what must be right before a start."""
        from search import checks, signals  # noqa: F401
