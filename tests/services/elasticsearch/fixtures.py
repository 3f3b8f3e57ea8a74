"""The server that the tests of a run share."""

import os
import secrets
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from tests.services.availability import missing
from tests.services.databases import worker_name

REMEDY = "Run the tests by `python -m tests.services.elasticsearch COMMAND`, as `make test` does."


def server_addresses() -> list[str]:
    """Where the server of this run is; empty where there is none."""
    return [url for url in os.environ.get("ELASTICSEARCH_URL", "").split(",") if url]


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[Elasticsearch]:
    """A real Elasticsearch. A test names its indexes by `index_prefix`, or others see them."""
    if not server_addresses():
        missing("Elasticsearch", remedy=REMEDY)
    with Elasticsearch(server_addresses(), retry_on_timeout=True) as client:
        yield client


@pytest.fixture
def index_prefix(elasticsearch: Elasticsearch) -> Iterator[str]:
    """The beginning of the names of a test's own indexes, which go with it."""
    prefix = f"test-{worker_name()}-{secrets.token_hex(4)}"
    yield prefix
    remove_indexes(elasticsearch, prefix=prefix)


def remove_indexes(client: Elasticsearch, *, prefix: str) -> None:
    """Leave nothing of a test on the server."""
    for name in client.indices.get(index=f"{prefix}*", expand_wildcards="all"):
        # A test that failed may have left it closed to writes.
        client.indices.put_settings(index=name, settings={"index.blocks.read_only": None})
        client.indices.delete(index=name)
