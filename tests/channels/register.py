"""A channel, how it is tested to be shut, and the fault under which that test turns red.

The numbers and names are those of the access design's list. Each channel is a function that gets
the library and asserts; its fault opens the door, and the same function must then fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.guidance.scene import Cast


@dataclass(frozen=True)
class Library:
    """The small library and its people, for one channel."""

    cast: Cast
    settings: Settings
    folder: Path
    monkeypatch: pytest.MonkeyPatch


Shut = Callable[[Library], None]
Fault = Callable[[Library], None]


@dataclass(frozen=True)
class Channel:
    """One way out."""

    number: int
    name: str
    shut: Shut
    # What is broken on purpose; where a channel is absent, the fault adds it.
    fault: Fault


CHANNELS: dict[int, Channel] = {}


def channel(number: int, name: str, *, fault: Fault) -> Callable[[Shut], Shut]:
    """Register the decorated function as the test of a channel; a number stands once."""

    def add(shut: Shut) -> Shut:
        if number in CHANNELS:
            raise ValueError(f"Channel {number} has a test already.")
        CHANNELS[number] = Channel(number, name, shut, fault)
        return shut

    return add
