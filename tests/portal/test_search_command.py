"""`manage.py search`: what one person would find, for a script to read."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from search.indexing import rebuild
from tests.guidance.scene import Cast, published


def found(*words: str, email: str, **options: Any) -> dict[str, Any]:
    """The one line that the command prints."""
    out = io.StringIO()
    call_command("search", *words, email=email, json=True, stdout=out, **options)
    (line,) = out.getvalue().splitlines()
    answer: dict[str, Any] = json.loads(line)
    return answer


@pytest.fixture
def library(cast: Cast, settings: Settings, tmp_path: Path) -> list[str]:
    """The references of three pages, the one that fits best first; the last is Kent's own."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    pages = [
        published(cast.hub_editor, cast.hub_approver, audience=("national",), **fields)
        for fields in (
            {"title": "Quarrel, quarrel", "platforms": ["snapchat"]},
            {"title": "Posts", "purpose": "<p>A quarrel.</p>", "platforms": ["tiktok"]},
        )
    ]
    pages.append(published(cast.kent_author, cast.kent_lead, purpose="<p>A quarrel.</p>"))
    rebuild()
    return [page.ref for page in pages]


def test_it_prints_total_references_in_order_and_facets(cast: Cast, library: list[str]) -> None:
    """All three are those of the person that it is run as, and of nobody else."""
    officer = found("quarrel", email=cast.essex_officer.email)
    assert officer["total"] == 2
    assert officer["references"] == library[:2]
    assert officer["facets"]["type"] == {"guidance": 2}
    assert officer["facets"]["platform"] == {"snapchat": 1, "tiktok": 1}
    assert officer["facets"]["force"] == {"hub": 2}
    kents = found("quarrel", email=cast.kent_officer.email)
    assert kents["total"] == 3
    assert set(kents["references"]) == set(library)
    assert kents["facets"]["force"] == {"hub": 2, "kent": 1}


def test_filters_are_those_of_the_page(cast: Cast, library: list[str]) -> None:
    """Total and facets follow them."""
    narrowed = found("quarrel", email=cast.kent_officer.email, chosen=["platform=tiktok"])
    assert (narrowed["total"], narrowed["references"]) == (1, library[1:2])
    assert narrowed["facets"]["force"] == {"hub": 1}


def test_nobody_and_an_unknown_filter_are_named(cast: Cast, library: list[str]) -> None:
    """Instead of an empty answer."""
    with pytest.raises(CommandError, match="nobody with the address"):
        found("quarrel", email="nobody@kent.police.example")
    with pytest.raises(CommandError, match="no filter “colour”"):
        found("quarrel", email=cast.kent_officer.email, chosen=["colour=red"])
