"""Every channel is shut; and every test of that was seen red under its fault."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from pytest_django import Settings

import tests.channels
from tests.channels.register import CHANNELS, Library
from tests.guidance.scene import Cast
from tests.house.tree import ROOT

for module in pkgutil.iter_modules(tests.channels.__path__):
    if not module.name.startswith("test_"):
        importlib.import_module(f"tests.channels.{module.name}")

HOW_MANY = 62
LIST = ROOT / "docs" / "security" / "channels.md"


@pytest.fixture
def library(
    cast: Cast, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Library:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    return Library(cast, settings, tmp_path, monkeypatch)


@pytest.mark.parametrize("number", sorted(CHANNELS))
def test_channel_is_shut(library: Library, number: int) -> None:
    CHANNELS[number].shut(library)


@pytest.mark.parametrize("number", sorted(CHANNELS))
def test_channel_can_be_seen_open(library: Library, number: int) -> None:
    """A test that passes with its door open proves nothing."""
    CHANNELS[number].fault(library)
    with pytest.raises(AssertionError):
        CHANNELS[number].shut(library)


def test_each_channel_has_a_test_and_a_line() -> None:
    assert sorted(CHANNELS) == list(range(1, HOW_MANY + 1))
    listed = re.findall(r"^\| (\d+) \| ([^|]+) \|", LIST.read_text(encoding="utf-8"), re.M)
    assert {int(number): name.strip() for number, name in listed} == {
        number: channel.name for number, channel in CHANNELS.items()
    }
