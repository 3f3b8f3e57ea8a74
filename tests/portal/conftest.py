"""Fixtures of the portal's own tests."""

import pytest

from tests.guidance.scene import Cast, lay_out_scene


@pytest.fixture
def cast(db: None) -> Cast:
    """The small library of the content room's tests, and its people."""
    lay_out_scene()
    return Cast()
