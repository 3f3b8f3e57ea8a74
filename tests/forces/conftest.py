"""Fixtures of the people room."""

import pytest

from tests.guidance.scene import Cast, lay_out_scene


@pytest.fixture
def cast(db: None) -> Cast:
    """The small library and its people."""
    lay_out_scene()
    return Cast()
