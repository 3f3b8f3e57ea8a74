"""docs/security/asvs.md holds each requirement once, and what it names exists."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from tests.house.tree import ROOT

PAGE = "docs/security/asvs.md"
# OWASP ASVS 5.0.0, levels 1 and 2, and level 3 of V8 and V16, as section: its last number. All
# numbers up to the last are meant but for those that follow a minus: they are of level 3.
ASKED = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3
4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3
7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:4 8.2:4 8.3:3 8.4:2 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11
10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1
13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3
16.5:4 17.1:1 17.2:4 17.3:2
"""
STATES = {"met", "not met", "does not apply"}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]+|README\.md)(?:::(\w+))?`")


@cache
def _page() -> str:
    return (ROOT / PAGE).read_text(encoding="utf-8")


def _asked() -> set[str]:
    found = set()
    for word in ASKED.split():
        section, last, *left_out = re.split(r"[:-]", word)
        numbers = set(range(1, int(last) + 1)) - set(map(int, left_out))
        found |= {f"{section}.{number}" for number in numbers}
    return found


def test_each_requirement_stands_there_once() -> None:
    """260 of them."""
    written = Counter(number for number, *_ in ROW.findall(_page()))
    assert len(_asked()) == 260
    assert written == Counter(_asked())


def test_each_has_a_state_and_what_is_met_names_where() -> None:
    """A met requirement without a test or a document is a wish."""
    rows = ROW.findall(_page())
    assert {state for _, _, state, _ in rows} == STATES
    silent = [
        number for number, _, state, told in rows if state == "met" and not NAMED.search(told)
    ]
    assert silent == []


def test_what_is_not_met_stands_at_the_top() -> None:
    """So that nobody has to look for it."""
    top = _page().partition("## Not met")[2].partition("\n## ")[0]
    listed = re.findall(r"^- (\d+\.\d+\.\d+) ", top, re.MULTILINE)
    assert listed == [number for number, _, state, _ in ROW.findall(_page()) if state == "not met"]


@pytest.mark.parametrize("page", [PAGE, "docs/security/README.md"])
def test_what_is_named_exists(page: str) -> None:
    """File and function, also after a test was renamed."""
    gone = []
    for path, function in NAMED.findall((ROOT / page).read_text(encoding="utf-8")):
        file = ROOT / path
        if not file.exists() or (
            function and f"def {function}(" not in file.read_text(encoding="utf-8")
        ):
            gone.append(f"{path}::{function}")
    assert gone == []
