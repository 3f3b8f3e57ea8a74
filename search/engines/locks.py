"""One writer at a time: on this machine by a file, on several by the database they share."""

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from search.engines.base import WriterBusyError


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold the right to write. It ends with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WriterBusyError("Another process is writing to the index.") from error
        yield


@contextmanager
def database_lock(name: str) -> Iterator[None]:
    """Hold it among all machines that share a PostgreSQL; it ends with the connection.

    SQLite is on one machine, where the file says enough.
    """
    if connection.vendor != "postgresql":
        yield
        return
    key = zlib.crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (held,) = cursor.fetchone()
    if not held:
        raise WriterBusyError("Another machine is writing to the index.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
