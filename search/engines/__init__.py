"""The engines that can stand behind search, and the one that this installation uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from search.engines.base import Engine
from search.engines.locks import database_lock, file_lock
from search.engines.tantivy import TantivyEngine

if TYPE_CHECKING:
    from search.engines.elasticsearch import ElasticsearchEngine

ENGINES = ("tantivy", "elasticsearch")


def current_engine() -> Engine:
    """The engine of this installation, opened once in each process."""
    folder = Path(settings.SEARCH_INDEX_DIR)
    if settings.SEARCH_ENGINE == "tantivy":
        return _embedded(folder)
    if settings.SEARCH_ENGINE == "elasticsearch":
        return server_engine(prefix=settings.ELASTICSEARCH_INDEX, folder=folder)
    raise ImproperlyConfigured(f"SEARCH_ENGINE is none of {', '.join(ENGINES)}.")


def server_engine(*, prefix: str, folder: Path) -> ElasticsearchEngine:
    """An engine on the server of this installation; its lock of one writer is in the folder."""
    return _server(
        tuple(settings.ELASTICSEARCH_URL),
        api_key=settings.ELASTICSEARCH_API_KEY,
        ca_certs=settings.ELASTICSEARCH_CA_CERTS,
        seconds_to_answer=settings.ELASTICSEARCH_SECONDS_TO_ANSWER,
        prefix=prefix,
        folder=folder,
    )


@lru_cache(maxsize=4)
def _embedded(directory: Path) -> TantivyEngine:
    return TantivyEngine(directory)


@lru_cache(maxsize=4)
def _server(
    urls: tuple[str, ...],
    *,
    api_key: str,
    ca_certs: str,
    seconds_to_answer: float,
    prefix: str,
    folder: Path,
) -> ElasticsearchEngine:
    # Here, since an installation with the embedded index need not load a client it never uses.
    from elasticsearch import Elasticsearch

    from search.engines.elasticsearch import ElasticsearchEngine

    if not urls:
        raise ImproperlyConfigured("With SEARCH_ENGINE=elasticsearch, ELASTICSEARCH_URL is needed.")
    # The client checks certificates unless it is told not to, and nothing here can tell it.
    signed: dict[str, Any] = {"api_key": api_key} if api_key else {}
    trusted: dict[str, Any] = {"ca_certs": ca_certs} if ca_certs else {}
    client = Elasticsearch(list(urls), request_timeout=seconds_to_answer, **signed, **trusted)
    return ElasticsearchEngine(client, prefix=prefix, lock=partial(_one_writer, folder, prefix))


@contextmanager
def _one_writer(folder: Path, prefix: str) -> Iterator[None]:
    with file_lock(folder / "writer.lock"), database_lock(f"search index {prefix}"):
        yield
