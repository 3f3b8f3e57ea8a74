"""Change the access rule in every small way: the access tests notice each change."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOMS, ROOT

RULE = ("policy", "rules")
# mutmut passes over what is decorated; the facts of a viewer are half of the rule.
PROPERTY = re.compile(r"    @property\n    def (\w+)\(self\)(.*?)(?=\n\n)", re.DOTALL)
LEAST = {"policy": 100, "rules": 140}


def copied_to(folder: Path) -> Path:
    """The portal beside a place for mutants, its properties written as plain functions."""
    for name in (*ROOMS, "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "static", "pictures")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    policy = folder / "access" / "policy.py"
    plain, count = PROPERTY.subn(
        r"    def _\1(self)\2\n\n    \1 = property(_\1)", policy.read_text(encoding="utf-8")
    )
    assert count == 3
    policy.write_text(plain, encoding="utf-8")
    return folder


def outcomes(folder: Path, module: str) -> dict[str, int]:
    """What the tests ended with, by mutant; 0 is a change that nobody noticed."""
    meta = folder / "mutants" / "access" / f"{module}.py.meta"
    found: dict[str, int] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


@pytest.mark.soak
def test_every_mutant_of_the_rule_is_killed(tmp_path: Path) -> None:
    folder = copied_to(tmp_path)
    program = Path(sys.executable).parent / "mutmut"
    shell = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATA_DIR", "PYTEST_CURRENT_TEST"}
    }
    ran = subprocess.run(
        [program, "run"],
        cwd=folder,
        env={**shell, "PATH": f"{program.parent}{os.pathsep}{shell['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    for module in RULE:
        found = outcomes(folder, module)
        assert [name for name, code in found.items() if code != 1] == []
        assert len(found) >= LEAST[module], len(found)
        print(f"access/{module}.py: {len(found)} mutants, all killed")  # noqa: T201 - the figure
