"""The vocabulary of uploaded files: their kinds, the limits, and how one is refused."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MEGABYTE = 1024 * 1024
# Between the pages in one string: the character that has always meant "next page".
PAGE_BREAK = "\f"


class FileKind(StrEnum):
    """What we accept, by what a file is and never by what it is called."""

    PDF = "pdf"
    WORD = "word"
    TEXT = "text"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"

    @property
    def content_type(self) -> str:
        """The media type that this kind is served as."""
        return _FORMS[self].content_type

    @property
    def extensions(self) -> tuple[str, ...]:
        """The endings a name of this kind may have; the first is the usual one."""
        return _FORMS[self].extensions

    @property
    def label(self) -> str:
        """How a message names it: “a PDF document”."""
        return _FORMS[self].label


@dataclass(frozen=True, slots=True)
class _Form:
    content_type: str
    extensions: tuple[str, ...]
    label: str


_FORMS = {
    FileKind.PDF: _Form("application/pdf", ("pdf",), "a PDF document"),
    FileKind.WORD: _Form(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ("docx",),
        "a Word document",
    ),
    FileKind.TEXT: _Form("text/plain; charset=utf-8", ("txt",), "a plain text file"),
    FileKind.PNG: _Form("image/png", ("png",), "a PNG picture"),
    FileKind.JPEG: _Form("image/jpeg", ("jpg", "jpeg"), "a JPEG picture"),
    FileKind.WEBP: _Form("image/webp", ("webp",), "a WebP picture"),
}

DOCUMENT_KINDS = frozenset({FileKind.PDF, FileKind.WORD, FileKind.TEXT})
PICTURE_KINDS = frozenset({FileKind.PNG, FileKind.JPEG, FileKind.WEBP})


class Refusal(StrEnum):
    """Why a file was refused; the trail keeps this word and never the file's name."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_COMPLEX = "too-complex"
    NAME = "name"
    UNKNOWN_KIND = "unknown-kind"
    WRONG_KIND = "wrong-kind"
    MISLABELLED = "mislabelled"
    BROKEN = "broken"
    PASSWORD = "password"  # noqa: S105 - a reason, not a secret
    ACTIVE_CONTENT = "active-content"
    ATTACHMENT = "attachment"
    REVIEW_TRACES = "review-traces"
    HIDDEN_CONTENT = "hidden-content"
    SIGNED = "signed"
    NO_TEXT = "no-text"
    MARKING = "marking"
    INFECTED = "infected"
    UNSCANNED = "unscanned"


class FileRefused(Exception):  # noqa: N818 - the file is at fault, not the program
    """A file that we do not take; the message says what is wrong and what to do."""

    def __init__(self, reason: Refusal, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a file is read before it is refused as too large or too complicated."""

    size: int = 20 * MEGABYTE
    unpacked: int = 120 * MEGABYTE
    parts: int = 2_000
    objects: int = 150_000
    pages: int = 600
    characters: int = 3_000_000
    pixels: int = 40_000_000
    seconds: int = 40
    memory: int = 1_536 * MEGABYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The words of a file.

    `lines_apart` are running headers, footers and watermarks, `properties` what the file says
    of itself. Both are read for markings and never stored.
    """

    text: str
    pages: tuple[str, ...] = ()
    lines_apart: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def unread_pages(self) -> tuple[int, ...]:
        """The numbers of pages without a readable word: scans, mostly."""
        return tuple(n for n, page in enumerate(self.pages, start=1) if not page.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What a file turned out to be."""

    kind: FileKind
    content_type: str
    extension: str
    size: int
    text: str
    pages: tuple[str, ...]
    unread_pages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that may be kept: what it is, and the only bytes of it that are kept."""

    inspected: Inspected
    data: bytes

    @property
    def sha256(self) -> str:
        """The fingerprint of the kept bytes."""
        return hashlib.sha256(self.data).hexdigest()
