"""The status page says what is wrong, what to do, and nothing about any document."""

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.vocabulary import Role
from audit.checking import AGAIN, EVERY, check_trail, verify_against_heads
from audit.events import Event
from audit.findings import latest
from audit.heads import export_head
from audit.models import Entry, Finding
from audit.record import record
from audit.sealing import seal
from guidance.changes import record_change
from guidance.models import Change, SearchIndex
from portal.management.commands.worker import note_worker
from portal.oversight.status import WORKER_SILENT_AFTER, status
from search.indexing import drain, rebuild
from search.verify import check
from tests.guidance.scene import Cast, draft, person
from tests.sign_in import client_of

PATH = "/oversight/status/"
MAY_SEE = [
    ("hub", Role.HUB_EDITOR),
    ("hub", Role.HUB_APPROVER),
    ("hub", Role.ADMINISTRATOR),
    ("oversight", Role.AUDITOR),
]


@pytest.fixture(autouse=True)
def _well(cast: Cast, settings: Settings, tmp_path: Path) -> None:
    """A portal whose worker has done all its duties."""
    settings.SEARCH_ENGINE = "tantivy"
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.TRAIL_HEADS = tmp_path / "heads.txt"
    draft(cast.kent_author, title="Quillonvane")
    rebuild()
    while drain():
        pass
    record(Event.SEARCH, actor="system", detail={"total": 0})
    seal()
    export_head()
    for duty in (check, check_trail, note_worker):
        duty()


def _page(organisation: str = "oversight", role: Role = Role.AUDITOR) -> Client:
    return client_of(person(organisation, role, name="somebody"))


def _is_well() -> bool:
    return status(at=timezone.now()).is_well


@pytest.mark.parametrize(("organisation", "role"), MAY_SEE)
def test_who_looks_after_the_portal_sees_it(organisation: str, role: Role) -> None:
    client = _page(organisation, role)
    html = client.get(PATH).content.decode()
    assert "All is well" in html
    assert "Quillonvane" not in html
    assert f'href="{PATH}"' in client.get("/help/").content.decode()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUTHOR, Role.APPROVER])
def test_for_everybody_else_there_is_no_such_page(role: Role) -> None:
    client = _page("kent", role)
    assert client.get(PATH).content == client.get("/nowhere/").content
    assert PATH not in client.get("/help/").content.decode()


def test_without_a_second_factor_there_is_no_such_page() -> None:
    user = person("hub", Role.HUB_EDITOR, name="somebody")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    assert client_of(user, second_factor=False).get(PATH).status_code == 404


def test_a_lag_is_told_by_its_age(cast: Cast) -> None:
    record_change(draft(cast.kent_author).pk)
    Change.objects.update(queued_at=timezone.now() - timedelta(minutes=5))
    assert not _is_well()
    html = _page().get(PATH).content.decode()
    assert "300 seconds" in html
    assert "narrowed ones are kept out all the same" in html


def test_an_index_that_is_not_level_is_said_to_be_catching_up() -> None:
    SearchIndex.objects.all().delete()
    assert not _is_well()
    assert "Is being built anew" in _page().get(PATH).content.decode()


def test_an_index_that_is_away_is_said_to_be(settings: Settings) -> None:
    settings.SEARCH_INDEX_DIR = settings.SEARCH_INDEX_DIR / "nowhere"
    assert not _is_well()
    assert "Does not answer" in _page().get(PATH).content.decode()


@pytest.mark.parametrize("subject", Finding.Subject)
def test_good_news_goes_stale(subject: Finding.Subject) -> None:
    assert _is_well()
    Finding.objects.filter(subject=subject).update(found_at=timezone.now() - timedelta(days=3))
    assert not _is_well()
    assert "worker" in _page().get(PATH).content.decode()


def test_a_silent_worker_is_told() -> None:
    Finding.objects.filter(subject="worker").update(found_at=timezone.now() - WORKER_SILENT_AFTER)
    assert "It does not run" in _page().get(PATH).content.decode()


def test_it_says_whether_meaning_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    client = _page()
    for fetched, said in ((False, "by words only"), (True, "by words and by meaning")):
        monkeypatch.setattr("portal.oversight.status.is_fetched", lambda fetched=fetched: fetched)
        assert said in client.get(PATH).content.decode()


def test_a_chain_written_anew_is_found_by_an_older_head(settings: Settings) -> None:
    """Although the newest head was exported from the new chain."""
    heads = Path(settings.TRAIL_HEADS)
    (line,) = heads.read_text(encoding="ascii").splitlines()
    day, _, head = line.partition(" ")
    sequence = head.partition(":")[0]
    heads.write_text(f"2026-01-01 {sequence}:{'0' * 64}\n{line}\n", encoding="ascii")
    assert verify_against_heads().broken_at == int(sequence)
    assert check_trail() == 0
    assert _is_well(), "looked at today"
    Finding.objects.filter(subject="trail").update(found_at=timezone.now() - EVERY)
    check_trail()
    assert not _is_well()
    html = _page().get(PATH).content.decode()
    assert f"Broken at number {sequence}" in html
    assert "Tell the oversight body" in html
    heads.write_text(f"{line}\n", encoding="ascii")
    Finding.objects.filter(subject="trail").update(found_at=timezone.now() - AGAIN)
    check_trail()
    found = latest(Finding.Subject.TRAIL)
    assert found is not None
    assert found.is_sound
    assert day


def test_rows_that_nobody_seals_are_told() -> None:
    Entry.objects.create(
        event=Event.SEARCH,
        policy_version="1",
        recorded_at=timezone.now() - timedelta(minutes=5),
    )
    assert not _is_well()
    assert "Some wait for more than a minute" in _page().get(PATH).content.decode()
