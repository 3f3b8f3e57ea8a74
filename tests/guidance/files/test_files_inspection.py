"""What a file is decides, not its name; what we must not hold is refused in plain words."""

import io
import zipfile
from typing import IO

import pytest
from PIL import Image

from guidance.files.inspection import inspect
from guidance.files.kinds import (
    DOCUMENT_KINDS,
    PICTURE_KINDS,
    FileKind,
    FileRefused,
    Limits,
    Refusal,
)
from tests.guidance.files import specimens
from tests.guidance.files.proofs import named, refusal
from tests.guidance.files.specimens import picture, repacked, word

GOOD = [
    (specimens.pdf("Preserve first."), "a.pdf", FileKind.PDF, "application/pdf"),
    (word(), "Aide memoire.docx", FileKind.WORD, FileKind.WORD.content_type),
    (picture("PNG"), "a.PNG", FileKind.PNG, "image/png"),
    (picture("JPEG"), "a.jpeg", FileKind.JPEG, "image/jpeg"),
    (picture("JPEG"), "a.jpg", FileKind.JPEG, "image/jpeg"),
    (picture("WEBP"), "a.webp", FileKind.WEBP, "image/webp"),
    (specimens.TEXT.encode(), "a.txt", FileKind.TEXT, "text/plain; charset=utf-8"),
    (b"\xef\xbb\xbfWith a mark", "a.txt", FileKind.TEXT, "text/plain; charset=utf-8"),
    ("Größe".encode("utf-16"), "a.txt", FileKind.TEXT, "text/plain; charset=utf-8"),
    ("It’s £5".encode("cp1252"), "a.txt", FileKind.TEXT, "text/plain; charset=utf-8"),
]


@pytest.mark.parametrize(("data", "name", "kind", "content_type"), GOOD, ids=named)
def test_good_files_pass(data: bytes, name: str, kind: FileKind, content_type: str) -> None:
    found = inspect(io.BytesIO(data), name)
    assert (found.kind, found.content_type, found.size) == (kind, content_type, len(data))
    assert found.extension == name.rsplit(".", 1)[1].lower()


def test_text_in_windows_letters_is_read() -> None:
    assert inspect(io.BytesIO("It’s £5".encode("cp1252")), "a.txt").text == "It’s £5"


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (picture("PNG"), "report.pdf", "content is a PNG picture, not a PDF document"),
        (specimens.pdf(), "photo.png", "content is a PDF document, not a PNG picture"),
        (specimens.pdf(), "report.docx", "content is a PDF document"),
        (word(), "report.pdf", "content is a Word document"),
        (picture("JPEG"), "photo.png", "content is a JPEG picture"),
        (picture("WEBP"), "photo.jpg", "content is a WebP picture"),
        (b"only words", "report.pdf", "content is a plain text file"),
        (specimens.pdf(), "notes.txt", "content is a PDF document"),
    ],
    ids=named,
)
def test_mislabelled_files_are_refused(data: bytes, name: str, says: str) -> None:
    refused = refusal(data, name)
    assert refused.reason is Refusal.MISLABELLED
    assert says in refused.message


def archive(**files: bytes) -> bytes:
    """A zip of these files; an underscore stands for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in files.items():
            target.writestr(name.replace("_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"<!DOCTYPE html><p>x", "a.txt", "web page"),
        (b"\n  <html>x", "a.txt", "web page"),
        (b"\xef\xbb\xbf<script>alert(1)</script>", "a.txt", "web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "web page or drawing"),
        (b"<?xml version='1.0'?><svg/>", "a.txt", "web page or drawing"),
        (b"#!/bin/sh\n", "a.txt", "script"),
        (b"MZ\x90\x00\x03" + bytes(60), "a.pdf", "program"),
        (b"\x7fELF\x02\x01", "a.docx", "program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.docx", "older Office"),
        (b"GIF89a" + bytes(30), "a.png", "GIF"),
        (b"\x00\x00\x00\x1cftypheic", "a.jpg", "HEIC"),
        (b"\x00\x00\x00\x1cftypmp42", "a.jpg", "video"),
        (b"II*\x00\x08\x00", "a.jpg", "TIFF"),
        (b"{\\rtf1 words}", "a.docx", "Rich Text"),
        (b"\x1f\x8b\x08\x00", "a.docx", "archive"),
        (b"Rar!\x1a\x07", "a.docx", "archive"),
        (b"MIME-Version: 1.0\n", "a.txt", "saved e-mail"),
        (archive(plan_txt=b"x"), "a.docx", "archive"),
        (archive(mimetype=b"x", content_xml=b"x"), "a.docx", "OpenDocument"),
        (bytes(range(256)) * 4, "a.txt", "not a kind of file that we take"),
        (bytes(range(256)) * 4, "a.pdf", "not a kind of file that we take"),
        (b"words\x00and more", "a.txt", "not a kind of file that we take"),
    ],
    ids=named,
)
def test_other_kinds_are_named_and_refused(data: bytes, name: str, says: str) -> None:
    refused = refusal(data, name)
    assert refused.reason is Refusal.UNKNOWN_KIND
    assert says in refused.message


def test_a_word_document_with_a_password_is_told_from_an_old_one() -> None:
    wrapped = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )
    assert refusal(wrapped, "a.docx").reason is Refusal.PASSWORD


@pytest.mark.parametrize(
    "name", ["report", "report.exe", "report.pdf.exe", "report.html", "a.svg", "a.docm", ".pdf", ""]
)
def test_names_without_a_known_ending_are_refused(name: str) -> None:
    assert refusal(specimens.pdf(), name).reason is Refusal.NAME


@pytest.mark.parametrize("name", ["report\u202efdp.pdf", "a\x00.pdf", "a\n.pdf"])
def test_names_with_hidden_characters_are_refused(name: str) -> None:
    assert refusal(specimens.pdf(), name).reason is Refusal.NAME


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"", "a.pdf").reason is Refusal.EMPTY


class Endless(io.RawIOBase):
    """A stream of 200 MB that counts how much of it was read."""

    def __init__(self, *, size: int | None = None) -> None:
        self.taken = 0
        if size is not None:
            self.size = size

    def read(self, size: int = -1) -> bytes:
        """More of the same."""
        assert size > 0, "never read to the end"
        self.taken += size
        return b"%PDF-1.7 " + bytes(size - 9)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Any place is the same."""
        return offset


