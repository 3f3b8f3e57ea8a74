"""The kinds of engine under test, each made without the settings of an installation."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from pytest_django import Settings

from search.engines.base import Engine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.locks import file_lock
from search.engines.tantivy import TantivyEngine
from tests.services.databases import worker_name
from tests.services.elasticsearch.fixtures import remove_indexes

ELASTICSEARCH = pytest.param("elasticsearch", marks=pytest.mark.services)
EVERY_ENGINE = ("tantivy", ELASTICSEARCH)


@contextmanager
def engines_of(
    request: pytest.FixtureRequest, *, folder: Path, kind: str = ""
) -> Iterator[Callable[[], Engine]]:
    """What makes empty engines of a kind: the named one, or that of the fixture's parameter."""
    numbers = count()
    if (kind or request.param) == "tantivy":
        yield lambda: TantivyEngine(folder / f"index-{next(numbers)}")
        return
    client = request.getfixturevalue("elasticsearch")
    prefix = f"test-{worker_name()}-{secrets.token_hex(4)}"
    try:
        yield lambda: on_server(client, prefix=f"{prefix}-{next(numbers)}", folder=folder)
    finally:
        remove_indexes(client, prefix=prefix)


def on_server(client: Elasticsearch, *, prefix: str, folder: Path) -> ElasticsearchEngine:
    """An engine on a server, whose writers take turns by a file."""
    lock = partial(file_lock, folder / f"{prefix}.lock")
    return ElasticsearchEngine(client, prefix=prefix, lock=lock)


def environment_of(settings: Settings) -> dict[str, str]:
    """What another process reads to have the engine of a test's settings."""
    return {
        "DATA_DIR": str(Path(settings.SEARCH_INDEX_DIR).parent),
        "SEARCH_ENGINE": settings.SEARCH_ENGINE,
        "ELASTICSEARCH_URL": ",".join(settings.ELASTICSEARCH_URL),
        "ELASTICSEARCH_API_KEY": settings.ELASTICSEARCH_API_KEY,
        "ELASTICSEARCH_CA_CERTS": settings.ELASTICSEARCH_CA_CERTS,
        "ELASTICSEARCH_INDEX": settings.ELASTICSEARCH_INDEX,
    }
