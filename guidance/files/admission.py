"""Lets no bytes onto the disk that were not opened, checked and cleaned, whatever the door."""

from __future__ import annotations

from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.files.base import ContentFile

from guidance.files.kinds import (
    DOCUMENT_KINDS,
    PAGE_BREAK,
    PICTURE_KINDS,
    FileKind,
    Limits,
    Received,
)
from guidance.files.quarantine import receive_apart
from guidance.files.size import read_within
from guidance.files.viruses import scan

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile

    from guidance.models.files import StoredFile, StoredImage


class ReceivedFile(ContentFile[bytes]):
    """The clean bytes of an upload, with what was found out about them."""

    def __init__(self, received: Received, *, name: str) -> None:
        """Keep the facts beside the bytes until the row is saved."""
        super().__init__(received.data, name=name)
        self.received = received


def limits() -> Limits:
    """The limits with the size that this installation allows."""
    return Limits(size=settings.MAX_UPLOAD_BYTES)


def receive_upload(stream: IO[bytes], *, name: str, accepted: frozenset[FileKind]) -> ReceivedFile:
    """Take a file in, or raise FileRefused. The scanner sees it as it came, before all else."""
    data = read_within(stream, limits=limits())
    scan(data)
    received = receive_apart(BytesIO(data), name, limits=limits(), accepted=accepted)
    return ReceivedFile(received, name=name)


def admit(stored: StoredFile | StoredImage) -> None:
    """Called by every save: new bytes are taken in here, unless a form already did.

    Copies of bytes that are stored already were taken in before and pass as they are.
    """
    field: Any = stored.file
    if not field or field._committed or isinstance(field.file, StoredBytes):
        return
    upload = field.file
    if not isinstance(upload, ReceivedFile):
        accepted = PICTURE_KINDS if hasattr(stored, "width") else DOCUMENT_KINDS
        upload = receive_upload(upload, name=field.name, accepted=accepted)
        # Assigning it also makes Wagtail measure a picture anew, which may have been turned.
        stored.file = cast("FieldFile", upload)
    _note(stored, upload.received)


def _note(stored: StoredFile | StoredImage, received: Received) -> None:
    stored.sha256 = received.sha256
    stored.file_size = len(received.data)
    if hasattr(stored, "width"):
        # Wagtail shows a picture of the same hash as a duplicate, and an empty one is the same.
        cast("StoredImage", stored)._set_file_hash()
    else:
        # Wagtail computes its own hash again when it is asked for.
        stored.file_hash = ""
        inspected = received.inspected
        stored.content_type_name = inspected.content_type
        stored.text = inspected.text
        stored.page_count = inspected.text.count(PAGE_BREAK) + 1 if inspected.pages else None


class StoredBytes(ContentFile[bytes]):
    """Bytes read back from our own storage, to be stored a second time as a copy."""
