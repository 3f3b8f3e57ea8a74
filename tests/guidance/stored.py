"""Files and pictures for tests, stored without the process that opens uploads apart."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from wagtail.models import Collection

from forces.models import User
from guidance.files.admission import StoredBytes
from guidance.models import StoredFile, StoredImage
from tests.guidance.scene import seen_by


def stored_file(by: User, *, title: str, text: str) -> StoredFile:
    """A text file as if it had been uploaded into the person's section."""
    stored: StoredFile = StoredFile.objects.create(
        title=title,
        text=text,
        file=StoredBytes(text.encode(), name="a.txt"),
        uploaded_by_user=by,
        collection=_collection(by),
    )
    return stored


def stored_picture(by: User, *, title: str) -> StoredImage:
    """A picture as if it had been uploaded into the person's section."""
    buffer = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(buffer, "PNG")
    stored: StoredImage = StoredImage.objects.create(
        title=title,
        description=title,
        file=StoredBytes(buffer.getvalue(), name="a.png"),
        width=8,
        height=8,
        uploaded_by_user=by,
        collection=_collection(by),
    )
    return stored


def _collection(by: User) -> Collection:
    found: Collection = Collection.objects.get(name=seen_by(by).organisation)
    return found
