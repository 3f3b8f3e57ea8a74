"""The scanners' environment, which is not the one that tests run in."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.services.availability import missing

PROGRAMS = ROOT / ".venv-scan" / "bin"


def ran(*words: str | Path, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """What a program of that environment did."""
    if not PROGRAMS.is_dir():
        missing("The scanners' environment", remedy="`make scan` makes it.")
    program, *rest = map(str, words)
    quiet = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    return subprocess.run(
        [str(PROGRAMS / program) if "/" not in program else program, *rest],
        cwd=folder,
        env={**os.environ, **quiet},
        capture_output=True,
        text=True,
        check=False,
    )


def require_good(done: "subprocess.CompletedProcess[str]") -> str:
    """What it printed, if it ended well."""
    if done.returncode:
        pytest.fail(f"{done.args}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    return done.stdout
