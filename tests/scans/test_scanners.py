"""The scan that CI runs would find what it is there to find."""

from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.scans.tools import ran

# In pieces, or the scan would find it here.
KEY = "AKIA" + "IOSFODNN7EXAMPLE"


def test_dangerous_calls_are_found(tmp_path: Path) -> None:
    """By bandit, as .ci/scan calls it."""
    careless = tmp_path / "careless.py"
    careless.write_text("import pickle\n\npickle.loads(b'')\n", encoding="utf-8")
    assert ran("bandit", "-q", "-ll", "-r", tmp_path).returncode == 1


@pytest.mark.parametrize("line", [f'key = "{KEY}"', "-----BEGIN RSA " + "PRIVATE KEY-----"])
def test_a_committed_secret_is_found(line: str, tmp_path: Path) -> None:
    """By detect-secrets, with the exceptions that .ci/scan makes."""
    committed = tmp_path / "settings.py"
    committed.write_text(f"{line}\n", encoding="utf-8")
    assert ran("detect-secrets-hook", "--no-verify", committed).returncode == 1


def test_ci_scans_every_room() -> None:
    """A new room is in the scan from its first day."""
    script = (ROOT / ".ci" / "scan").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert rooms == set(script.partition('rooms="')[2].partition('"')[0].split())
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make --jobs=2 --output-sync lint scan " in checks
