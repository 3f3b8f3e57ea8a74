"""The canary crawl in its full size: everybody, every document, every method."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command


@pytest.mark.soak
def test_the_full_crawl_finds_no_leak() -> None:
    """In processes and a database of its own; a leak, or a route nobody asked, raises."""
    printed = StringIO()
    call_command("canary_crawl", full=True, json=True, stdout=printed)
    line = json.loads(printed.getvalue().splitlines()[-1])
    assert line["full"]
    assert line["routes"]["missed"] == line["leaks"] == line["unseen"] == []
    assert line["requests"] > 150_000
