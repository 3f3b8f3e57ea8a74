"""Brings this installation up to date: UI kit, database, demo library, index, static files."""

import hashlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from forces.seeding import seed_organisations
from guidance.seeding import lay_out_library
from guidance.vocabularies import seed_vocabularies
from portal.logs import ROOMS
from search.engines import current_engine
from search.engines.base import EngineUnavailableError
from search.indexing import drain, rebuild
from search.level import index_in_use


class Command(BaseCommand):
    """Each step first looks whether there is anything to do, so that a second run takes seconds.

    Nothing that people wrote is touched: the demo library is added where it is missing.
    """

    help = __doc__
    # Checks may ask tables that the first run has yet to make.
    requires_system_checks: list[str] = []

    def handle(self, **options: object) -> None:
        """Do the steps that are due, in the order in which they need one another."""
        self._step("UI kit", lambda: call_command("build_ui", stdout=self.stdout))
        if _static_fingerprint() != _read(_static_stamp()):
            self._step("Static files", _collect_static)
        if _unapplied_migrations():
            self._step("Database", lambda: call_command("migrate", interactive=False, verbosity=0))
        # The table of tries, where the settings keep them in the database (portal.counts).
        call_command("createcachetable", verbosity=0)
        if settings.DEMO:
            self._step("Demo library", lambda: call_command("load_demo", stdout=self.stdout))
        else:
            self._step("Organisations and vocabularies", _seed)
        if not _index_is_usable():
            self._step("Search index", rebuild)
        # What was loaded just now is kept out of searches until its changes are drained.
        while drain():
            pass

    def _step(self, name: str, action: Callable[[], object]) -> None:
        started = time.monotonic()
        self.stdout.write(f"{name} ...")
        self.stdout.flush()
        action()
        self.stdout.write(f"{name}: {time.monotonic() - started:.1f} s")


def _unapplied_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@transaction.atomic
def _seed() -> None:
    """Add what every portal needs before its first person; what the hub changed stays."""
    seed_organisations()
    seed_vocabularies()
    lay_out_library()


def _index_is_usable() -> bool:
    try:
        index_in_use(current_engine())
    except EngineUnavailableError:
        return False
    return True


def _static_stamp() -> Path:
    return Path(settings.STATIC_ROOT) / "collected-from.txt"


def _collect_static() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    _static_stamp().write_text(_static_fingerprint(), encoding="utf-8")


def _static_sources() -> Iterable[Path]:
    for room in ROOMS:
        yield from sorted((settings.BASE_DIR / room / "static").rglob("*"))


def _static_fingerprint() -> str:
    """Hash our own files, and the pins that decide everybody else's."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in _static_sources():
        if path.is_file():
            digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
