"""Uploads through the editor's own form: one clear reason, nothing stored, nothing lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from guidance.models import ForceSection, GuidancePage, StoredFile
from tests.guidance.editor_form import posted, with_file
from tests.guidance.files.specimens import pdf
from tests.guidance.scene import Cast
from tests.sign_in import client_of

MEGABYTE = 1024 * 1024


def upload(cast: Cast, file: SimpleUploadedFile) -> list[str]:
    """What the form says about the file, in the order in which it says it."""
    field = "document-chooser-upload"
    answer = client_of(cast.kent_author).post(
        "/admin/documents/chooser/create/", {f"{field}-title": "A form", f"{field}-file": file}
    )
    assert answer.status_code == 200
    shown = answer.json().get("html", "") or answer.json().get("htmlFragment", "")
    return re.findall(r'class="error-message"[^>]*>(?:<[^>]+>|\s)*([^<]+)', shown)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("a.pdf", b"garbage" * 100), "the content is a plain text file"),
        (SimpleUploadedFile("a.docx", b"PK\x03\x04broken"), "broken or incomplete"),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.7 cut off"), "PDF"),
        (SimpleUploadedFile("a.txt", b""), "empty"),
        (
            SimpleUploadedFile("a.pdf", bytes(25 * MEGABYTE)),
            "The file is 25 MB; the most we take is 20 MB.",
        ),
    ],
    ids=["mislabelled", "broken", "cut off", "empty", "too large"],
)
def test_a_file_that_is_refused_is_told_once(
    cast: Cast, settings: Settings, tmp_path: Path, file: SimpleUploadedFile, said: str
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    messages = upload(cast, file)
    assert len(messages) == 1, messages
    assert said in messages[0]
    assert not StoredFile.objects.exists()
    assert not list(tmp_path.iterdir())


def test_the_editor_is_told_which_pages_search_cannot_read(cast: Cast) -> None:
    data = pdf("Words on the first page.", "", "Words on the third.", "")
    upload(cast, SimpleUploadedFile("scan.pdf", data))
    stored = StoredFile.objects.get()
    section = ForceSection.objects.get(organisation__slug="kent")
    author = client_of(cast.kent_author)
    answer = author.post(
        f"/admin/pages/add/guidance/guidancepage/{section.pk}/",
        posted(**with_file(stored)),
        follow=True,
    )
    shown = answer.content.decode()
    assert "no words on page 2, 4. It is a scan" in shown
    stored.refresh_from_db()
    stored.text = "Words"
    stored.save()
    page = GuidancePage.objects.get()
    answer = author.post(f"/admin/pages/{page.pk}/edit/", posted(page, **with_file(stored)))
    assert "It is a scan" not in author.get(f"/admin/pages/{page.pk}/edit/").content.decode()
