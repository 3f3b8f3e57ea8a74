"""Every engine that must keep the contract, and an index beside the database of a test."""

from pathlib import Path

import pytest
from pytest_django import Settings

from search.engines import current_engine
from search.engines.base import Engine
from search.engines.tantivy import TantivyEngine
from tests.guidance.scene import Cast, lay_out_scene

ENGINES = ("tantivy",)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An engine with nothing in it yet."""
    assert request.param == "tantivy"
    return TantivyEngine(tmp_path / "index")


@pytest.fixture
def index(settings: Settings, tmp_path: Path) -> Engine:
    """The engine of this installation, on an index of this test alone."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    return current_engine()


@pytest.fixture
def cast(db: None) -> Cast:
    """A small library and its people."""
    lay_out_scene()
    return Cast()
