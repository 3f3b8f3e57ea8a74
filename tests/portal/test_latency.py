"""The clock of the engines: what a line of it says."""

from pathlib import Path

import pytest

from portal.benchmark.latency import measured
from search.engines.tantivy import TantivyEngine

pytestmark = pytest.mark.django_db


def test_each_round_and_engine_has_its_figures(tmp_path: Path) -> None:
    engines = {name: TantivyEngine(tmp_path / name) for name in ("one", "two")}
    lines = list(measured(engines, documents=30, rounds=2))
    assert [(line["round"], line["engine"]) for line in lines] == [
        (1, "one"),
        (1, "two"),
        (2, "one"),
        (2, "two"),
    ]
    for line in lines:
        assert line["documents"] == engines[line["engine"]].count() == 30
        assert 0 < line["p50_ms"] <= line["p95_ms"]
        assert line["index_bytes"] > 0
