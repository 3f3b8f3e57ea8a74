"""Elastic's own image, where a Docker engine runs."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.services.elasticsearch.program import NoServerError

COMPOSE = Path(__file__).with_name("compose.yaml")


@cache
def docker_runs() -> bool:
    """Whether there is an engine, and not only a client."""
    docker = shutil.which("docker")
    return docker is not None and all(
        subprocess.run([docker, *words], capture_output=True, check=False).returncode == 0
        for words in (["info"], ["compose", "version"])
    )


@dataclass
class DockerNode:
    """A container; its name is that of its folder."""

    folder: Path
    port: int

    def start(self) -> None:
        """Start the container, new or killed."""
        self._compose("up", "--detach")

    def kill(self) -> None:
        """End it at once; its data stays."""
        self._compose("kill")

    def stop(self) -> None:
        """Remove the container with its data."""
        self._compose("down", "--volumes")

    def said(self) -> str:
        """The end of what it has written."""
        return self._compose("logs", "--tail", "20")

    def ended(self) -> bool:
        """Whether it has given up."""
        return not self._compose("ps", "--quiet").strip()

    def _compose(self, *words: str) -> str:
        ran = subprocess.run(
            ["docker", "compose", "--file", COMPOSE, "--project-name", self.folder.name, *words],
            env={**os.environ, "PORT": str(self.port)},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise NoServerError(f"Docker refused: {ran.stderr[-500:]}")
        return ran.stdout