@pytest.mark.parametrize("size", [200 * 1024 * 1024, None])
def test_a_file_of_200_mb_is_refused_without_reading_it_all(size: int | None) -> None:
    stream: IO[bytes] = Endless(size=size)  # type: ignore[assignment]
    with pytest.raises(FileRefused, match="the most we take is 20 MB") as caught:
        inspect(stream, "a.pdf")
    assert caught.value.reason is Refusal.TOO_LARGE
    assert stream.taken <= 20 * 1024 * 1024 + 1  # type: ignore[attr-defined]


def test_the_limit_is_an_argument() -> None:
    assert refusal(word(), "a.docx", limits=Limits(size=500)).reason is Refusal.TOO_LARGE


def test_a_picture_is_not_a_document_and_the_other_way_round() -> None:
    refused = refusal(picture("PNG"), "a.png", accepted=DOCUMENT_KINDS)
    assert refused.reason is Refusal.WRONG_KIND
    assert refusal(word(), "a.docx", accepted=PICTURE_KINDS).reason is Refusal.WRONG_KIND


BROKEN = [
    (specimens.pdf()[:400], "a.pdf"),
    (b"%PDF-1.7\n" + bytes(300), "a.pdf"),
    (specimens.pdf().replace(b"xref", b"xxxx"), "a.pdf"),
    (word()[: len(word()) // 2], "a.docx"),
    (b"PK\x03\x04" + bytes(200), "a.docx"),
    (repacked(word(), drop=frozenset({"word/document.xml"})), "a.docx"),
    (repacked(word(), add={"word/document.xml": "<w:document"}), "a.docx"),
    (picture("PNG")[:60], "a.png"),
    (picture("JPEG")[:200], "a.jpg"),
    (picture("JPEG", size=(400, 300))[:-400], "a.jpg"),
    (picture("WEBP")[:20], "a.webp"),
]


@pytest.mark.parametrize(("data", "name"), BROKEN, ids=named)
def test_broken_files_are_refused(data: bytes, name: str) -> None:
    assert refusal(data, name).reason is Refusal.BROKEN


def test_more_text_than_can_be_checked_is_refused() -> None:
    limits = Limits(characters=30)
    for data, name in (
        (b"word " * 10, "a.txt"),
        (word(lambda d: d.add_paragraph("word " * 10)), "a.docx"),
        (specimens.pdf("word " * 10), "a.pdf"),
    ):
        assert refusal(data, name, limits=limits).reason is Refusal.TOO_COMPLEX


def test_pictures_too_large_to_unpack_are_refused() -> None:
    data = picture("PNG", size=(3000, 3000))
    assert refusal(data, "a.png", limits=Limits(pixels=1_000_000)).reason is Refusal.TOO_LARGE


def test_moving_pictures_are_refused() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    assert refusal(out.getvalue(), "a.webp").reason is Refusal.ACTIVE_CONTENT


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Words\n\nUK SECRET\n\nmore", "a.txt"),
        (specimens.pdf("Words", "more\nSECRET\nwords"), "a.pdf"),
        (specimens.pdf(change=lambda d: specimens.form_field(d, value="SECRET")), "a.pdf"),
        (word(lambda d: d.add_paragraph("SECRET")), "a.docx"),
        (
            word(lambda d: setattr(d.sections[0].header.paragraphs[0], "text", "SECRET\t1")),
            "a.docx",
        ),
        (word(lambda d: setattr(d.core_properties, "category", "SECRET")), "a.docx"),
        (word(lambda d: setattr(d.add_table(1, 1).cell(0, 0), "text", "SECRET")), "a.docx"),
        (picture("JPEG", exif=specimens.exif(words="UK SECRET").tobytes()), "a.jpg"),
        (specimens.labelled_png(Title="TOP SECRET"), "a.png"),
        (word(), "SECRET.docx"),
    ],
    ids=named,
)
def test_a_marking_above_official_is_refused_wherever_it_stands(data: bytes, name: str) -> None:
    assert refusal(data, name).reason is Refusal.MARKING
