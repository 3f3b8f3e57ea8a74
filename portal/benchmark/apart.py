"""Runs a measurement in a process of its own, with a database and an index of its own."""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

SETTINGS = "portal.settings.benchmark"


class MeasurementFailedError(RuntimeError):
    """The process ended without a result; the message is the end of what it said."""


def measured_apart(program: str, *words: str, engine: str, with_model: bool = True) -> str:
    """The figures that a program prints which measures in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="search-benchmark-") as name:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", program, *words],
            cwd=settings.BASE_DIR,
            env=environment(Path(name), engine=engine, with_model=with_model),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise MeasurementFailedError(done.stderr[-2000:])
    # Migrations and the like talk first; the figures are lines of JSON.
    return "\n".join(line for line in done.stdout.splitlines() if line.startswith("{"))


def environment(folder: Path, *, engine: str, with_model: bool) -> dict[str, str]:
    """This installation's engine on other data: nothing of what people wrote is touched."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
        "SEARCH_ENGINE": engine,
        "SEARCH_MODEL_DIR": str(settings.SEARCH_MODEL_DIR if with_model else folder / "no-model"),
        "ELASTICSEARCH_INDEX": f"{settings.ELASTICSEARCH_INDEX}-benchmark-{secrets.token_hex(4)}",
    }
