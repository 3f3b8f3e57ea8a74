"""An import makes one draft in one's own section, publishes nothing, and garbage leaves nothing."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from audit.events import Event
from audit.models import Entry
from guidance.models import Document, EvaluationPage, GuidancePage, LessonPage
from tests.guidance.files import specimens
from tests.guidance.scene import Cast
from tests.sign_in import client_of

TEXT = """Before you refer a video

Summary

Capture the post before anybody asks for it to be removed, and note who captured it and when.

- The address of the post
- The name of the account
"""


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """A text on the disk."""
    path = tmp_path / "guide.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(path: Path, **options: str) -> str:
    """Run the command."""
    out = StringIO()
    arguments = {"section": "hub", "type_slug": "guidance", **options}
    call_command("import_document", path, stdout=out, **arguments)
    return out.getvalue()


def test_the_command_makes_a_draft_for_the_own_force(cast: Cast, text_file: Path) -> None:
    said = run(text_file, email=cast.hub_editor.email)
    page = GuidancePage.objects.get()
    assert page.ref in said
    assert "Nothing is published" in said
    assert (page.live, page.state, page.owner_org_id) == (False, "draft", "hub")
    assert page.title == "Before you refer a video"
    assert [term.pk for term in page.audience.all()] == ["own"]
    draft = page.get_latest_revision_as_object()
    assert [block.block_type for block in draft.body] == ["heading", "paragraph", "list"]
    assert list(draft.body[2].value) == ["The address of the post", "The name of the account"]
    assert page.author_ref == cast.hub_editor.public_id
    assert page.slug == page.ref.lower()
    entry = Entry.objects.get(event=Event.IMPORT)
    assert (entry.actor, entry.action_object) == (cast.hub_editor.public_id, page.ref)


def test_without_a_name_the_draft_is_nobodys_own(cast: Cast, text_file: Path) -> None:
    run(text_file)
    page = GuidancePage.objects.get()
    assert page.author_ref == "system"
    assert page.get_latest_revision().user is None


@pytest.mark.parametrize(
    ("slug", "model"), [("lesson", LessonPage), ("evaluation", EvaluationPage)]
)
def test_other_types(cast: Cast, text_file: Path, slug: str, model: type[Document]) -> None:
    run(text_file, type_slug=slug)
    assert model.objects.get().title == "Before you refer a video"


def test_only_an_editor_of_the_section_is_taken_for_its_author(cast: Cast, text_file: Path) -> None:
    for email in (cast.kent_author.email, cast.kent_officer.email, "nobody@hub.example"):
        with pytest.raises(CommandError, match="does not edit in this section"):
            run(text_file, email=email)
    assert not Document.objects.exists()


def test_the_command_says_what_is_wrong_and_saves_nothing(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no section"):
        run(tmp_path / "x.txt", section="atlantis")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "missing.txt")
    for name, data, says in (
        ("a.txt", bytes(range(256)), "not a kind of file"),
        ("a.pdf", specimens.pdf(), "only a Word document or a plain text file"),
        ("b.txt", b"12 34 56 " * 90, "No text that could become a page"),
        ("c.txt", b"Words\n\nTOP SECRET\n\nwords", "TOP SECRET"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CommandError, match=says):
            run(tmp_path / name)
    assert not Document.objects.exists()


def send(client: Client, data: bytes, name: str, **fields: str) -> HttpResponse:
    """Send the form of the admin."""
    upload = SimpleUploadedFile(name, data)
    sent = {"file": upload, "type_slug": "guidance", **fields}
    response: HttpResponse = client.post("/admin/guidance/import/", sent)  # type: ignore[assignment]
    return response


def test_the_form_makes_a_draft_and_opens_it(cast: Cast) -> None:
    client = client_of(cast.kent_author)
    assert client.get("/admin/guidance/import/").status_code == 200
    response = send(client, TEXT.encode(), "guide.txt")
    page = GuidancePage.objects.get()
    assert page.owner_org_id == "kent"
    assert (response.status_code, page.live) == (302, False)
    assert response["Location"] == f"/admin/pages/{page.pk}/edit/"
    assert client.get(response["Location"]).status_code == 200


def test_the_form_refuses_with_a_message_and_leaves_nothing(cast: Cast) -> None:
    client = client_of(cast.kent_author)
    response = send(client, bytes(range(256)), "guide.txt")
    assert response.status_code == 400
    assert "not a kind of file that we take" in response.content.decode()
    assert send(client, TEXT.encode(), "guide.txt", type_slug="platform").status_code == 400
    assert not Document.objects.exists()
    assert Entry.objects.filter(event=Event.FILE_REFUSED, reason="unknown-kind").count() == 1


def test_the_form_does_not_exist_for_readers(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    assert client.get("/admin/guidance/import/").status_code == 404
    assert send(client, TEXT.encode(), "guide.txt").status_code == 404
    assert not Document.objects.exists()
