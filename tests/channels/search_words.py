"""Channels 9, 11, 13 to 15: what may be typed and chosen, and is offered beside the results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from structlog.testing import capture_logs
from wagtail.blocks import BaseBlock

from access.policy import Viewer
from access.rules import Conjunction, In, rules_for
from access.vocabulary import Role
from forces.models import Organisation, RolloutPhase
from guidance.blocks import BodyBlock
from guidance.models import Attachment, Document, GuidancePage, StoredFile
from search import documents, services
from search.engines.base import Engine, IndexedDocument, SearchQuery
from search.indexing import drain
from search.query import Analysis, analyse
from search.services import Request, find
from tests.channels.register import Library, channel
from tests.channels.shelves import (
    EVERYTHING,
    NATIONAL,
    ask,
    essex,
    hide,
    index_all,
    offered_in,
    pages_of,
    show,
    titles_in,
    total_in,
)
from tests.guidance.scene import LONG_AGO, in_future, person, published, seen_by

_indexed = documents._indexed


def _learn_words_from_every_document(library: Library) -> None:
    library.monkeypatch.setattr(documents, "is_in_baseline", lambda *facts, **more: True)


@channel(9, "Did you mean", fault=_learn_words_from_every_document)
def a_word_is_offered_only_to_those_who_may_see_where_it_stands(library: Library) -> None:
    """Not from hidden documents; and from national ones only to forces that are let in to them."""
    show(library, "Quarrel in the open")
    hide(library, "Quillonvane")
    client = essex(library)
    assert offered_in(ask(client, "qarrel")) == ["quarrel"]
    assert offered_in(ask(client, "quilonvane")) == []
    for number, opens_at in ((2, in_future(days=9)), (4, LONG_AGO)):
        phase = RolloutPhase.objects.create(number=number, name="Later", opens_at=opens_at)
        slug = f"later{number}"
        Organisation.objects.create(
            slug=slug, name=slug, short_name=slug, kind="force", phase=phase
        )
        while drain():
            pass
        later = seen_by(person(slug, Role.OFFICER))
        found = find(later, Request(words="qarrel"), at=timezone.now())
        assert (found.total, found.analysis.corrections) == (0, ())


def _count_what_there_is_without_the_rule(library: Library) -> None:
    def total(engine: Engine, asked: SearchQuery, rules: tuple[Conjunction, ...]) -> int:
        wider = replace(asked, filters={}, published_from_date=None, offset=0)
        return engine.search(wider, conjunctions=EVERYTHING).total

    library.monkeypatch.setattr(services, "_total_without_filters", total)


@channel(11, "Hints where nothing was found", fault=_count_what_there_is_without_the_rule)
def hints_promise_only_what_the_reader_would_find(library: Library) -> None:
    show(library, "Quarrel in the open", "Quarrel on paper")
    client = essex(library)
    questions: tuple[dict[str, str], ...] = (
        {"q": "quarrel", "type": "lesson"},
        {"q": "quarrel", "published_from": "2030-01-01"},
        {"q": "quarrel", "force": "kent"},
        {"q": '"paper quarrel"'},
        {"q": "quillonvane"},
    )
    before = pages_of(client, *questions)
    pages = [str(body) for _, _, body in before.values()]
    assert ["Search without filters: 2 results" in page for page in pages[:3]] == [True] * 3
    assert "No document has these exact words together." in pages[3]
    hide(library, "Paper quarrel quillonvane")
    assert pages_of(client, *questions) == before


def _index_the_newest_revision(library: Library) -> None:
    def indexed(document: Document, **around: Any) -> IndexedDocument:
        return _indexed(document.get_latest_revision_as_object(), **around)

    library.monkeypatch.setattr(documents, "_indexed", indexed)


@channel(13, "Lines of a restricted part of a visible document", fault=_index_the_newest_revision)
def lines_come_only_from_what_was_published(library: Library) -> None:
    """What a visible page has beside its published text is its draft; no part has an audience."""
    cast = library.cast
    page = published(cast.hub_editor, cast.hub_approver, audience=NATIONAL, title="Quarrel")
    file = StoredFile.objects.create(
        title="Note", text="quillonvane", file=ContentFile(b"x", name="note.txt")
    )
    page.attachments.add(Attachment(file=file, label="Quillonvane"))
    page.summary = page.purpose = "A quarrel with quillonvane."
    page.save_revision(user=cast.hub_editor)
    index_all()
    client = essex(library)
    assert total_in(ask(client, "quillonvane")) == 0
    assert "uillonvane" not in ask(client, "quarrel")
    assert titles_in(ask(client, "quarrel")) == ["Quarrel"]
    names = {part.name for part in _parts_of(BodyBlock())}
    assert not names & {"audience", "marking", "groups", "visible_to", "restricted"}


def _parts_of(block: BaseBlock) -> Iterator[BaseBlock]:
    yield block
    children = list(getattr(block, "child_blocks", {}).values())
    for child in [*children, *filter(None, [getattr(block, "child_block", None)])]:
        yield from _parts_of(child)


def _let_fields_be_named(library: Library) -> None:
    """Words such as owner:kent become conditions, put beside the access rule."""
    named: list[tuple[str, str]] = []

    def analyse_fields(text: str, **more: Any) -> Analysis:
        named[:] = re.findall(r"\b(owner|state|audience):(\w+)", text)
        return analyse(text, **more)

    def rules_and_fields(viewer: Viewer, *, at: datetime) -> tuple[Conjunction, ...]:
        beside = ((In(field, frozenset({value})),) for field, value in named)  # type: ignore[arg-type]
        return (*rules_for(viewer, at=at), *beside)

    library.monkeypatch.setattr(services, "analyse", analyse_fields)
    library.monkeypatch.setattr(services, "rules_for", rules_and_fields)


SIGNS = (
    *("owner:kent", "state:draft", "quar*", "/quar.*/", "qarrle~2", "*:*", "_exists_:owner"),
    *("quarrel) OR (owner:kent", "ref:GD-*", "audience:own quarrel", "keys:0|draft|-|own"),
    *("NOT zebra", "[a TO z]", "impacts:quarrel|f"),
)


@channel(14, "Query syntax", fault=_let_fields_be_named)
def signs_and_names_of_fields_reach_nothing(library: Library) -> None:
    """Whatever is typed is words, and an unknown name in the address is not read."""
    show(library, "Quarrel in the open")
    client = essex(library)
    questions = [{"q": words, "type": "lesson"} for words in SIGNS]
    questions += [{"q": words} for words in SIGNS[:3]]
    names = ({"owner": "kent"}, {"state": "draft"}, {"fields": "title"}, {"ref": "GD-"})
    questions += [{"q": "quarrel", **name} for name in names]
    before = pages_of(client, *questions)
    assert {status for status, _, _ in before.values()} == {200, 400}
    hide(library, "Quarrel of kent owner state draft own")
    with capture_logs() as logged:
        assert pages_of(client, *questions) == before
    assert logged == [], "the index proposed what the database refused"


def _call_an_edit_new(library: Library) -> None:
    def indexed(document: Document, **around: Any) -> IndexedDocument:
        when = document.latest_revision_created_at
        return replace(_indexed(document, **around), published_at=when)

    library.monkeypatch.setattr(documents, "_indexed", indexed)


@channel(15, "Order of a list", fault=_call_an_edit_new)
def an_order_tells_only_of_what_is_shown(library: Library) -> None:
    """Neither hidden documents nor unpublished edits move a hit; other orders are refused."""
    pages = show(library, "Quarrel one", "Quarrel two", "Quarrel three")
    for page in pages:
        when = Document.visible.get(pk=page.pk).last_published_at
        Document.visible.filter(pk=page.pk).update(latest_revision_created_at=when)
    index_all()
    client = essex(library)
    orders = [{"q": "quarrel", "sort": one} for one in ("newest", "reviewed", "relevance")]
    orders += [{"sort": "newest"}, {"sort": "reviewed"}]
    before = pages_of(client, *orders)
    assert titles_in(ask(client, sort="newest")) == [page.title for page in reversed(pages)]
    hide(library, "Quarrel", last_verified_on_date=timezone.localdate())
    GuidancePage.objects.get(pk=pages[0].pk).save_revision(user=library.cast.hub_editor)
    index_all()
    assert pages_of(client, *orders) == before
    for order in ("owner", "updated", "views", "marking"):
        assert client.get("/search/", {"q": "quarrel", "sort": order}).status_code == 400
