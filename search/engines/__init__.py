"""The engines that can stand behind search, and the one that this installation uses."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.engines.base import Engine
from search.engines.tantivy import TantivyEngine


def current_engine() -> Engine:
    """The engine of this installation, opened once in each process."""
    return _embedded(Path(settings.SEARCH_INDEX_DIR))


@lru_cache(maxsize=4)
def _embedded(directory: Path) -> TantivyEngine:
    return TantivyEngine(directory)
