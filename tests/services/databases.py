"""The database of a test run: a copy of a template that was migrated once, for each worker.

Migrating Wagtail costs some 20 seconds of CPU; copying its result costs a tenth of one. The
template is kept under .cache, named by the hash of everything that migrations depend on.

    python -m tests.services.databases

builds it ahead of the run, which waits for it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache" / "tests"
MIGRATED = ("requirements.txt", "*/migrations/*.py", "*/migrations/*.sql")


def worker_name() -> str:
    """Name the process among those that share the run: gw0, gw1, or main."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def fingerprint() -> str:
    """Hash whatever the migrated database depends on."""
    digest = hashlib.sha256()
    for pattern in MIGRATED:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Let one worker build what the others wait for."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _use(name: str, *, address: str) -> None:
    """Point this process, and every command it starts, at a database."""
    connection.close()
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = address


def _migrate(address: str) -> None:
    # In a process of its own: this one may already be connected to another database.
    subprocess.run(
        [
            sys.executable,
            "manage.py",
            "migrate",
            "--skip-checks",
            "--verbosity",
            "0",
        ],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address},
        check=True,
    )


def _sqlite_template() -> Path:
    template = CACHE / f"template-{fingerprint()}.sqlite3"
    with one_at_a_time("sqlite"):
        if not template.exists():
            for stale in CACHE.glob("template-*"):
                stale.unlink()
            half_built = template.with_suffix(".half")
            _migrate(f"sqlite:///{half_built}")
            half_built.rename(template)
    return template


def migrated_sqlite_file(path: Path) -> None:
    """Put a migrated, otherwise empty SQLite database at a path."""
    shutil.copyfile(_sqlite_template(), path)


class SqliteDatabase:
    """A file in the worker's own data folder, copied from the template."""

    def __init__(self) -> None:
        """Name the copy."""
        self.path = Path(settings.DATA_DIR) / "test.sqlite3"

    def migrate(self) -> None:
        """Build the template unless it is there."""
        _sqlite_template()

    def create(self) -> None:
        """Take the first copy."""
        self.restore()

    def restore(self) -> None:
        """Put the database back to how it was when it was new."""
        _use(str(self.path), address=f"sqlite:///{self.path}")
        for leftover in self.path.parent.glob("test.sqlite3*"):
            leftover.unlink()
        migrated_sqlite_file(self.path)

    def remove(self) -> None:
        """Leave the folder to whoever removes the worker's data."""
        connection.close()


class PostgresqlDatabase:
    """A database of the worker's own on the server of DATABASE_URL, created from the template."""

    def __init__(self) -> None:
        """Name the template and the copy; the database named in DATABASE_URL is left alone."""
        self.server = dict(connection.settings_dict)
        self.template = f"portal_template_{fingerprint()}"
        self.name = f"portal_test_{worker_name()}_{os.getpid()}"

    def migrate(self) -> None:
        """Build the template unless it is there."""
        with one_at_a_time("postgresql"):
            if not self._exists(self.template):
                half_built = f"{self.template}_half"
                self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", half_built)
                self._command("CREATE DATABASE {}", half_built)
                _migrate(self._address(half_built))
                self._command("ALTER DATABASE {} RENAME TO {}", half_built, self.template)

    def create(self) -> None:
        """Take the first copy."""
        self.migrate()
        self.restore()

    def restore(self) -> None:
        """Put the database back to how it was when it was new."""
        _use(self.name, address=self._address(self.name))
        with one_at_a_time("postgresql"):
            self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
            self._command("CREATE DATABASE {} TEMPLATE {}", self.name, self.template)

    def remove(self) -> None:
        """Leave nothing on the server but the template."""
        connection.close()
        self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)

    def _address(self, name: str) -> str:
        part = {key: quote(str(self.server[key] or ""), safe="") for key in ("USER", "PASSWORD")}
        secret = f":{part['PASSWORD']}" if part["PASSWORD"] else ""
        host, port = str(self.server["HOST"] or ""), str(self.server["PORT"] or "")
        place = f"/{host}" if host.startswith("/") else host + (f":{port}" if port else "")
        return f"postgresql://{part['USER']}{secret}@{place}/{name}"

    def _connect(self) -> psycopg.Connection[tuple[str, ...]]:
        return psycopg.connect(
            host=self.server["HOST"] or None,
            port=self.server["PORT"] or None,
            user=self.server["USER"] or None,
            password=self.server["PASSWORD"] or None,
            dbname=self.server["NAME"],
            autocommit=True,
        )

    def _command(self, command: str, *names: str) -> None:
        with self._connect() as server:
            server.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def _exists(self, name: str) -> bool:
        with self._connect() as server:
            row = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        return row is not None


def database_of_worker() -> SqliteDatabase | PostgresqlDatabase:
    """Choose by the engine that the settings name."""
    return SqliteDatabase() if connection.vendor == "sqlite" else PostgresqlDatabase()


def is_transactional(item: pytest.Item) -> bool:
    """Whether a test commits, and leaves the database empty."""
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or bool(marker and marker.kwargs.get("transaction"))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    database_of_worker().migrate()
