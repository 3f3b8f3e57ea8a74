"""`serve` starts web server and worker together, and leaves neither behind."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.services.running_portal import RunningPortal, copied_portal


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "80 80", ""])
def test_what_is_no_port_is_said(port: str) -> None:
    """With an example of what to type."""
    with pytest.raises(CommandError, match=r"is no port: choose a number from 1 to 65535"):
        call_command("serve", port=port)


def test_a_port_in_use_is_said_before_anything_starts() -> None:
    """With another port to try."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"make run PORT={port + 1}"):
            call_command("serve", port=str(port))


@pytest.fixture
def serving(prepared_folder: Path, tmp_path: Path) -> Iterator[RunningPortal]:
    """A served portal of the test's own; stopped afterwards if the test has not done so."""
    running = copied_portal(prepared_folder, tmp_path)
    running.start()
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


def _children(parent: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def _gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_stop_with_it(serving: RunningPortal, number: signal.Signals) -> None:
    """By Ctrl-C, and by a service manager."""
    assert serving.process is not None
    children = _children(serving.process.pid)
    assert sorted("granian" in _command(pid) for pid in children) == [False, True]
    assert serving.stop(by=number) == 0
    assert _gone(children)
    assert not serving.answers()


@needs_proc
@pytest.mark.parametrize(
    ("victim", "name"), [("manage.py worker", "worker"), ("granian", "web server")]
)
def test_it_says_so_when_one_of_them_dies(serving: RunningPortal, victim: str, name: str) -> None:
    """And does not pretend to be a whole portal, nor leave the other half behind."""
    assert serving.process is not None
    children = _children(serving.process.pid)
    grandchildren = [pid for child in children for pid in _children(child)]
    os.kill(next(pid for pid in children if victim in _command(pid)), signal.SIGKILL)
    assert serving.process.wait(timeout=20) == 1
    assert f"The {name} ended by itself" in serving.said
    assert _gone([*children, *grandchildren])
    assert not serving.answers()


def test_it_says_where_it_is_and_who_may_come_in(serving: RunningPortal) -> None:
    """The address, and the people of the demo library."""
    deadline = time.monotonic() + 10
    while "officer@metropolitan.police.example" not in serving.said:
        assert time.monotonic() < deadline, serving.said
        time.sleep(0.1)
    assert serving.address in serving.said
