"""`kill -9` in the middle of a drain loses nothing and shows nothing old."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from search.engines.base import Engine
from tests.search.engines import environment_of
from tests.search.portal_processes import PortalProcesses


@pytest.fixture
def portal(
    index: Engine, settings: Settings, tmp_path: Path, model_files: Path
) -> Iterator[PortalProcesses]:
    """A portal whose documents are all indexed, and their meaning with them."""
    (Path(settings.SEARCH_INDEX_DIR).parent / "model").symlink_to(model_files)
    found = PortalProcesses(tmp_path, environment=environment_of(settings))
    yield found
    found.scene.communicate(timeout=30)


@pytest.mark.parametrize("kills", [2, pytest.param(100, marks=pytest.mark.soak)])
def test_a_killed_drain_loses_nothing_and_shows_nothing_old(
    portal: PortalProcesses, kills: int
) -> None:
    chance = random.Random(7)
    interrupted = 0
    for _ in range(kills):
        assert portal.tell("change") == "changed"
        draining = portal.start("drain")
        time.sleep(chance.uniform(0.005, 1.2))
        draining.kill()
        said, _ = draining.communicate(timeout=30)
        interrupted += "done" not in said
        assert portal.tell("check") == "[]"
    assert interrupted, "every drain had finished before it was killed"
    assert portal.tell("settle") == "True 0 0"
