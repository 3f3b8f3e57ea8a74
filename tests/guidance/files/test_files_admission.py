"""No door of the admin, and no door at all, lets bytes in that were not taken in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from docx.document import Document as WordDocument
from wagtail.documents.forms import get_document_form, get_document_multi_form
from wagtail.images.forms import get_image_form, get_image_multi_form

from audit.events import Event
from audit.models import Entry
from guidance.files.admission import StoredBytes, admit
from guidance.files.kinds import FileRefused
from guidance.models import StoredFile, StoredImage
from tests.guidance.files import specimens
from tests.guidance.files.proofs import named
from tests.guidance.files.specimens import CANARY, holds_canary
from tests.guidance.scene import Cast, seen_by, strengthened


def author_named(document: WordDocument) -> None:
    """A document that names its author."""
    document.core_properties.author = CANARY
    document.add_paragraph("Preserve first, then refer.")


@pytest.fixture
def editor(cast: Cast) -> Callable[[], object]:
    """The hub's editor, with the groups that an admin request gives."""
    from guidance.permissions import align

    user = strengthened(cast.hub_editor)
    align(user, seen_by(user))
    return lambda: user


def document_form(user: object, data: bytes, name: str) -> Any:
    """The form of every upload of a file, filled in."""
    form = get_document_form(StoredFile)
    files = {"file": SimpleUploadedFile(name, data)}
    return form({"title": "A file"}, files, user=user, instance=StoredFile())


def kept_bytes(stored: StoredFile | StoredImage) -> bytes:
    """What lies on the disk."""
    with stored.file.open("rb") as kept:
        data: bytes = kept.read()
    return data


@pytest.mark.django_db
def test_an_uploaded_file_is_kept_clean_and_with_its_words(editor: Callable[[], object]) -> None:
    form = document_form(editor(), specimens.word(author_named), "plan.docx")
    assert form.is_valid(), form.errors
    stored = StoredFile.objects.get(pk=form.save().pk)
    data = kept_bytes(stored)
    assert not holds_canary(data)
    assert stored.text == "Preserve first, then refer."
    assert stored.content_type_name.endswith("wordprocessingml.document")
    assert stored.file_size == len(data)
    assert "plan" not in str(stored.file.name)
    assert len(stored.sha256) == 64


@pytest.mark.django_db
def test_pages_are_counted(editor: Callable[[], object]) -> None:
    form = document_form(editor(), specimens.pdf("one", "two"), "a.pdf")
    assert form.is_valid(), form.errors
    stored = form.save()
    assert (stored.page_count, stored.text) == (2, "one\ftwo")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name", "says", "reason"),
    [
        (specimens.picture("PNG"), "report.pdf", "content is a PNG picture", "mislabelled"),
        (b"%PDF-1.7 broken", "report.pdf", "broken or incomplete", "broken"),
        (b"Words\n\nSECRET\n\nwords", "a.txt", "information security team", "marking"),
        (specimens.picture("PNG"), "a.png", "only a PDF document or", "wrong-kind"),
    ],
    ids=named,
)
def test_a_refusal_is_told_and_recorded_without_the_files_words(
    editor: Callable[[], object], data: bytes, name: str, says: str, reason: str
) -> None:
    form = document_form(editor(), data, name)
    assert not form.is_valid()
    assert says in str(form.errors["file"])
    entry = Entry.objects.get(event=Event.FILE_REFUSED)
    assert entry.reason == reason
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_an_uploaded_picture_is_kept_clean_and_upright(editor: Callable[[], object]) -> None:
    files = {"file": SimpleUploadedFile("me.jpg", specimens.photograph(orientation=6))}
    form = get_image_form(StoredImage)({"title": "A picture"}, files, user=editor())
    assert form.is_valid(), form.errors
    stored = StoredImage.objects.get(pk=form.save().pk)
    assert not holds_canary(kept_bytes(stored))
    assert (stored.width, stored.height) == (20, 40)


@pytest.mark.django_db
def test_a_picture_that_is_none_says_what_to_do(editor: Callable[[], object]) -> None:
    files = {"file": SimpleUploadedFile("me.png", specimens.pdf())}
    form = get_image_form(StoredImage)({"title": "A picture"}, files, user=editor())
    assert not form.is_valid()
    assert "content is a PDF document, not a PNG picture" in str(form.errors["file"])


@pytest.mark.django_db
def test_the_forms_that_edit_a_title_have_no_file(editor: Callable[[], object]) -> None:
    assert "file" not in get_document_multi_form(StoredFile)(user=editor()).fields
    assert "file" not in get_image_multi_form(StoredImage)(user=editor()).fields


@pytest.mark.django_db
def test_editing_a_title_leaves_the_file_alone(editor: Callable[[], object]) -> None:
    first = document_form(editor(), b"Words of a file", "a.txt")
    assert first.is_valid(), first.errors
    stored = first.save()
    form = get_document_form(StoredFile)({"title": "New"}, {}, user=editor(), instance=stored)
    assert form.is_valid(), form.errors
    assert form.save().text == "Words of a file"


@pytest.mark.django_db
def test_bytes_from_anywhere_are_taken_in_on_the_way_to_the_disk() -> None:
    stored = StoredFile(title="x", file=ContentFile(specimens.word(author_named), name="a.docx"))
    admit(stored)
    assert not holds_canary(stored.file.read())
    assert stored.text == "Preserve first, then refer."
    with pytest.raises(FileRefused):
        admit(StoredFile(title="x", file=ContentFile(b"UK SECRET", name="a.txt")))
    with pytest.raises(FileRefused):
        admit(StoredImage(title="x", file=ContentFile(specimens.picture("GIF"), name="a.gif")))


@pytest.mark.django_db
def test_a_copy_of_what_is_stored_passes_as_it_is() -> None:
    stored = StoredFile(title="x", file=StoredBytes(b"stored before", name="a.txt"), text="kept")
    admit(stored)
    assert stored.text == "kept"


@pytest.mark.django_db
def test_every_save_admits() -> None:
    stored = StoredFile(title="x", file=ContentFile(b"UK SECRET", name="a.txt"))
    with pytest.raises(FileRefused):
        stored.save()
    assert not StoredFile.objects.exists()
