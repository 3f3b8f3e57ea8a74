"""Channels of files: stored paths, pictures in sizes, old links, hidden data, names, left-overs."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.urls import re_path
from django.views.static import serve
from wagtail.images.models import AbstractImage

from guidance import services, views
from guidance.facts import audience_facts
from guidance.files import admission, reception
from guidance.files.binding import bind_files
from guidance.files.kinds import Received
from guidance.models import Attachment, Document, StoredFile, StoredImage
from guidance.serving import Refused, open_document, open_file
from tests.channels.answers import TOKEN, UNKNOWN_FILE, ask, warm
from tests.channels.hidden import hidden_document, needs_to_know
from tests.channels.pages import national_page
from tests.channels.register import Library, channel
from tests.channels.routes import add_pattern
from tests.guidance.files import specimens
from tests.guidance.scene import draft
from tests.guidance.stored import stored_picture
from tests.sign_in import client_of

# Of the new picture itself.
_NUMBERS = re.compile(r"F-[A-Z2-9]{5}|\d+")


def stored_paths() -> Iterator[Path]:
    """What lies in the folder of uploads."""
    return (path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def in_another_size(picture: StoredImage) -> Any:
    """A rendition made now: Wagtail remembers those of an earlier picture of this number."""
    cache.clear()
    return picture.get_rendition("width-320|format-png")


def upload(client: Client, kind: str, data: bytes, name: str, **more: str) -> Any:
    """Post a file to the editor's chooser; `kind` is image or document."""
    field = f"{kind}-chooser-upload"
    file = SimpleUploadedFile(name, data)
    form = {f"{field}-title": "A form", f"{field}-file": file}
    form |= {f"{field}-{key}": value for key, value in more.items()}
    return client.post(f"/admin/{kind}s/chooser/create/", form)


def serve_media(library: Library) -> None:
    """The folder of uploads at an address, as Django's tutorial does in development."""
    folder = {"document_root": settings.MEDIA_ROOT}
    add_pattern(library, re_path(r"^media/(?P<path>.*)$", serve, folder))


@channel(41, "Direct addresses of files", fault=serve_media)
def no_address_leads_to_the_folder(library: Library) -> None:
    """Every stored path, under every usual prefix, is nothing to anybody."""
    hidden = hidden_document(library.cast)
    stored = (hidden.file, hidden.picture, in_another_size(hidden.picture))
    names = [one.file.name for one in stored]
    others = [f"/documents/{hidden.file.pk}/{TOKEN}.txt", f"/images/{hidden.picture.pk}/320/"]
    others += [one.file.url for one in stored]
    for user in (None, library.cast.essex_officer, library.cast.kent_officer):
        client = Client() if user is None else client_of(user)
        for prefix in ("/", "/media/", "/files/", "/static/", "/var/files/", "/documents/"):
            for path in [f"{prefix}{name}" for name in names] + others:
                assert ask(client, path).status == (302 if user is None else 404), path


def find_by_reference(library: Library) -> None:
    """A picture's reference is a secret of its own: whoever has it may see it."""

    def opened(viewer: Any, ref: str, image_ref: str, **more: Any) -> tuple[StoredImage, Document]:
        document = open_document(viewer, ref, **more).document
        return StoredImage.objects.get(ref=image_ref), document

    library.monkeypatch.setattr(views, "open_image", opened)


@channel(42, "Renditions of pictures", fault=find_by_reference)
def sizes_are_served_with_their_page(library: Library) -> None:
    """A hidden picture in no size, under no page; a common prefix brings no two names together."""
    cast = library.cast
    hidden = hidden_document(cast)
    prefix = "a" * 80
    pictures = [stored_picture(cast.hub_editor, title=prefix + end) for end in ("one", "two")]
    body = [("picture", {"image": one, "alternative": "One"}) for one in pictures]
    page = draft(cast.hub_editor, audience=("national",), body=body)
    bind_files(page)
    page.save_revision(user=cast.hub_editor, clean=False)
    files = {in_another_size(one).file.name for one in pictures}
    files |= {one.file.name for one in (*pictures, hidden.picture)}
    assert len(files) == 5
    assert not [name for name in files if prefix[:20] in name or TOKEN in name]
    seen = national_page(library)
    client = client_of(cast.essex_officer)
    warm(client)
    for width in ("320", "640", "960", "1", "original", "320/original"):
        at = f"/{seen.ref}/images"
        one = ask(client, f"{at}/{hidden.picture.ref}/{width}/")
        assert one.status == 404, width
        assert one == ask(client, f"{at}/{UNKNOWN_FILE}/{width}/"), width
        assert ask(client, f"/{hidden.page.ref}/images/{hidden.picture.ref}/{width}/").status == 404


def remember_files(library: Library) -> None:
    """Nobody asks twice in an hour for the same file."""
    found: dict[Any, Any] = {}

    def opened(viewer: Any, ref: str, file_ref: str, **more: Any) -> Any:
        key = (viewer.person_id, ref, file_ref)
        if key not in found:
            found[key] = open_file(viewer, ref, file_ref, **more)
        return found[key]

    library.monkeypatch.setattr(views, "open_file", opened)


@channel(43, "Links that outlive access", fault=remember_files)
def old_links_ask_again(library: Library) -> None:
    """An address that worked is dead at the next request; none carries its own permission."""
    cast = library.cast
    hidden = hidden_document(cast, audience=("own", "force:essex"))
    reader = client_of(cast.essex_officer)
    addresses = hidden.addresses()[0], *hidden.addresses()[4:6]
    for address in addresses:
        assert ask(reader, address).status == 200, address
    own = replace(audience_facts(hidden.page), audience=frozenset({"own"}))
    services.narrow(hidden.page, to=own, by=cast.kent_lead, reason="Too many knew.")
    for address in addresses:
        for signed in ("", "?signature=x", "?token=x&expires=9999999999"):
            assert ask(reader, address + signed).status == 404, address
    editor = client_of(cast.kent_author)
    for path in ("images/{}/generate_url/", "images/{}/generate_url/width-320/"):
        assert editor.get(f"/admin/{path.format(hidden.picture.pk)}").status_code == 404


