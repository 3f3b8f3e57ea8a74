"""Each rule of our own finds the code beside it that it is there to find."""

import json
from functools import cache
from typing import Any

import pytest

from tests.house.tree import ROOT
from tests.scans.tools import ran, require_good

RULES = ROOT / "tests" / "scans" / "rules"
NAMES = sorted(path.stem for path in RULES.glob("*.yaml"))


@cache
def _checked() -> dict[str, Any]:
    said = require_good(ran("semgrep", "scan", "--test", "--json", "--config", RULES, RULES))
    results: dict[str, Any] = json.loads(said[said.index("{") :])["results"]
    return {name: found for one in results.values() for name, found in one["checks"].items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_rule_fires_where_it_should_and_nowhere_else(name: str) -> None:
    """`ruleid:` and `ok:` stand above the lines of the file beside the rule."""
    check = _checked()[name]
    assert check["passed"], check["matches"]
    (lines,) = check["matches"].values()
    assert lines["expected_lines"], "a rule that finds nothing guards nothing"


def test_every_rule_has_code_to_find() -> None:
    """One file of code for each rule, and the other way round."""
    code = {path.stem for path in RULES.iterdir() if path.suffix in {".py", ".html"}}
    assert code == set(NAMES)
