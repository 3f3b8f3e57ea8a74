"""Throw-away databases, reachable under an alias for as long as the agreement runs."""

import copy
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environ
from django.db import DatabaseError, connections

from portal.agreement.cluster import OWNER, NoServerError, throwaway_cluster

POSTGRESQL = "django.db.backends.postgresql"


@contextmanager
def sqlite_database() -> Iterator[str]:
    """Give the alias of an empty SQLite database in a temporary file."""
    with tempfile.TemporaryDirectory(prefix="agreement-") as folder:
        name = str(Path(folder) / "agreement.sqlite3")
        options = {"init_command": "PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"}
        facts = {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": options}
        with _alias("agreement_sqlite", facts=facts) as alias:
            yield alias


@contextmanager
def postgresql_database() -> Iterator[str]:
    """Give the alias of an empty PostgreSQL database on the first server there is.

    The server is the one of DATABASE_URL, else of AGREEMENT_DATABASE_URL, else our own.
    """
    server = _named_server()
    if server is not None:
        with _database_on(server) as alias:
            yield alias
        return
    with throwaway_cluster() as folder:
        own = {"ENGINE": POSTGRESQL, "HOST": str(folder), "USER": OWNER, "NAME": "postgres"}
        with _database_on(own) as alias:
            yield alias


def _named_server() -> dict[str, Any] | None:
    default = connections.settings["default"]
    if default["ENGINE"] == POSTGRESQL:
        return dict(default)
    if not (address := os.environ.get("AGREEMENT_DATABASE_URL")):
        return None
    named = dict(environ.Env.db_url_config(address))
    if named["ENGINE"] != POSTGRESQL:
        message = "AGREEMENT_DATABASE_URL names no PostgreSQL server: write postgres://…"
        raise NoServerError(message)
    return named


@contextmanager
def _database_on(server: dict[str, Any]) -> Iterator[str]:
    """Create a database of a random name on a server, and drop it afterwards."""
    name = f"agreement_{secrets.token_hex(6)}"
    _command_server(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        with _alias("agreement_postgresql", facts={**server, "NAME": name}) as alias:
            yield alias
    finally:
        _command_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _command_server(server: dict[str, Any], command: str) -> None:
    try:
        with (
            _alias("agreement_server", facts=server) as alias,
            connections[alias].cursor() as cursor,
        ):
            cursor.execute(command)
    except DatabaseError as error:
        message = f"the PostgreSQL server gave no throw-away database: {str(error).strip()}"
        raise NoServerError(message) from error


@contextmanager
def _alias(alias: str, *, facts: dict[str, Any]) -> Iterator[str]:
    """Let Django know a database for a while."""
    settings = copy.deepcopy(connections.settings["default"])
    settings.update({"HOST": "", "PORT": "", "USER": "", "PASSWORD": "", "OPTIONS": {}, **facts})
    settings["CONN_MAX_AGE"] = 0
    connections.settings[alias] = settings
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
