"""What a test does without its service: skip and say why; fail in CI, where all must run."""

import os
from typing import NoReturn

import pytest


def missing(service: str, *, remedy: str) -> NoReturn:
    """End the test that asked for a service this machine lacks."""
    message = f"{service} is missing here. {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{message} In CI no service may be missing.", pytrace=False)
    pytest.skip(message)
