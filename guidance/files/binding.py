"""Ties files and pictures to the one document they belong to; re-use is a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from guidance.files.admission import StoredBytes
from guidance.models.files import StoredImage

if TYPE_CHECKING:
    from guidance.models import Document


def bind_files(document: Document) -> None:
    """Make every file that a document names its own, copying those of another document.

    Call it before a revision is written: the revision then names the copies.
    """
    for attachment in document.attachments.all():
        attachment.file = _own(attachment.file, document)
    pictures = {pk: _own_picture(pk, document) for pk in document.image_ids()}
    if any(old != new for old, new in pictures.items()):
        raw = list(document.body.raw_data)
        for block in raw:
            if block["type"] == "picture" and block["value"].get("image") in pictures:
                block["value"]["image"] = pictures[block["value"]["image"]]
        document.body = document.body.stream_block.to_python(raw)


def _own_picture(pk: int, document: Document) -> int:
    image = StoredImage.objects.filter(pk=pk).first()
    return int(_own(image, document).pk) if image is not None else pk


def _own(stored: Any, document: Document) -> Any:
    """The file itself if it is free or already this document's, else a copy of its bytes."""
    if stored.belongs_to == document.pk:
        return stored
    if stored.belongs_to is None:
        stored.belongs_to = document.pk
        stored.save(update_fields=["belongs_to"])
        return stored
    copy = type(stored)()
    kept = {"id", "ref", "file", "belongs_to", "created_at"}
    for field in stored._meta.concrete_fields:
        if field.name not in kept:
            setattr(copy, field.attname, getattr(stored, field.attname))
    with stored.file.open("rb") as source:
        copy.file = StoredBytes(source.read(), name=stored.file.name)
    copy.belongs_to = document.pk
    copy.save()
    return copy
