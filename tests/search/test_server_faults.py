"""A search server that is away, refuses, is killed, or is not who it says: nothing is lost."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from elasticsearch import ApiError, Elasticsearch
from pytest_django import Settings

from guidance import services as guidance_services
from guidance.changes import record_change
from guidance.facts import audience_facts
from guidance.models import Change, Document
from search import indexing
from search.documents import indexed_documents
from search.engines import current_engine
from search.engines.base import Engine, EngineUnavailableError, Facet, IndexedDocument
from search.engines.elasticsearch import patience
from search.indexing import drain, keep_level, rebuild
from search.services import Request, find
from search.verify import verify
from tests.guidance.scene import Cast, draft, published, seen_by
from tests.search.engines import environment_of
from tests.search.portal_processes import PortalProcesses, line_of
from tests.search.shelf import ask, document, fill, ref_of, refs
from tests.services.availability import missing
from tests.services.elasticsearch.program import NoServerError
from tests.services.elasticsearch.server import Server, started
from tests.services.running_portal import free_port
from tests.services.tcp_proxy import Proxy, Wire, proxied
from tests.sign_in import client_of

pytestmark = pytest.mark.services


@pytest.fixture
def server_index(settings: Settings, tmp_path: Path, index_prefix: str) -> Engine:
    """The engine of this installation on the server that all tests share."""
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.ELASTICSEARCH_INDEX = index_prefix
    return current_engine()


def _drained() -> None:
    while drain():
        pass


def _versions() -> dict[int, int]:
    return {one.pk: one.access_version for one in current_engine().held()}


def test_while_the_server_is_away_people_publish_and_changes_wait(
    cast: Cast, server_index: Engine, settings: Settings
) -> None:
    rebuild()
    _drained()
    there = settings.ELASTICSEARCH_URL
    settings.ELASTICSEARCH_URL = [f"http://127.0.0.1:{free_port()}"]
    page = published(cast.kent_author, cast.kent_lead, title="Quarrel posts")
    waiting = Change.objects.count()
    for _ in range(2):
        with pytest.raises(EngineUnavailableError):
            drain()
    assert Change.objects.count() == waiting > 0
    officer = client_of(cast.kent_officer)
    down = officer.get("/search/", {"q": "quarrel"})
    assert down.status_code == 503
    assert page.ref not in down.content.decode()
    settings.ELASTICSEARCH_URL = there
    _drained()
    assert not Change.objects.exists()
    assert page.ref in officer.get("/search/", {"q": "quarrel"}).content.decode()


def test_the_page_says_the_same_whichever_engine_is_away(
    cast: Cast, server_index: Engine, settings: Settings
) -> None:
    officer = client_of(cast.kent_officer)
    settings.SEARCH_ENGINE = "tantivy"
    no_folder = officer.get("/search/", {"q": "quarrel"})
    settings.SEARCH_ENGINE = "elasticsearch"
    no_index = officer.get("/search/", {"q": "quarrel"})
    settings.ELASTICSEARCH_URL = [f"http://127.0.0.1:{free_port()}"]
    no_server = officer.get("/search/", {"q": "quarrel"})
    assert no_folder.status_code == no_index.status_code == no_server.status_code == 503
    told = {_told(answer.content.decode()) for answer in (no_folder, no_index, no_server)}
    assert len(told) == 1


def _told(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def wire(server_index: Engine, settings: Settings) -> Iterator[Proxy]:
    """The same server behind a wire that can be cut."""
    (there,) = settings.ELASTICSEARCH_URL
    address = urlsplit(there)
    with proxied((address.hostname or "", address.port or 0)) as proxy:
        settings.ELASTICSEARCH_URL = [proxy.url]
        yield proxy


@pytest.mark.parametrize("fault", [Wire.CUT, Wire.HALF])
def test_a_broken_wire_loses_nothing_and_is_plainly_said(
    cast: Cast, wire: Proxy, fault: Wire
) -> None:
    rebuild()
    _drained()
    page = published(cast.kent_author, cast.kent_lead, title="Quarrel posts")
    officer = client_of(cast.kent_officer)
    wire.become(fault)
    assert officer.get("/search/", {"q": "quarrel"}).status_code == 503
    waiting = Change.objects.count()
    with pytest.raises(EngineUnavailableError):
        drain()
    assert Change.objects.count() == waiting > 0
    wire.become(Wire.PASS)
    _drained()
    assert not Change.objects.exists()
    assert page.ref in officer.get("/search/", {"q": "quarrel"}).content.decode()


def test_a_silent_server_holds_up_one_question_and_no_more(
    cast: Cast, wire: Proxy, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those after it are refused at once: they would hold every thread, and so every page."""
    rebuild()
    _drained()
    settings.ELASTICSEARCH_SECONDS_TO_ANSWER = 0.5
    officer = client_of(cast.kent_officer)
    wire.become(Wire.SILENT)
    monkeypatch.setattr(patience, "SECONDS_OF_REST", 3600.0)
    assert officer.get("/search/", {"q": "quarrel"}).status_code == 503
    asked = wire.connections
    for _ in range(3):
        assert officer.get("/search/", {"q": "quarrel"}).status_code == 503
        assert officer.get("/help/").status_code == 200
    assert wire.connections == asked > 0


