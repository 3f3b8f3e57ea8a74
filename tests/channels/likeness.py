"""Channels 10, 12 and 30: what is completed while typing, and what is like an open page."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from structlog.testing import capture_logs

from access.policy import Reason, Viewer
from access.rules import Conjunction
from guidance.facts import facts_of
from guidance.models import GuidancePage
from guidance.querysets import VisibleQuerySet
from guidance.serving import Opened, Refused, open_document
from search import likeness, likeness_views, suggestions
from tests.channels import answers
from tests.channels.register import Library, channel
from tests.channels.shelves import (
    EVERYTHING,
    ask,
    essex,
    hide,
    pages_of,
    served,
    show,
    titles_in,
    watch,
)
from tests.oracles import test_two_worlds

TYPED = ("qu", "quarrel", "quarrel in", "quillon", "open quarrel", "criminal beh")


def _everything(viewer: Viewer, *, at: datetime) -> tuple[Conjunction, ...]:
    return EVERYTHING


def _complete_any_title(library: Library) -> None:
    library.monkeypatch.setattr(suggestions, "reading_rules", _everything)
    library.monkeypatch.setattr(VisibleQuerySet, "to", lambda rows, viewer, at: rows)


@channel(10, "Completion of titles while typing", fault=_complete_any_title)
def titles_are_completed_to_what_the_reader_may_see(library: Library) -> None:
    """Byte for byte the same; and no word of the index is listed, only documents are asked for."""
    show(library, "Quarrel in the open", "Criminal quarrel")
    client = essex(library)
    paths = [f"/search/suggest/?q={typed}" for typed in TYPED]
    before = test_two_worlds.answers(client, paths)
    assert b"Quarrel in the open" in before[paths[0]][2]
    hide(library, "Quarrel in the open quillonvane: criminal behaviour", count=20)
    asked = watch(library)
    with capture_logs() as logged:
        assert test_two_worlds.answers(client, paths) == before
    assert logged == [], "the index proposed what the database refused"
    assert {method for method, _ in asked} <= {"search", "fast_field_values"}
    assert served(r"suggest|complet|typeahead|prefix") == ["/search/suggest/"]
    assert not re.search(r"<datalist|\slist=", ask(client, "quil"))


def _open_any_seed(library: Library) -> None:
    def opened(viewer: Viewer, ref: str, **more: Any) -> Opened:
        try:
            return open_document(viewer, ref, **more)
        except Refused:
            if (page := GuidancePage.objects.filter(ref=ref).first()) is None:
                raise
            return Opened(page, Reason.INACTIVE, draft=False, facts=facts_of(page))

    library.monkeypatch.setattr(likeness_views, "open_document", opened)


@channel(12, "More like this, from a hidden document", fault=_open_any_seed)
def only_an_open_page_is_the_seed_of_a_search(library: Library) -> None:
    """A hidden reference in the place of a seed answers like one that does not exist."""
    show(library, "Quarrel in the open")
    hidden, *_ = hide(library, "Quarrel behind the door")
    client = essex(library)
    answers.warm(client)
    of_hidden, of_none = (
        answers.ask(client, f"/{ref}/similar/").without(ref)
        for ref in (hidden.ref, answers.UNKNOWN_REF)
    )
    assert of_hidden.status == 404
    assert of_hidden == of_none
    plain, seeded = pages_of(
        client, {"q": "quarrel"}, {"q": "quarrel", "like": hidden.ref}
    ).values()
    assert titles_in(seeded[2].decode()) == titles_in(plain[2].decode())
    assert served(r"related|similar|alike|like[_-]this") == ["/<ref:ref>/similar/"]


def _be_like_anything(library: Library) -> None:
    library.monkeypatch.setattr(likeness, "reading_rules", _everything)
    library.monkeypatch.setattr(VisibleQuerySet, "to", lambda rows, viewer, at: rows)


@channel(30, "Related documents", fault=_be_like_anything)
def pages_like_another_are_those_one_may_read(library: Library) -> None:
    """A page, and the list of those like it, are the same with and without hidden ones."""
    alike = {
        "tactics": ["evidence-capture"],
        "platforms": ["youtube"],
        "content_types": ["threats"],
    }
    seen, _ = show(library, "Quarrel in the open", "Open quarrel", **alike)
    client = essex(library)
    paths = [seen.address, f"{seen.address}similar/"]
    answers.warm(client, *paths)
    before = [answers.ask(client, path) for path in paths]
    assert titles_in(before[1].body.decode()) == ["Open quarrel"]
    hide(library, "Quarrel in the open quillonvane", count=20, **alike)
    with capture_logs() as logged:
        assert [answers.ask(client, path) for path in paths] == before
    assert logged == [], "the index proposed what the database refused"
