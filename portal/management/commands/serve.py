"""Starts the web server and the worker together, and stops them together."""

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.library import read_people
from portal.demo.people import DEMO_PASSWORD, DEMO_TOTP_SECRET

HOST = "127.0.0.1"
THREADS = 4
SECONDS_TO_START = 60
SECONDS_TO_STOP = 10

Process = subprocess.Popen[bytes]


class Command(BaseCommand):
    """What `make run` ends in; a production host starts the two processes as its own services."""

    help = "Serves the portal on 127.0.0.1 together with its worker, until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port."""
        parser.add_argument("--port", default="8000", help="8000 if not given.")

    def handle(self, *, port: str, **options: object) -> None:
        """Start both, say where, and wait until one ends or somebody asks to stop."""
        number = _port(port)
        _refuse_taken_port(number)
        with _running(number) as (web, worker):
            if _wait_for(web, port=number):
                self._announce(number)
            while web.poll() is None and worker.poll() is None:
                time.sleep(0.5)
            ended = "web server" if web.poll() is not None else "worker"
        raise CommandError(f"The {ended} ended by itself; what it said stands above.")

    def _announce(self, port: int) -> None:
        self.stdout.write(f"\nThe portal is at http://{HOST}:{port}/   Ctrl-C stops it.")
        if settings.DEMO:
            self.stdout.write(_introduction())
        self.stdout.flush()


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise CommandError(f"“{text}” is no port: choose a number from 1 to 65535, as in PORT=8001.")


def _refuse_taken_port(port: int) -> None:
    """Say so before anything starts: the server itself would say it late, and less clearly."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is not free, perhaps because the portal runs already. "
                f"Stop what uses it, or choose another: make run PORT={port + 1}"
            ) from error


@contextmanager
def _running(port: int) -> Iterator[tuple[Process, Process]]:
    """Run both until the block ends or this process is asked to stop."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    address = ["--host", HOST, "--port", str(port)]
    size = ["--workers", "1", "--blocking-threads", str(THREADS), "--log-level", "warning"]
    web = _start("-m", "granian", "--interface", "wsgi", *address, *size, "portal.wsgi:application")
    worker = _start("manage.py", "worker")
    try:
        yield web, worker
    finally:
        # A second Ctrl-C must not leave children behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _stop(web, worker)


def _start(*words: str) -> Process:
    # A session of its own: Ctrl-C in the terminal reaches this process only, which stops both.
    return subprocess.Popen(  # noqa: S603 - our own programs, no words from outside
        [sys.executable, *words], cwd=settings.BASE_DIR, start_new_session=True
    )


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def _stop(*processes: Process) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        # Whatever is left of it: one that would not stop, or the children of one that was killed.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(web: Process, *, port: int) -> bool:
    """Wait until the web server takes connections; its first page needs no one to try again."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and web.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return True
        time.sleep(0.1)
    return False


def _introduction() -> str:
    """List who may sign in to the demo library, and what each of them shows."""
    persons = read_people()["person"]
    width = max(len(person["email"]) for person in persons)
    lines = [f"  {person['email']:{width}}  {person['shows']}" for person in persons]
    return "\n".join(
        [
            f"\nSign in as one of these. The password is {DEMO_PASSWORD}, and an authenticator app",
            f"shows the code when given the key {DEMO_TOTP_SECRET}",
            "(or: manage.py session_cookie EMAIL --second-factor).\n",
            *lines,
        ]
    )
