"""Collects changes and sends them; the server shows them at a commit."""

from collections.abc import Iterable, Iterator
from typing import Any

from elasticsearch import Elasticsearch, helpers

from search.engines.base import EngineUnavailableError, IndexedDocument, RefusedError
from search.engines.elasticsearch.row import as_row
from search.engines.elasticsearch.store import answered, write_alias
from search.engines.rows import MARK

# Kept here until then, so that what is given up before its commit was mostly never sent.
_MOST_UNSENT = 500
_SECONDS = 60
_FAULTS_OF_THE_DOCUMENT = range(400, 401)


class ElasticsearchWriter:
    """Changes to one index, visible at `commit`."""

    def __init__(self, client: Elasticsearch, *, index: str) -> None:
        """Write to an index that exists."""
        self._client = client.options(request_timeout=_SECONDS)
        self._alias = write_alias(index)
        self._unsent: dict[int | str, dict[str, Any]] = {}
        self._refused: set[int] = set()

    def write(self, documents: Iterable[IndexedDocument]) -> None:
        """Add documents, each in place of what the index held under its pk."""
        for document in documents:
            self._add(document.pk, {"_op_type": "index", "_source": as_row(document)})

    def delete(self, pks: Iterable[int]) -> None:
        """Remove documents by pk, found or not."""
        for pk in pks:
            self._add(pk, {"_op_type": "delete"})

    def mark(self, mark: str) -> None:
        """Let the index bear this mark from the next commit on."""
        row = {"ref": MARK, "stored": {"mark": mark}}
        # The last of a bulk: what went before it was taken or refused by then.
        self._add(MARK, {"_op_type": "index", "_source": row})

    def commit(self) -> None:
        """Make the changes so far durable and visible; on return a search finds them."""
        with answered():
            self._send()
            done = self._client.indices.refresh(index=self._alias)
        if done["_shards"]["failed"]:
            raise EngineUnavailableError("A copy of the index did not take the changes.")
        if self._refused:
            refused, self._refused = frozenset(self._refused), set()
            raise RefusedError(refused)

    def _add(self, pk: int | str, action: dict[str, Any]) -> None:
        self._unsent[pk] = action
        if len(self._unsent) >= _MOST_UNSENT:
            with answered():
                self._send()

    def _send(self) -> None:
        for pk, status in self._results():
            if status in _FAULTS_OF_THE_DOCUMENT and pk != MARK:
                self._refused.add(int(pk))
            elif status >= 400:
                raise EngineUnavailableError("The search server takes no changes now.")
        self._unsent.clear()

    def _results(self) -> Iterator[tuple[str, int]]:
        """Each document with what the server said to it."""
        actions = (
            {"_id": str(pk), "_index": self._alias, **action} for pk, action in self._unsent.items()
        )
        sent = helpers.streaming_bulk(
            self._client,
            actions,
            raise_on_error=False,
            raise_on_exception=True,
            require_alias=True,
        )
        for _, item in sent:
            ((operation, answer),) = item.items()
            absent = operation == "delete" and answer.get("result") == "not_found"
            yield str(answer["_id"]), 200 if absent else int(answer["status"])
