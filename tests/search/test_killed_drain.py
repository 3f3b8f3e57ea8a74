"""`kill -9` in the middle of a drain loses nothing and shows nothing old."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.databases import ROOT, migrated_sqlite_file


class Portal:
    """Processes of a portal with a database and an index of its own."""

    def __init__(self, folder: Path) -> None:
        """Lay out its documents."""
        database = folder / "portal.sqlite3"
        migrated_sqlite_file(database)
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{database}",
            "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        }
        self.scene = self.start("scene")

    def start(self, part: str) -> subprocess.Popen[str]:
        """Start a process and wait until it is ready."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.search.drained_portal", part],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    def tell(self, word: str) -> str:
        """Give the scene a line and read its answer."""
        assert self.scene.stdin is not None
        assert self.scene.stdout is not None
        self.scene.stdin.write(f"{word}\n")
        self.scene.stdin.flush()
        return self.scene.stdout.readline().strip()


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal whose documents are all indexed."""
    found = Portal(tmp_path)
    yield found
    found.scene.communicate(timeout=30)


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.soak)])
def test_a_killed_drain_loses_nothing_and_shows_nothing_old(portal: Portal, kills: int) -> None:
    chance = random.Random(7)
    interrupted = 0
    for _ in range(kills):
        assert portal.tell("change") == "changed"
        draining = portal.start("drain")
        time.sleep(chance.uniform(0.005, 0.3))
        draining.kill()
        said, _ = draining.communicate(timeout=30)
        interrupted += "done" not in said
        assert portal.tell("check") == "[]"
    assert interrupted, "every drain had finished before it was killed"
    assert portal.tell("settle") == "True 0 0"