def test_a_server_that_was_silent_is_tried_again_by_one_question() -> None:
    known = patience.Patience()
    known.require()
    known.was_silent()
    with pytest.raises(EngineUnavailableError):
        known.require()
    known._rests_until = 0.0
    known.require()
    with pytest.raises(EngineUnavailableError):
        known.require()
    known.was_heard()
    known.require()
    known.require()


def test_an_index_restored_from_a_snapshot_counts_nothing_until_it_is_level(
    cast: Cast, own_settings: Settings, own_server: Server
) -> None:
    """The worker notices by itself, and builds it anew."""
    page = published(
        cast.kent_author,
        cast.kent_lead,
        cast.hub_approver,
        title="Quarrel posts",
        audience=("national",),
    )
    rebuild()
    _drained()
    name = current_engine()._store.current()  # type: ignore[attr-defined]
    with own_server.client() as client:
        client.snapshot.create_repository(
            name="backup",
            repository={"type": "fs", "settings": {"location": own_server.snapshots}},
        )
        client.snapshot.create(
            repository="backup", snapshot="older", indices=name, wait_for_completion=True
        )
        own = replace(audience_facts(page), audience=frozenset({"own"}))
        guidance_services.narrow(page, to=own, by=cast.kent_lead, reason="Counsel")
        _drained()
        client.indices.delete(index=name)
        client.snapshot.restore(
            repository="backup", snapshot="older", indices=name, wait_for_completion=True
        )
    officer = client_of(cast.essex_officer)
    assert officer.get("/search/", {"q": "quarrel"}).status_code == 503
    keep_level()
    assert verify().differences == ()
    found = find(seen_by(cast.essex_officer), Request(words="quarrel"), at=timezone.now())
    assert found.total == 0
    assert officer.get("/search/", {"q": "quarrel"}).status_code == 200


@pytest.mark.parametrize("block", ["write", "read_only", "read_only_allow_delete"])
def test_an_index_that_takes_no_writes_still_answers_and_catches_up(
    cast: Cast, server_index: Engine, elasticsearch: Elasticsearch, block: str
) -> None:
    """As an operator sets it, or the server itself where its disk is full."""
    page = published(cast.kent_author, cast.kent_lead, title="Quarrel posts")
    rebuild()
    _drained()
    version = Document.visible.get(pk=page.pk).access_version
    names = f"{server_index._store.alias}-*"  # type: ignore[attr-defined]
    elasticsearch.indices.put_settings(index=names, settings={f"index.blocks.{block}": True})
    record_change(draft(cast.kent_author, title="Quarrel letters").pk)
    with pytest.raises(EngineUnavailableError):
        drain()
    assert Change.objects.exists()
    assert _versions() == {page.pk: version}
    elasticsearch.indices.put_settings(index=names, settings={f"index.blocks.{block}": None})
    _drained()
    assert not Change.objects.exists()
    assert len(_versions()) == 2


def test_an_index_that_vanished_is_never_made_anew_without_its_fields(
    server_index: Engine, elasticsearch: Elasticsearch
) -> None:
    """Writing to a name that is gone would make an index that guesses its fields."""
    fill(server_index, [document(1, "Knife adverts")])
    with server_index.writer() as writer:
        writer.write([document(2, "Knife letters")])
        names = list(elasticsearch.indices.get(index=f"{server_index._store.alias}-*"))  # type: ignore[attr-defined]
        elasticsearch.indices.delete(index=names[0])
        with pytest.raises(EngineUnavailableError):
            writer.commit()
    with pytest.raises(EngineUnavailableError):
        server_index.count()


