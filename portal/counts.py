"""Where tries are counted: for all server processes together, in the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.locmem import LocMemCache

# Django's 300 would let many addresses push a guesser's count out.
MOST_ENTRIES = 100_000
# allauth's guesses and used codes, and our own limits, which it counts for us.
_SHARED = "allauth"
# A search costs at most nine statements (tests/search): its limit is kept by each process.
_HERE = "allauth:rl:portal:search:"


class SharedCounts(DatabaseCache):
    """Guesses, used codes and limits lie in the database; all else in this process's memory.

    Wagtail keeps the addresses of the site under this cache too, which every page looks up: in the
    database that would be a statement more for each.
    """

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        """Keep room for many on both sides."""
        options = {"MAX_ENTRIES": MOST_ENTRIES, **params.get("OPTIONS", {})}
        super().__init__(table, {**params, "OPTIONS": options})
        self._here = LocMemCache(table, {**params, "OPTIONS": options})

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Read from whichever side keeps it."""
        if not is_shared(key):
            return self._here.get(key, default, version)
        return super().get_many([key], version).get(key, default)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Django's would ask the database for all of them."""
        found = {key: self.get(key, version=version) for key in keys}
        return {key: value for key, value in found.items() if value is not None}

    def set(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        """Write to whichever side keeps it."""
        if is_shared(key):
            super().set(key, value, timeout, version)
        else:
            self._here.set(key, value, timeout, version)

    def add(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        """Write what is not there yet; of two processes one hears True."""
        if is_shared(key):
            return super().add(key, value, timeout, version)
        return self._here.add(key, value, timeout, version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget on whichever side keeps it."""
        if is_shared(key):
            return super().delete(key, version)
        return self._here.delete(key, version)

    def clear(self) -> None:
        """Forget all of both."""
        super().clear()
        self._here.clear()


def is_shared(key: Any) -> bool:
    """Whether all processes must know of it."""
    return str(key).startswith(_SHARED) and not str(key).startswith(_HERE)
