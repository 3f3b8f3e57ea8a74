"""The list of what the portal is made of is valid CycloneDX and leaves nothing out."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT
from tests.scans.tools import ran, require_good

# Run where the schemas are installed.
VALIDATE = """
import json, pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
version = SchemaVersion.from_version(json.loads(text)["specVersion"])
sys.exit(str(JsonStrictValidator(version).validate_str(text) or "") or 0)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `make sbom` writes."""
    made = tmp_path_factory.mktemp("sbom")
    require_good(ran(ROOT / ".ci" / "sbom", made))
    return made


@cache
def _components(path: Path) -> dict[str, str]:
    listed: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["components"]
    return {
        "/".join(filter(None, (one.get("group"), canonicalize_name(one["name"])))): one["version"]
        for one in listed
    }


@pytest.mark.parametrize("name", ["portal.cdx.json", "kit.cdx.json"])
def test_the_list_is_valid(name: str, folder: Path) -> None:
    """By the schema of the version that it says it is."""
    require_good(ran("python", "-c", VALIDATE, folder / name))


def test_an_invalid_list_is_told_apart(tmp_path: Path) -> None:
    """Or the test above proves nothing."""
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": 7}')
    assert ran("python", "-c", VALIDATE, wrong).returncode == 1


def test_everything_a_production_host_installs_is_listed(folder: Path) -> None:
    """With its version."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    listed = _components(folder / "portal.cdx.json")
    assert listed == {canonicalize_name(name): version for name, version in pins}


def test_the_ui_kit_is_listed(folder: Path) -> None:
    """Every package of its lock file."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    locked = {
        path.removeprefix("node_modules/"): package["version"]
        for path, package in lock["packages"].items()
        if path
    }
    assert {
        name.replace("@ministryofjustice/ministryofjustice", "@ministryofjustice"): version
        for name, version in _components(folder / "kit.cdx.json").items()
    } == locked