def keep_as_sent(library: Library) -> None:
    """Take files in here: quicker, and every byte is as its author wrote it."""

    def here(stream: IO[bytes], name: str, **more: Any) -> Received:
        return reception.receive(stream.read(), name, **more)

    library.monkeypatch.setattr(reception, "clean", lambda _kind, data, **_: data)
    library.monkeypatch.setattr(admission, "receive_apart", here)


@channel(44, "Hidden data in files", fault=keep_as_sent)
def files_keep_only_what_one_sees(library: Library) -> None:
    """Places, devices, authors and comments are gone from what is stored and sent."""
    author = client_of(library.cast.kent_author)

    def signed(document: Any) -> None:
        document.core_properties.author = specimens.CANARY
        document.core_properties.comments = specimens.CANARY
        document.add_paragraph("Preserve first.")

    assert (
        upload(author, "image", specimens.photograph(), "a.jpg", description="A").status_code == 200
    )
    assert upload(author, "document", specimens.word(signed), "a.docx").status_code == 200
    for stored in (StoredImage.objects.get(), StoredFile.objects.get()):
        with stored.file.open("rb") as kept:
            assert not specimens.holds_canary(kept.read()), stored


def name_the_file(library: Library) -> None:
    """Say which file it is that somebody may not have."""

    def opened(viewer: Any, ref: str, file_ref: str, **more: Any) -> Any:
        try:
            return open_file(viewer, ref, file_ref, **more)
        except Refused:
            if StoredFile.objects.filter(ref=file_ref).exists():
                raise PermissionDenied from None
            raise

    library.monkeypatch.setattr(views, "open_file", opened)


@channel(45, "Names of files", fault=name_the_file)
def names_of_files_are_told_to_readers_only(library: Library) -> None:
    """A hidden file is as absent under any page; a name breaks out of no header."""
    cast = library.cast
    hidden, seen = hidden_document(cast), national_page(library)
    client = client_of(cast.essex_officer)
    warm(client)
    for page in (hidden.page, seen):
        one = ask(client, f"/{page.ref}/files/{hidden.file.ref}/")
        assert (one.status, TOKEN in one.text) == (404, False)
        assert one == ask(client, f"/{page.ref}/files/{UNKNOWN_FILE}/")
        assert client.get(f"/{page.ref}/files/{TOKEN}.txt").status_code == 404
    StoredFile.objects.filter(pk=hidden.file.pk).update(title='a"; filename=b.html\r\nX-Made: up')
    own = ask(client_of(cast.kent_officer), f"/{hidden.page.ref}/files/{hidden.file.ref}/")
    headers = dict(own.headers)
    assert headers["Content-Disposition"].startswith('attachment; filename="OFFICIAL GD-')
    assert headers["Content-Disposition"].count('"') == 2
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Made" not in headers


def find_duplicates(library: Library) -> None:
    """Wagtail's own fingerprint of a picture."""
    library.monkeypatch.setattr(StoredImage, "_set_file_hash", AbstractImage._set_file_hash)


@channel(46, "Already uploaded", fault=find_duplicates)
def nobody_hears_that_a_file_is_there(library: Library) -> None:
    """A hidden picture's bytes are taken in like bytes that nobody has seen."""
    cast = library.cast
    hidden, outsider = needs_to_know(cast)
    there, new = (specimens.picture("PNG", size=size) for size in ((40, 20), (42, 20)))
    upload(client_of(cast.kent_author), "image", there, "a.png", description="A")
    StoredImage.objects.update(belongs_to=hidden.page.pk)
    told = []
    for data in (there, new):
        answer = upload(client_of(outsider), "image", data, "a.png", description="A")
        told.append(_NUMBERS.sub("", json.dumps(answer.json())))
    assert told[0] == told[1]
    assert "chosen" in told[0]


def leave_files(library: Library) -> None:
    """Somebody may want them back."""
    library.monkeypatch.setattr("guidance.signals.remove_files_of", lambda _pk: None)


@channel(47, "Files left behind", fault=leave_files)
def deleted_files_are_gone_from_the_disk(library: Library) -> None:
    """Nothing of a deleted page lies in the folder, and no upload leaves a copy elsewhere."""
    cast = library.cast
    library.settings.FILE_UPLOAD_TEMP_DIR = str(library.folder)
    library.settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    author = client_of(cast.kent_author)
    token = secrets.token_hex(8)
    text = f"A file of {token}.".encode()
    assert upload(author, "document", text, f"{token}.txt").status_code == 200
    picture = stored_picture(cast.kent_author, title=TOKEN)
    page = draft(cast.kent_author)
    page.attachments.add(Attachment(file=StoredFile.objects.get(), label="A file"))
    page.body = [("picture", {"image": picture, "alternative": "A"})]
    bind_files(page)
    page.save_revision(user=cast.kent_author, clean=False)
    in_another_size(picture)
    refs = [StoredFile.objects.get().ref, picture.ref]
    assert [path for path in stored_paths() if refs[0] in path.name]
    assert not [path for path in library.folder.iterdir() if path.is_file()]
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = author.post(f"/admin/guidance/delete/{page.pk}/", {"action": "own-draft"})
        assert answer.status_code == 302
    left = [path for path in stored_paths() if token.encode() in path.read_bytes()]
    left += [path for path in stored_paths() if any(ref in path.name for ref in refs)]
    assert not left
