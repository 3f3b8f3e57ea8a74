"""An index that is not level is never counted in; several in use each take every change."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings
from structlog.testing import capture_logs

from audit.findings import latest
from audit.models import Finding
from guidance import services as guidance_services
from guidance.changes import excluded_documents, record_change
from guidance.facts import audience_facts
from guidance.models import (
    Change,
    Document,
    GuidancePage,
    LawReference,
    Pending,
    SearchIndex,
    Taken,
    Term,
)
from search import indexing, verify
from search.documents import indexed_documents
from search.engines import current_engine
from search.engines.base import Engine
from search.indexing import drain, keep_level, rebuild
from search.level import WAITED_FOR, NotLevelError, index_in_use, look_after
from search.services import Request, find
from tests.guidance.scene import Cast, draft, published, seen_by
from tests.search.engines import EVERY_ENGINE
from tests.sign_in import client_of

NATIONAL = ("national",)
Switch = Callable[[], None]


def _national(cast: Cast, title: str) -> GuidancePage:
    return published(
        cast.kent_author, cast.kent_lead, cast.hub_approver, title=title, audience=NATIONAL
    )


def _narrow(page: GuidancePage, cast: Cast) -> None:
    own = replace(audience_facts(page), audience=frozenset({"own"}))
    guidance_services.narrow(page, to=own, by=cast.kent_lead, reason="Counsel")


def _drained() -> None:
    while drain():
        pass


def _total(cast: Cast, words: str = "quarrel") -> int:
    viewer = seen_by(cast.essex_officer)
    return find(viewer, Request(words=words), at=timezone.now()).total


def _known() -> int:
    """How many documents that everybody may see hold the word, as ranking and spelling count."""
    excluded = excluded_documents(index_in_use(current_engine()))
    return current_engine().baseline(["quarrel"], exclude_pks=excluded).frequencies["quarrel"]


def _is_level() -> bool:
    return not verify.verify().differences


@pytest.fixture
def embedded(settings: Settings, tmp_path: Path) -> Path:
    """The embedded engine in a folder of this test; where that is."""
    settings.SEARCH_ENGINE = "tantivy"
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    return tmp_path / "index"


@pytest.fixture(params=EVERY_ENGINE)
def switch(
    request: pytest.FixtureRequest, embedded: Path, settings: Settings, tmp_path: Path
) -> Switch:
    """Changes between the settings in use and the new ones, which begin with no index."""
    new = {"SEARCH_INDEX_DIR": tmp_path / "new", "SEARCH_ENGINE": request.param}
    if request.param == "elasticsearch":
        new["ELASTICSEARCH_INDEX"] = request.getfixturevalue("index_prefix")

    def change() -> None:
        for name, value in list(new.items()):
            new[name] = getattr(settings, name)
            setattr(settings, name, value)

    return change


def test_switching_the_engine_loses_nothing_and_shows_nothing(cast: Cast, switch: Switch) -> None:
    """Built under new settings while the old engine answers and its worker goes on."""
    narrowed_before = _national(cast, "Quarrel one")
    narrowed_after, withdrawn = _national(cast, "Quarrel two"), _national(cast, "Quarrel three")
    rebuild()
    _drained()
    _narrow(narrowed_before, cast)
    assert (_total(cast), _known()) == (2, 2)
    switch()
    assert rebuild() == 3
    assert (_total(cast), _known()) == (2, 2)
    switch()
    assert (_total(cast), _known()) == (2, 2), "the old index still has the wider facts"
    added = _national(cast, "Quarrel four")
    _narrow(narrowed_after, cast)
    guidance_services.withdraw(withdrawn, by=cast.kent_lead, reason="The court ruled otherwise.")
    _drained()
    assert (_total(cast), _known()) == (2, 1), "one of them was withdrawn"
    assert _is_level()
    switch()
    assert (_total(cast), _known()) == (0, 0), "nothing of it before it has caught up"
    _drained()
    assert (_total(cast), _known()) == (2, 1)
    assert _is_level()
    assert {one.ref for one in current_engine().held()} == {
        page.ref for page in (narrowed_before, narrowed_after, withdrawn, added)
    }
    assert not Change.objects.exists()
    assert not Pending.objects.exists()
    switch()
    assert _is_level(), "the way back"


def test_an_index_that_nobody_looks_after_is_waited_for_no_longer(
    cast: Cast, embedded: Path, settings: Settings
) -> None:
    page = _national(cast, "Quarrel")
    rebuild()
    settings.SEARCH_INDEX_DIR = embedded.parent / "new"
    rebuild()
    _narrow(page, cast)
    _drained()
    assert Change.objects.exists()
    assert Pending.objects.exists()
    old = SearchIndex.objects.order_by("pk")[0]
    SearchIndex.objects.filter(pk=old.pk).update(seen_at=timezone.now() - WAITED_FOR)
    keep_level()
    assert SearchIndex.objects.count() == 1
    for left in (Change, Pending, Taken):
        assert not left._default_manager.exists()
    settings.SEARCH_INDEX_DIR = embedded
    with pytest.raises(NotLevelError):
        _total(cast)
    keep_level()
    assert _is_level()


def test_an_older_index_put_back_counts_nothing_until_it_is_built_anew(
    cast: Cast, embedded: Path
) -> None:
    page, other = _national(cast, "Quarrel one"), _national(cast, "Quarrel two")
    rebuild()
    _drained()
    shutil.copytree(embedded, embedded.parent / "copy")
    _narrow(page, cast)
    _drained()
    shutil.rmtree(embedded)
    shutil.copytree(embedded.parent / "copy", embedded)
    with pytest.raises(NotLevelError):
        _total(cast)
    officer = client_of(cast.essex_officer)
    assert officer.get("/search/", {"q": "quarrel"}).status_code == 503
    with capture_logs() as logged:
        keep_level()
    assert [one["event_name"] for one in logged if "event_name" in one] == [
        "search.index_not_level"
    ]
    assert (_total(cast), _known()) == (1, 1)
    assert other.ref in officer.get("/search/", {"q": "quarrel"}).content.decode()
    assert _is_level()


def test_a_drain_never_writes_onto_an_older_index(cast: Cast, embedded: Path) -> None:
    """It would bear a mark of today, over facts of yesterday."""
    page = _national(cast, "Quarrel one")
    rebuild()
    _drained()
    shutil.copytree(embedded, embedded.parent / "copy")
    _narrow(page, cast)
    _drained()
    shutil.rmtree(embedded)
    shutil.copytree(embedded.parent / "copy", embedded)
    record_change(draft(cast.kent_author).pk)
    _drained()
    assert (_total(cast), _known()) == (0, 0)
    assert _is_level()


def test_a_commit_of_which_the_database_never_heard_is_level(
    cast: Cast, index: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in between, the drain has the same changes again, and the index is as good."""
    page = _national(cast, "Quarrel one")
    rebuild()
    _drained()
    _narrow(page, cast)

    class KilledError(Exception):
        pass

    def killed(*args: object, **more: object) -> None:
        raise KilledError

    with monkeypatch.context() as broken:
        broken.setattr(indexing, "take", killed)
        for _ in range(2):
            with pytest.raises(KilledError):
                drain()
            assert _total(cast) == 0
    _drained()
    assert _is_level()
    assert not Pending.objects.exists()


