"""Every engine that must keep the contract."""

from pathlib import Path

import pytest

from search.engines.base import Engine
from search.engines.tantivy import TantivyEngine

ENGINES = ("tantivy",)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An engine with nothing in it yet."""
    assert request.param == "tantivy"
    return TantivyEngine(tmp_path / "index")
