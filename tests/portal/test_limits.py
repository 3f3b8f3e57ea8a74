"""Searches, exports and uploads are counted for the person, whatever address they come from."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from access.vocabulary import Role
from audit.models import Entry
from search.indexing import rebuild
from tests.guidance.scene import Cast, person
from tests.sign_in import client_of


def _has_address(name: str, arguments: dict[str, str]) -> bool:
    try:
        return bool(reverse(name, kwargs=arguments))
    except NoReverseMatch:
        return False


def test_each_limit_is_for_a_view_that_there_is(settings: Settings) -> None:
    """A misspelt name would limit nothing."""
    for name in settings.LIMITS:
        assert any(_has_address(name, more) for more in ({}, {"ref": "GD-22222"})), name


def test_searches_of_one_person_end_and_those_of_others_do_not(
    cast: Cast, settings: Settings, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    rebuild()
    settings.LIMITS = {"search": (("GET", "HEAD"), "3/m")}
    client = client_of(cast.kent_officer)
    with caplog.at_level(logging.WARNING, logger="portal.limits"):
        statuses = [
            client.get("/search/?q=", REMOTE_ADDR=f"10.0.0.{number}").status_code
            for number in range(5)
        ]
    assert statuses == [200, 200, 200, 429, 429]
    assert Entry.objects.filter(event="search").count() == 3
    assert cast.kent_officer.public_id not in caplog.text
    assert "too many requests" in caplog.text
    assert client_of(cast.essex_officer).get("/search/?q=").status_code == 200
    assert client.get("/help/").status_code == 200


def test_the_page_says_what_to_do(cast: Cast, settings: Settings) -> None:
    settings.LIMITS = {"search": (("GET",), "0/m")}
    answer = client_of(cast.kent_officer).get("/search/")
    assert answer.status_code == 429
    assert "Wait a few minutes" in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"


def test_exports_end(cast: Cast) -> None:
    """An auditor's whole working day needs fewer."""
    client = client_of(person("oversight", Role.AUDITOR))
    statuses = [client.get("/oversight/export/?event=export").status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]
    assert Entry.objects.filter(event="export").count() == 20


def test_uploads_end(cast: Cast, settings: Settings) -> None:
    """Before a file is opened: opening one is the dearest thing that the portal does."""
    settings.LIMITS = {"wagtaildocs_chooser:create": (("POST",), "2/10m")}
    client = client_of(cast.kent_author)
    field = "document-chooser-upload"
    statuses = []
    for _ in range(3):
        file = SimpleUploadedFile("a.pdf", b"not one")
        data = {f"{field}-title": "A form", f"{field}-file": file}
        statuses.append(client.post("/admin/documents/chooser/create/", data).status_code)
    assert statuses == [200, 200, 429]
    assert Entry.objects.filter(event="file-refused").count() == 2
    assert client.get("/admin/documents/chooser/").status_code == 200


class Unread:
    """A body that nobody may read."""

    def read(self, *_args: int) -> bytes:
        """Fail."""
        raise AssertionError("the body was read")

    readline = read


def test_what_says_that_it_is_far_too_large_is_refused_unread(
    cast: Cast, settings: Settings
) -> None:
    """A file of 200 MB on its way to the import form: told at once, and nothing is kept."""
    client = client_of(cast.kent_author)
    sent = {
        "wsgi.input": Unread(),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(200 * 1024 * 1024),
    }
    answer = client.post("/admin/guidance/import/", **sent)  # type: ignore[arg-type]
    told = answer.content.decode()
    assert answer.status_code == 413
    assert "What you sent is too large" in told
    assert "The most we take for one file is 20.0" in told
    with pytest.raises(AssertionError, match="the body was read"):
        client.post("/admin/guidance/import/", **{**sent, "CONTENT_LENGTH": "300"})  # type: ignore[arg-type]
