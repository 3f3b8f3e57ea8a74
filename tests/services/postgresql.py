"""A throw-away PostgreSQL for the length of a run.

    python -m tests.services.postgresql COMMAND ...

starts one, runs the command with its address in DATABASE_URL, and removes it. Where DATABASE_URL
names a PostgreSQL server already, that server is used and nothing is started.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portal.agreement.cluster import OWNER, NoServerError, throwaway_cluster
from tests.services.availability import missing

REMEDY = "Install it (Debian: apt-get install postgresql), or name a server in DATABASE_URL."


@contextmanager
def server() -> Iterator[str]:
    """Give the address of a PostgreSQL server that may create databases."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith("postgres"):
        yield named
        return
    with throwaway_cluster() as folder:
        yield f"postgresql://{OWNER}@/{folder}/postgres"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server, for tests that compare it with something else."""
    running = server()
    try:
        address = running.__enter__()
    except NoServerError as error:
        missing("PostgreSQL", remedy=f"{REMEDY} ({error})")
    try:
        yield address
    finally:
        running.__exit__(None, None, None)


def main(command: list[str]) -> int:
    """Run a command against a server of its own, and return its exit status."""
    try:
        with server() as address:
            return subprocess.run(
                command, env={**os.environ, "DATABASE_URL": address}, check=False
            ).returncode
    except NoServerError as error:
        sys.stderr.write(f"PostgreSQL is missing here. {REMEDY} ({error})\n")
        return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