def test_one_document_that_the_server_refuses_stops_no_other(
    cast: Cast, server_index: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild()
    pages = [draft(cast.kent_author, title=f"Quarrel {number}") for number in range(3)]
    bad = pages[1].pk
    for page in pages:
        record_change(page.pk)

    def overlong(pks: Collection[int], **more: Any) -> Iterator[IndexedDocument]:
        for one in indexed_documents(pks, **more):
            # Longer than any value that the server takes.
            facets = {Facet.NATION: ("a" * 40_000,)} if one.pk == bad else one.facets
            yield replace(one, facets=facets)

    monkeypatch.setattr(indexing, "indexed_documents", overlong)
    _drained()
    assert set(_versions()) == {pages[0].pk, pages[2].pk}
    left = {change.failure for change in Change.objects.all()}
    assert left == {"RefusedError"}
    monkeypatch.undo()
    while drain(retry_failed=True):
        pass
    assert bad in _versions()
    assert not Change.objects.exists()


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that no other test uses, with https and keys: this module kills it."""
    try:
        with started(secure=True) as server:
            yield server
    except NoServerError as error:
        missing("Elasticsearch", remedy=str(error))


@pytest.fixture
def own_settings(own_server: Server, settings: Settings, tmp_path: Path) -> Settings:
    """An installation that uses it as production does: by https and a key with few rights."""
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.ELASTICSEARCH_URL = own_server.urls
    settings.ELASTICSEARCH_API_KEY = own_server.environment["ELASTICSEARCH_API_KEY"]
    settings.ELASTICSEARCH_CA_CERTS = own_server.ca_certs
    settings.ELASTICSEARCH_INDEX = "portal"
    return settings


def test_a_key_for_its_own_indexes_is_all_it_needs(
    own_settings: Settings, own_server: Server
) -> None:
    engine = current_engine()
    for number in (1, 2):
        fill(engine, [document(number, "Knife adverts")])
        assert refs(ask(engine, "knife")) == [ref_of(number)]
    with own_server.client() as client:
        client.indices.create(index="payroll")
    with (
        Elasticsearch(
            own_server.urls,
            ca_certs=own_server.ca_certs,
            api_key=own_settings.ELASTICSEARCH_API_KEY,
        ) as keyed,
        pytest.raises(ApiError) as refused,
    ):
        keyed.search(index="payroll")
    assert refused.value.status_code == 403


@pytest.mark.parametrize("without", ["ELASTICSEARCH_CA_CERTS", "ELASTICSEARCH_API_KEY"])
def test_an_unknown_certificate_or_no_key_is_no_answer(
    own_settings: Settings, without: str
) -> None:
    fill(current_engine(), [document(1, "Knife adverts")])
    setattr(own_settings, without, "")
    with pytest.raises(EngineUnavailableError):
        ask(current_engine(), "knife")


@pytest.mark.parametrize("kills", [1, pytest.param(8, marks=pytest.mark.soak)])
def test_a_server_killed_in_the_middle_of_a_drain_loses_nothing(
    own_settings: Settings, own_server: Server, tmp_path: Path, kills: int
) -> None:
    """And the drain, which ends with an error, is done by the next one."""
    portal = PortalProcesses(tmp_path, environment=environment_of(own_settings))
    for batches in range(1, kills + 1):
        assert portal.tell("change") == "changed"
        draining = portal.start("drain")
        for _ in range(batches % 5 + 1):
            assert line_of(draining).startswith("batch of ")
        own_server.kill()
        said, wrong = draining.communicate(timeout=120)
        assert "done" not in said
        assert "EngineUnavailableError" in wrong
        own_server.start()
        assert portal.tell("check") == "[]"
    assert portal.tell("settle") == "True 0 0"
    portal.scene.communicate(timeout=30)


@pytest.mark.soak
def test_of_three_nodes_any_one_may_fail(settings: Settings, tmp_path: Path) -> None:
    """Searches and writes go on, also when it is the one that leads the others."""
    with started(nodes=3, secure=True) as server:
        settings.SEARCH_ENGINE = "elasticsearch"
        settings.SEARCH_INDEX_DIR = tmp_path / "index"
        settings.ELASTICSEARCH_URL = server.urls
        settings.ELASTICSEARCH_API_KEY = server.environment["ELASTICSEARCH_API_KEY"]
        settings.ELASTICSEARCH_CA_CERTS = server.ca_certs
        engine = current_engine()
        fill(engine, [document(1, "Knife adverts")])
        with server.client() as client:
            client.cluster.health(wait_for_status="green", timeout="60s")
            leader = client.cat.master(format="json")[0]["node"]  # type: ignore[index]
        place = int(str(leader).rpartition("-")[2])
        server.nodes[place].kill()
        left = replace(
            server,
            urls=[url for number, url in enumerate(server.urls) if number != place],
            nodes=[node for number, node in enumerate(server.nodes) if number != place],
        )
        left.wait()
        with engine.writer() as writer:
            writer.write([document(2, "Knife letters")])
            writer.commit()
        assert refs(ask(engine, "knife")) == [ref_of(1), ref_of(2)]