def test_an_index_of_another_database_is_not_level(cast: Cast, index: Engine) -> None:
    """The database was put back, say; the index knows what this one does not."""
    _national(cast, "Quarrel one")
    rebuild()
    SearchIndex.objects.all().delete()
    with pytest.raises(NotLevelError):
        _total(cast)
    keep_level()
    assert _total(cast) == 1


def test_a_document_teaches_its_words_when_its_embargo_ends(cast: Cast, embedded: Path) -> None:
    page = _national(cast, "Quarrel one")
    opens = timezone.now() + timedelta(hours=1)
    Document.visible.filter(pk=page.pk).update(visible_from=opens)
    rebuild()
    _drained()
    assert _known() == 0
    assert keep_level() == 0
    index = index_in_use(current_engine())
    Document.visible.filter(pk=page.pk).update(visible_from=timezone.now())
    assert look_after(index, at=timezone.now()) == 1
    assert look_after(index_in_use(current_engine()), at=timezone.now()) == 0
    _drained()
    assert _known() == 1


def test_verify_names_a_document_that_should_have_taught_its_words(
    cast: Cast, embedded: Path
) -> None:
    page = _national(cast, "Quarrel one")
    rebuild()
    _drained()
    (row,) = indexed_documents([page.pk], at=timezone.now())
    with current_engine().writer() as writer:
        writer.write([replace(row, in_baseline=False)])
        writer.commit()
    assert [one.drift for one in verify.verify().faults] == [verify.Drift.STALE]


def test_a_term_and_a_law_change_the_pages_that_name_them(cast: Cast) -> None:
    page, other = draft(cast.kent_author), draft(cast.kent_author)
    page.tactics = ["mediation"]
    law = LawReference.objects.create(
        slug="a", act="An Act", nation="united-kingdom", effect="None.", as_at_date="2026-01-01"
    )
    page.laws.set([law])
    page.save()
    Change.objects.all().delete()
    term, _ = Term.objects.get_or_create(
        vocabulary="tactic", slug="mediation", defaults={"label": "Mediation"}
    )
    Change.objects.all().delete()
    term.label = "Talks"
    term.save()
    assert [change.document_pk for change in Change.objects.all()] == [page.pk]
    Change.objects.all().delete()
    law.delete()
    assert [change.document_pk for change in Change.objects.all()] == [page.pk]
    assert other.pk != page.pk


def test_the_worker_compares_puts_right_and_keeps_the_verdict(cast: Cast, embedded: Path) -> None:
    _national(cast, "Quarrel one")
    rebuild()
    _drained()
    assert verify.check() == 0
    found = latest(Finding.Subject.INDEX)
    assert found is not None
    assert (found.is_sound, found.detail["verdict"]) == (True, "level")
    with current_engine().writer() as writer:
        writer.delete(list(Document.visible.values_list("pk", flat=True)))
        writer.commit()
    assert verify.check() == 0, "not before an hour has passed"
    Finding.objects.update(found_at=timezone.now() - verify.EVERY)
    with capture_logs() as logged:
        assert verify.check() == 1
    assert {"event_name": "search.drift", "documents": 1}.items() <= logged[0].items()
    assert _is_level()
    shutil.rmtree(embedded)
    Finding.objects.update(found_at=timezone.now() - verify.EVERY)
    assert verify.check() == 0
    found = latest(Finding.Subject.INDEX)
    assert found is not None
    assert (found.is_sound, found.detail["verdict"]) == (False, "unavailable")
