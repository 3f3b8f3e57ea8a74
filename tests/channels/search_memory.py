"""Channels 16 to 23: what search keeps, tells others, how much it works, and how it breaks."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core import mail
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone
from structlog.testing import capture_logs
from tantivy import Query

from access.policy import Viewer
from access.rules import Conjunction
from access.vocabulary import Marking, Role
from audit.events import Event
from audit.record import record
from forces.models import Organisation, User
from forces.services import move_person
from forces.viewers import nation_of
from guidance import services as guidance_services
from guidance.facts import audience_facts
from guidance.models import GuidancePage, Pending
from search import alerts, indexing, saved, services, views
from search.documents import indexed_documents
from search.engines.base import EngineUnavailableError, Hits, IndexedDocument, SearchQuery
from search.engines.tantivy import TantivyEngine
from search.indexing import keep_level, rebuild
from search.models import Rhythm, SavedSearch
from search.query import NothingToSearchError
from search.services import Request, Results, find
from tests.channels.register import Library, channel
from tests.channels.shelves import (
    EVERYTHING,
    NATIONAL,
    add_route,
    ask,
    choices_in,
    essex,
    hide,
    index_all,
    offered_in,
    served,
    shelve,
    show,
    titles_in,
    total_in,
    watch,
)
from tests.guidance.scene import person, published, seen_by
from tests.sign_in import client_of

WORD = "quillonvane"
_MARK = re.compile(r"\b[0-9a-f]{32}\b")

_search = TantivyEngine.search


def _let_a_search_go_on_as_it_was_opened(library: Library) -> None:
    opened: dict[tuple[str, str], Viewer] = {}

    def find_on(viewer: Viewer, request: Request, *, at: datetime) -> Results:
        as_opened = opened.setdefault((viewer.person_id, request.words), viewer)
        return find(as_opened, request, at=at)

    library.monkeypatch.setattr(views, "find", find_on)


@channel(16, "Paging on after access ended", fault=_let_a_search_go_on_as_it_was_opened)
def the_next_page_is_for_who_the_reader_is_by_then(library: Library) -> None:
    author, officer = library.cast.hub_editor, library.cast.essex_officer
    titles = [f"Quarrel {number}" for number in range(21)]
    pages = shelve(author, *titles, audience=("force:essex",))
    index_all()
    client = client_of(officer)
    assert len(titles_in(ask(client, "quarrel"))) == 20
    _move_away(officer)
    for number in "21":
        page = ask(client, "quarrel", page=number)
        assert total_in(page) == 0
        assert not any(one.ref in page for one in pages)


def _move_away(officer: User) -> None:
    move_person(
        officer,
        organisation=Organisation.objects.get(slug="metropolitan"),
        roles=[Role.OFFICER],
        ceiling=Marking.OFFICIAL,
        by="system",
        at=timezone.now(),
    )


def _mail_as_when_it_was_saved(library: Library) -> None:
    essex_person = seen_by(library.cast.essex_officer, second_factor=False)
    library.monkeypatch.setattr(alerts, "viewer_for", lambda _user, **_at: essex_person)


@channel(17, "Saved searches and alerts", fault=_mail_as_when_it_was_saved)
def a_digest_is_for_who_its_owner_is_by_then(library: Library) -> None:
    """What one may no longer see is in no mail; words and titles are in none at all."""
    cast, now = library.cast, timezone.now()
    one = saved.save_search(cast.essex_officer, f"q={WORD}", at=now)
    saved.change_search(one, name=WORD, rhythm=Rhythm.DAILY, at=now)
    (page,) = shelve(cast.hub_editor, WORD.capitalize(), audience=("force:essex",))
    index_all()
    the_day_before = now - timedelta(days=1)
    fresh = the_day_before + timedelta(hours=1)
    GuidancePage.objects.filter(pk=page.pk).update(first_published_at=fresh)
    told = []
    for is_there in (True, False):
        SavedSearch.objects.update(due_at=now, covered_until_at=the_day_before)
        if not is_there:
            _move_away(cast.essex_officer)
        mail.outbox.clear()
        assert alerts.send_digests() == 1
        told.append("".join(str(sent.message()) for sent in mail.outbox))
    assert page.ref in told[0]
    assert WORD not in told[0].lower()
    assert told[1] == ""
    for other in (cast.kent_lead, cast.hub_approver):
        assert WORD not in client_of(other).get("/search/saved/").content.decode()


def _offer_what_others_typed(library: Library) -> None:
    typed: list[str] = []

    def corrected(request: HttpRequest, results: Results) -> tuple[str, str]:
        typed.append(results.request.words)
        return typed[0], "?q="

    library.monkeypatch.setattr(views, "_corrected", corrected)


@channel(18, "Popular and recent searches", fault=_offer_what_others_typed)
def what_one_reader_types_reaches_no_other(library: Library) -> None:
    """A query is content; and of one's own searches the session keeps nothing, either."""
    hide(library, "Quarrel")
    own = client_of(library.cast.kent_officer)
    ask(own, f"quarrel {WORD}")
    assert WORD not in str(dict(own.session.items()))
    for user in (library.cast.kent_lead, library.cast.essex_officer):
        client = client_of(user)
        for address in ("/", "/search/", "/search/?q=quarrel", "/search/?q=quil", "/account/"):
            assert WORD not in client.get(address).content.decode()
    assert served(r"popular|recent|trending|others") == []


