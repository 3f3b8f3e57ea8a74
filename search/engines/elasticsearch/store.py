"""The indexes on the server: which one is in use, a new one beside it, swap in one step."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import structlog
from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    Elasticsearch,
    NotFoundError,
    TransportError,
)
from elasticsearch.dsl import Index

from search.engines.base import EngineUnavailableError, MissingIndexError
from search.engines.elasticsearch.row import SETTINGS, IndexRow
from search.engines.rows import SCHEMA_VERSION

log = structlog.get_logger("search.elasticsearch")


class SilentServerError(EngineUnavailableError):
    """The server took the question, and the time for an answer is over."""


@contextmanager
def answered() -> Iterator[None]:
    """Say that search is down, whatever the server said: its words may quote the question."""
    try:
        yield
    except (ApiError, TransportError) as error:
        status = _status(error)
        log.warning("server refused", error=type(error).__name__, status=status)
        if status == HTTPStatus.NOT_FOUND:
            raise MissingIndexError(
                "There is no index yet. Build it with: manage.py rebuild_index"
            ) from None
        silent = isinstance(error, ConnectionTimeout)
        kind = SilentServerError if silent else EngineUnavailableError
        raise kind("The search server does not answer.") from None


def _status(error: ApiError | TransportError) -> int:
    """What the server said; of several questions asked together, what it said to the first."""
    if not isinstance(error, ApiError):
        return 0
    inner = error.body.get("status") if isinstance(error.body, dict) else None
    return int(inner or error.status_code)


def write_alias(index: str) -> str:
    """The name to write under: under an index's own, one that vanished would be made anew."""
    return f"{index}-w"


class Store:
    """All indexes that begin with one prefix, and the alias by which one of them is read."""

    def __init__(self, client: Elasticsearch, *, prefix: str) -> None:
        """Keep the names; nothing is asked yet."""
        self._client = client
        self._prefix = prefix
        self._ours = re.compile(rf"{re.escape(prefix)}-v\d+-[0-9a-f]{{16}}")
        # Of the version, so that a program never reads an index that another version wrote.
        self.alias = f"{prefix}-v{SCHEMA_VERSION}"

    def current(self) -> str | None:
        """The index in use; None where none was ever built."""
        try:
            names = list(self._client.indices.get_alias(name=self.alias))
        except NotFoundError:
            return None
        return str(names[0])

    def create(self) -> str:
        """A new empty index beside the one in use."""
        name = f"{self.alias}-{secrets.token_hex(8)}"
        made = Index(name, using=self._client)
        made.settings(**SETTINGS)
        made.aliases(**{write_alias(name): {}})
        made.document(IndexRow)
        made.create()
        return name

    def swap(self, name: str) -> None:
        """Put an index in use and remove the one before it, in one step; then all leftovers."""
        before = self.current()
        actions = [{"add": {"index": name, "alias": self.alias}}]
        if before and before != name:
            actions.append({"remove_index": {"index": before}})
        self._client.indices.update_aliases(actions=actions)
        self.remove_all(but=name)

    def remove_all(self, *, but: str = "") -> None:
        """Remove every index of the prefix, those of other versions too."""
        for name in map(str, self._client.indices.get(index=f"{self._prefix}-v*")):
            # The pattern may also match what is somebody else's.
            if name != but and self._ours.fullmatch(name):
                self.discard(name)

    def discard(self, name: str) -> None:
        """Remove an index."""
        self._client.indices.delete(index=name, ignore_unavailable=True)
