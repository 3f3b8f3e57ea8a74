"""One writer at a time, on one machine and on several that share a database."""

from pathlib import Path
from zlib import crc32

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from search.engines.base import WriterBusyError
from search.engines.locks import database_lock, file_lock


def test_a_file_is_held_by_one_and_free_afterwards(tmp_path: Path) -> None:
    with file_lock(tmp_path / "lock"), pytest.raises(WriterBusyError), file_lock(tmp_path / "lock"):
        pass
    with file_lock(tmp_path / "lock"):
        pass


@pytest.mark.django_db
def test_a_database_is_held_by_one_machine_and_free_afterwards(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    if connection.vendor != "postgresql":
        with django_assert_num_queries(0), database_lock("portal"):
            return
    other = connection.copy()
    with other.cursor() as machine:
        with database_lock("portal"):
            machine.execute("SELECT pg_try_advisory_lock(%s)", [crc32(b"portal")])
            assert machine.fetchone() == (False,)
        machine.execute("SELECT pg_try_advisory_lock(%s)", [crc32(b"portal")])
        assert machine.fetchone() == (True,)
        with pytest.raises(WriterBusyError), database_lock("portal"):
            pass
    other.close()
