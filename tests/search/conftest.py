"""Every engine that must keep the contract, and an index beside the database of a test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from search.engines import current_engine
from search.engines.base import Engine
from tests.search.engines import EVERY_ENGINE, engines_of

MakeEngine = Callable[[], Engine]


@pytest.fixture(params=EVERY_ENGINE)
def make_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeEngine]:
    """Makes engines with nothing in them yet; each test runs once on every kind."""
    with engines_of(request, folder=tmp_path) as make:
        yield make


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    """An engine with nothing in it yet."""
    return make_engine()


@pytest.fixture(params=EVERY_ENGINE)
def index(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Engine:
    """The engine of this installation, on an index of this test alone."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.SEARCH_ENGINE = request.param
    if request.param == "elasticsearch":
        settings.ELASTICSEARCH_INDEX = request.getfixturevalue("index_prefix")
    return current_engine()
