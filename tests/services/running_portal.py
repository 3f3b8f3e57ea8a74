"""The portal as `make run` serves it, in processes and a data folder of its own.

Journeys drive it from outside, as people do: nothing of it is faked, and its database is not the
database of the test process.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.services.databases import ROOT, migrated_sqlite_file, one_at_a_time, worker_name
from tests.services.identity_provider.process import SECRET

SECONDS_TO_PREPARE = 180
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20
ENVIRONMENT_OF_TESTS = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE")


@dataclass
class RunningPortal:
    """A served portal and how to give it commands."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where a browser finds it, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """Everything the serving process has written so far."""
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """The environment of a shell in which somebody types `make run`."""
        inherited = {
            name: value for name, value in os.environ.items() if name not in ENVIRONMENT_OF_TESTS
        }
        # A force's provider, where a journey starts one, runs on this machine.
        provider = {
            "SSO_INSECURE_ISSUERS": "on",
            "SSO_CLIENT_SECRETS": json.dumps({"met-own": SECRET}),
        }
        return {**inherited, **provider, "DATA_DIR": str(self.folder)}

    def manage(self, *words: str, timeout: int = SECONDS_TO_PREPARE) -> str:
        """Run a management command and return what it printed."""
        ran = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert ran.returncode == 0, f"{' '.join(words)}: {ran.stderr[-2000:]}"
        return ran.stdout

    def cookie(self, email: str, *, second_factor: bool = True) -> dict[str, str]:
        """The session of a persona, as playwright's add_cookies takes it."""
        strength = ["--second-factor"] if second_factor else []
        key = self.manage("session_cookie", email, *strength).strip().rpartition("=")[2]
        return {"name": "sessionid", "value": key, "url": self.address}

    def start(self) -> None:
        """Serve, and wait until the first page answers."""
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.answers():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether anything but a refused connection comes back."""
        try:
            urlopen(f"{self.address}/accounts/login/", timeout=10).close()
        except HTTPError:
            return True
        except (URLError, OSError):
            return False
        return True

    def stop(self, *, by: signal.Signals = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does, and return its exit status."""
        assert self.process is not None
        self.process.send_signal(by)
        try:
            return self.process.wait(timeout=SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a portal with demo library and index; copy it, and leave it as it is.

    Made once for all workers of a run: it takes half a minute.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_name() == "main" else own.parent
    folder = shared / "prepared"
    with one_at_a_time("prepared"):
        if not folder.exists():
            half = Path(tempfile.mkdtemp(prefix="half-", dir=shared))
            migrated_sqlite_file(half / "portal.sqlite3")
            RunningPortal(folder=half, port=0).manage("prepare")
            half.rename(folder)
    return folder


def copied_portal(prepared: Path, folder: Path) -> RunningPortal:
    """A portal of one's own, not yet served."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return RunningPortal(folder=folder, port=free_port())


@pytest.fixture(scope="session")
def portal(
    prepared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningPortal]:
    """The demo library, served to all journeys."""
    running = copied_portal(prepared_folder, tmp_path_factory.mktemp("portal"))
    running.start()
    yield running
    running.stop()