def _write_down_what_was_typed(library: Library) -> None:
    def find_and_record(viewer: Viewer, request: Request, *, at: datetime) -> Results:
        detail = {"words": request.words.replace(" ", "_")}
        record(Event.SEARCH, actor=viewer.person_id, detail=detail)
        return find(viewer, request, at=at)

    library.monkeypatch.setattr(views, "find", find_and_record)


@channel(19, "Log and statistics of searches", fault=_write_down_what_was_typed)
def words_are_in_no_table_no_log_and_no_report(library: Library) -> None:
    """Whoever may look at the trail or at reports finds counts, never what was typed."""
    hide(library, "Quarrel")
    with _everything_logged() as lines:
        ask(client_of(library.cast.kent_officer), f"quarrel {WORD}")
        ask(client_of(library.cast.kent_officer), f"{WORD} +", sort="views")
    assert WORD not in "".join(lines)
    assert _tables_holding(WORD) == []
    for user in (person("oversight", Role.AUDITOR), person("hub", Role.ADMINISTRATOR)):
        client = client_of(user)
        for address in ("/", "/search/", "/account/", "/admin/", "/admin/reports/site-history/"):
            assert WORD not in client.get(address).content.decode()
    assert served(r"analytic|statistic|dashboard|popular|search.*(log|report)", admin=True) == []


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _everything_logged() -> Iterator[list[str]]:
    handler = _Lines()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.lines
    finally:
        logging.getLogger().removeHandler(handler)


def _tables_holding(word: str) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            if any(word in str(row) for row in cursor.fetchall()):
                found.append(table)
    return found


def _wait_for_the_index(library: Library) -> None:
    library.monkeypatch.setattr(services, "excluded_now", lambda engine: frozenset())


@channel(20, "Stale index", fault=_wait_for_the_index)
def what_was_narrowed_is_gone_whatever_the_index_holds(library: Library) -> None:
    """Narrowed in the middle of a rebuild, then drained, then an old copy of the index put back.

    Not one number, and not one word to offer, comes from the document that used to be national.
    """
    cast = library.cast
    page = published(
        cast.kent_author, cast.kent_lead, cast.hub_approver, audience=NATIONAL, title="Quillonvane"
    )
    index_all()
    index, old = library.settings.SEARCH_INDEX_DIR, library.folder / "old"
    shutil.copytree(index, old)
    client = client_of(cast.met_officer)
    assert titles_in(ask(client, WORD)) == [page.title]
    _rebuild_while_narrowing(library, page)
    assert Pending.objects.exists()
    _assert_gone(library, page)
    index_all()
    assert not Pending.objects.exists()
    _assert_gone(library, page)
    library.settings.SEARCH_INDEX_DIR = old
    assert client.get("/search/", {"q": WORD}).status_code == 503
    keep_level()
    _assert_gone(library, page)


def _rebuild_while_narrowing(library: Library, page: GuidancePage) -> None:
    def read_then_narrow(pks: Collection[int], *, at: datetime) -> list[IndexedDocument]:
        found = list(indexed_documents(pks, at=at))
        region = replace(audience_facts(page), audience=frozenset({"region:ersou"}))
        guidance_services.narrow(page, to=region, by=library.cast.kent_lead, reason="Counsel")
        return found

    with library.monkeypatch.context() as patch:
        patch.setattr(indexing, "indexed_documents", read_then_narrow)
        rebuild()


def _assert_gone(library: Library, page: GuidancePage) -> None:
    client = client_of(library.cast.met_officer)
    with capture_logs() as logged:
        found = ask(client, WORD)
        filtered = ask(client, WORD, type="lesson")
        misspelt = ask(client, "quilonvane")
    assert (total_in(found), page.ref in found) == (0, False)
    assert list(choices_in(filtered).values()) == [("Lesson", 0)]
    assert "Search without filters" not in filtered
    assert offered_in(misspelt) == []
    assert logged == [], "left out by the question, not dropped from the answer"


