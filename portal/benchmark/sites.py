"""Brings up the two sites that are measured: the portal and the plain one beside it."""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PERSON = "officer@metropolitan.police.example"
PORTAL_PORT = 8012
PEER_PORT = 8011


@dataclass(frozen=True, slots=True)
class Site:
    """A running site: where it answers, its first process, and an officer's cookie."""

    name: str
    port: int
    pid: int
    cookie: str

    @property
    def address(self) -> str:
        """Loopback only: a measurement never leaves the machine."""
        return f"http://127.0.0.1:{self.port}"


class Peer:
    """The plain site, through its own script."""

    def __init__(self, folder: Path, *, documents: int, search: str) -> None:
        """`folder` holds peer.sh, compare.py and corpus.py; `search` is "db" or "es"."""
        self.folder = folder
        self.documents = documents
        self.search = search

    def run(self, *arguments: str) -> str:
        """One call of the script; its last line of output."""
        command = ["bash", str(self.folder / "peer.sh"), *arguments]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
        lines = done.stdout.strip().splitlines()
        return lines[-1] if lines else ""

    def prepare(self, *, database_port: int, reuse: bool) -> None:
        """Environment, database cluster and corpus; `reuse` keeps those of an earlier run."""
        if not _answers(database_port):
            self.run("pg", "start")
        if not reuse:
            self.run("setup")
            self.run("load", str(self.documents), self.search)

    def start(self) -> Site:
        """Serve the corpus with two workers."""
        pid = int(self.run("up", str(PEER_PORT), self.search, str(self.documents)))
        cookies = json.loads(self.run("cookies", str(self.documents)))
        self.section = str(cookies["section30"])
        return Site("peer", PEER_PORT, pid, cookies["officer"])

    def routes(self) -> dict[str, dict[str, object]]:
        """The plain site's routes, as compare.py wants them."""
        script = [sys.executable, str(self.folder / "mkroutes.py"), self.section]
        done = subprocess.run(script, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
        routes: dict[str, dict[str, object]] = json.loads(done.stdout)
        return routes

    def corpus(self, target: Path) -> Path:
        """The same documents as JSON lines."""
        script = [sys.executable, str(self.folder / "corpus.py"), str(self.documents)]
        with target.open("w", encoding="utf-8") as lines:
            subprocess.run(script, check=True, stdout=lines)  # noqa: S603
        return target


class Portal:
    """The portal, in a database of its own on the plain site's cluster."""

    def __init__(self, folder: Path, *, database_port: int, root: Path) -> None:
        """`folder` takes the portal's data; `root` is where manage.py lies."""
        self.root = root
        self.database_port = database_port
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings.benchmark",
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:{database_port}/portal_benchmark",
        }

    def manage(self, *arguments: str) -> str:
        """One management command; its last line of output."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(  # noqa: S603
            command,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.root,
            env=self.environment,
        )
        lines = done.stdout.strip().splitlines()
        return lines[-1] if lines else ""

    def prepare(self, corpus: Path) -> None:
        """Empty database, demo people, the corpus, the index."""
        import psycopg

        server = f"host=127.0.0.1 port={self.database_port} user=postgres dbname=postgres"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS portal_benchmark")
            connection.execute("CREATE DATABASE portal_benchmark")
        self.manage("migrate", "--verbosity", "0")
        self.manage("load_demo")
        self.manage("load_corpus", str(corpus))
        self.manage("drain")
        self.manage("collectstatic", "--noinput", "--verbosity", "0")

    def start(self) -> Site:
        """Serve with two workers, as the plain site does."""
        cookie = self.manage("session_cookie", PERSON, "--second-factor")
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"]
        command += ["--host", "127.0.0.1", "--port", str(PORTAL_PORT), "portal.wsgi:application"]
        server = subprocess.Popen(command, cwd=self.root, env=self.environment)  # noqa: S603
        _wait_for(PORTAL_PORT)
        return Site("portal", PORTAL_PORT, server.pid, cookie)

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """The process that brings published pages into the index."""
        command = [sys.executable, "manage.py", "worker"]
        return subprocess.Popen(command, cwd=self.root, env=self.environment)  # noqa: S603

    def publishing(self) -> str:
        """The shell command that publishes a page for each token it reads."""
        names = ("DJANGO_SETTINGS_MODULE", "DATA_DIR", "DATABASE_URL")
        settings = [f"{name}={shlex.quote(self.environment[name])}" for name in names]
        program = [shlex.quote(sys.executable), "-m", "portal.benchmark.publishing"]
        return " ".join(["cd", shlex.quote(str(self.root)), "&&", *settings, *program])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(port: int) -> None:
    """Until the port answers; TimeoutError after 60 seconds."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if _answers(port):
            return
        time.sleep(0.1)
    raise TimeoutError(f"Nothing answers on port {port}.")
