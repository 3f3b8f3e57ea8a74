"""The processes of `tests.search.drained_portal`, started and told what to do by a test."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.services.databases import ROOT, migrated_sqlite_file


class PortalProcesses:
    """Processes of a portal with a database and an index of its own."""

    def __init__(self, folder: Path, *, environment: Mapping[str, str]) -> None:
        """Lay out its documents."""
        database = folder / "portal.sqlite3"
        migrated_sqlite_file(database)
        self.environment = {
            **os.environ,
            **environment,
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
            stderr=subprocess.PIPE if part == "drain" else None,
            text=True,
        )
        assert line_of(process) == "ready"
        return process

    def tell(self, word: str) -> str:
        """Give the scene a line and read its answer."""
        assert self.scene.stdin is not None
        self.scene.stdin.write(f"{word}\n")
        self.scene.stdin.flush()
        return line_of(self.scene)


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that a process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