def _read_on_until_a_page_is_full(library: Library) -> None:
    def search(
        engine: TantivyEngine, query: SearchQuery, *, conjunctions: Sequence[Conjunction]
    ) -> Hits:
        allowed = engine.visible(conjunctions)
        kept, place = [], 0
        while True:
            part = _search(engine, replace(query, offset=place), conjunctions=EVERYTHING)
            kept += [hit for hit in part.hits if hit.ref in allowed]
            place += query.limit
            if len(kept) >= query.limit or not part.hits:
                within = _search(engine, query, conjunctions=conjunctions)
                return replace(within, hits=tuple(kept[: query.limit]))

    library.monkeypatch.setattr(TantivyEngine, "search", search)


@channel(21, "Time of a search with many hidden matches", fault=_read_on_until_a_page_is_full)
def hidden_matches_make_no_work(library: Library) -> None:
    """The same statements and the same questions to the index, so no clock needs to be read."""
    show(library, "Quarrel in the open", "Quarrel on paper")
    viewer, at = seen_by(library.cast.essex_officer), timezone.now()
    asked = watch(library)
    nation_of(viewer.organisation)  # read once in ten minutes

    def work(words: str) -> tuple[list[str], list[tuple[str, list[str]]]]:
        asked.clear()
        with CaptureQueriesContext(connection) as statements:
            find(viewer, Request(words=words), at=at)
        # In any order: facets are counted beside the rows.
        questions = sorted(
            (method, [str(one) for one in arguments if isinstance(one, Query)])
            for method, arguments in asked
        )
        # Each commit of the index bears a mark of its own, by which it is looked up.
        said = [_MARK.sub("a mark", statement["sql"]) for statement in statements]
        return said, questions

    before = [work(words) for words in ("quarrel", "", WORD)]
    hide(library, f"Quarrel {WORD}", count=24)
    assert [work(words) for words in ("quarrel", "", WORD)] == before


def _sum_up_whatever_matches(library: Library) -> None:
    def summary(request: HttpRequest) -> HttpResponse:
        rows = GuidancePage.objects.filter(title__icontains=request.GET["q"])
        return HttpResponse(". ".join(row.title for row in rows))

    add_route(library, path("search/answer/", summary, name="search_answer"))


@channel(22, "Answers and likeness made by a model", fault=_sum_up_whatever_matches)
def no_model_reads_for_the_reader(library: Library) -> None:
    """No address sums up or answers; vectors are only compared inside search.

    There among visible ones only: tests/search/test_meaning.py.
    """
    hide(library, f"Quarrel {WORD}")
    client = essex(library)
    for place in ("search/answer/", "search/summary/", "search/ask/", "answers/"):
        assert WORD.encode() not in client.get(f"/{place}", {"q": "quarrel"}).content
    assert served(r"(?<!un)answer|summar|ask\b|chat|assist|semantic|vector|embed|neural") == []


def _say_what_the_engine_said(library: Library) -> None:
    def find_or_tell(viewer: Viewer, request: Request, *, at: datetime) -> Results:
        try:
            return find(viewer, request, at=at)
        except Exception as error:
            raise NothingToSearchError(str(error)) from error

    library.monkeypatch.setattr(views, "find", find_or_tell)


@channel(23, "Text of an error of the index", fault=_say_what_the_engine_said)
def an_error_names_no_field_no_document_and_no_folder(library: Library) -> None:
    """Whatever broke, the page is the same; and nothing that is typed breaks it."""
    hidden, *_ = hide(library, f"Quarrel {WORD}")
    client = essex(library)
    client.raise_request_exception = False
    for typed in ("\0", "audience:", "[" * 500, "\\" * 99, "'; --", "{}", "%s%n"):
        assert client.get("/search/", {"q": typed}).status_code in {200, 400}
    for error in (ValueError, KeyError, EngineUnavailableError):
        raised = error(f"field audience of {hidden.ref} is not fast: {WORD}")
        with library.monkeypatch.context() as patch:
            patch.setattr(TantivyEngine, "search", _raising(raised))
            _assert_says_nothing(client.get("/search/"), hidden.ref, WORD, "audience")
    broken = library.folder / "broken"
    shutil.copytree(library.settings.SEARCH_INDEX_DIR, broken)
    (place,) = broken.glob("v*-*")
    (place / "meta.json").write_text(f'{{"segments": "{hidden.ref}"', encoding="utf-8")
    library.settings.SEARCH_INDEX_DIR = broken
    _assert_says_nothing(client.get("/search/"), hidden.ref, place.name, "segments")


def _raising(error: Exception) -> Any:
    def search(*question: Any, **more: Any) -> Hits:
        raise error

    return search


def _assert_says_nothing(answer: Any, *words: str) -> None:
    page = answer.content.decode()
    assert not [word for word in words if word in page]
    assert answer.status_code in {500, 503}
