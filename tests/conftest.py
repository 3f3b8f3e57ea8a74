"""What every test stands on: a data folder and a migrated database of its own for each worker."""

import gc
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests import turns
from tests.services.databases import (
    ROOT,
    PostgresqlDatabase,
    SqliteDatabase,
    database_of_worker,
    is_transactional,
)

pytest_plugins = [
    "tests.services.chromium",
    "tests.services.elasticsearch.fixtures",
    "tests.services.library",
    "tests.services.model",
    "tests.services.postgresql",
    "tests.services.running_portal",
]

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server", "_django_db_helper"})
SERVED_PORTAL = (
    "tests/journeys/",
    "tests/portal/test_prepare.py",
    "tests/portal/test_serve.py",
)
EVERY_PAGE = "tests/journeys/test_axe.py"
# What takes minutes, the longest first. The others that are served the prepared portal come when it
# is ready: they would wait for it.
LONGEST = (
    EVERY_PAGE,
    "tests/oracles/test_canary_crawl.py",
    "tests/channels/",
    *SERVED_PORTAL,
    "tests/search/test_interference.py",
    "tests/search/",
    "tests/forces/test_rate_limits.py",
    "tests/portal/",
    "tests/oracles/",
)
# Protocols and sweeps over the whole site: what they ask of a database, others ask on both.
ONE_DATABASE = (
    "tests/channels/test_channels.py::test_channel_can_be_seen_open",
    "tests/forces/provisioning/",
    "tests/forces/single_sign_on/",
    "tests/forces/test_rate_limits.py",
    "tests/oracles/test_absence.py",
    "tests/oracles/test_canary_crawl.py",
    "tests/oracles/test_laundering",
    "tests/oracles/test_two_worlds.py",
    "tests/portal/test_headers.py",
    "tests/portal/test_open_doors.py",
)
_DATABASE = pytest.StashKey[SqliteDatabase | PostgresqlDatabase]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the second run, on PostgreSQL, take only the tests that a database could change."""
    parser.addoption(
        "--database-only", action="store_true", help="only tests that use Django's database"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Give each worker a data folder of its own instead of the one it would inherit."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        _remove_own_data()
        os.environ.pop("DATA_DIR", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder that the settings made for this process."""
    _remove_own_data()


def _remove_own_data() -> None:
    # A DATA_DIR that came from the shell may hold what somebody wrote.
    if settings.DATA_DIR.name.startswith("portal-test-"):
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Collect garbage seldom, and never what was imported: it took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 25, 25)


class ByFile(LoadScopeScheduling):
    """A file's tests share a worker and its module fixtures; those of a served portal share two.

    Preparing a portal takes half a minute, and looking at every page takes longer than all other
    journeys. (xdist's own groups have no effect under pytest 9.)
    """

    def schedule(self) -> None:
        """Begin with the files that take longest, or the last worker is waited for."""
        self.config.option.loadscopereorder = False
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        is_shared = file.startswith(SERVED_PORTAL) and file != EVERY_PAGE
        return "a served portal" if is_shared else file


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as there are cores, and one where tests wait for browsers; more slow each other."""
    cores = len(os.sched_getaffinity(0))
    return cores if config.getoption("--database-only") else cores + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Share the tests out by file."""
    return ByFile(config, log)


def pytest_report_header() -> str:
    """Say what this run leaves to others."""
    return turns.said()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare the second run the import of files that it takes nothing from."""
    if not config.getoption("--database-only") or collection_path.suffix != ".py":
        return None
    file = collection_path.relative_to(ROOT).as_posix()
    return None if turns.is_run_on_both(file) else True


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Mark what needs services, keep what has its turn, and put the longest files first."""
    second = config.getoption("--database-only")
    names = {item.nodeid for item in items}
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        _mark_services(item)
        is_kept = turns.is_run(item.nodeid) and (
            not second or _is_about_the_database(item, names=names)
        )
        (kept if is_kept else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept
    yield
    # After pytest-django's own order, which stays within each file: it puts last whatever does not
    # use the database of the test process, and the journeys are the longest of all.
    sizes = Counter(item.nodeid.partition("::")[0] for item in items)
    items.sort(key=lambda item: _turn(item.nodeid.partition("::")[0], sizes))


def _is_about_the_database(item: pytest.Item, *, names: Set[str]) -> bool:
    """Each test once: the embedded engine met the other database in the first run."""
    other_engine = item.nodeid.replace("tantivy", "elasticsearch")
    is_run_on_the_server = other_engine != item.nodeid and other_engine in names
    if is_run_on_the_server and os.environ.get("ELASTICSEARCH_URL"):
        return False
    return _uses_database(item) and not item.nodeid.startswith(ONE_DATABASE)


def _turn(file: str, sizes: Mapping[str, int]) -> tuple[int, int, str]:
    """The place of a file in the queue: the long ones, then those with most tests."""
    turn = next((turn for turn, path in enumerate(LONGEST) if file.startswith(path)), len(LONGEST))
    return turn, -sizes[file], file


def _mark_services(item: pytest.Item) -> None:
    names = set(getattr(item, "fixturenames", ()))
    if {"browser", "elasticsearch", "model_files", "postgresql"} & names:
        item.add_marker("services")
    if {"browser", "portal"} <= names:
        item.add_marker("journey")
    callspec = getattr(item, "callspec", None)
    engines = set(map(str, callspec.params.values())) if callspec else set()
    if "elasticsearch" in names | engines and _uses_database(item):
        item.add_marker("two_servers")


def _uses_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(DATABASE_FIXTURES & names)


def _let_go_of_the_trail() -> None:
    """Django empties the tables after a transactional test, which the trail's triggers refuse."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_no_truncate ON audit_entry")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_no_delete")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Replace pytest-django's: copy the migrated template instead of migrating."""
    database = database_of_worker()
    with django_db_blocker.unblock():
        database.create()
    request.config.stash[_DATABASE] = database
    yield
    with django_db_blocker.unblock():
        database.remove()


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    """Attempts of one test are none of the next one's, whose people have the same numbers."""
    cache.clear()
    yield
    cache.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Bring back what migrations wrote, which Django empties after a transactional test."""
    if is_transactional(item) and item.config.stash.get(_DATABASE, None):
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            _let_go_of_the_trail()
    yield
    if is_transactional(item) and (database := item.config.stash.get(_DATABASE, None)):
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            database.restore()
