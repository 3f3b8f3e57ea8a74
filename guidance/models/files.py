"""Files and images: each belongs to one document and has no audience of its own."""

import secrets
from pathlib import PurePath
from typing import Any, cast

from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import FieldFile
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition

from guidance.files.kinds import PAGE_BREAK
from guidance.models.references import issue_reference


class BelongsToDocument(models.Model):
    """What a file and an image share: a reference, and the one document they belong to.

    `belongs_to` stays empty from the upload until the document that uses it is saved. It is a
    plain number: a deleted document must not take the row with it before the file on disk is
    gone.
    """

    ref = models.CharField(max_length=12, unique=True, editable=False)
    belongs_to = models.BigIntegerField(null=True, editable=False, db_index=True)
    sha256 = models.CharField(max_length=64, editable=False, default="")

    title: str
    file: FieldFile

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """The name that an editor gave it, which the choosers show."""
        return str(self.title)

    def __repr__(self) -> str:
        """The reference: a traceback shows this, and titles do not belong into logs."""
        return f"<{type(self).__name__} {self.ref}>"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Take in new bytes by the one way there is, and store them under the reference."""
        # At the place of use: every process would load the file libraries at start.
        from guidance.files.admission import admit

        admit(cast("StoredFile | StoredImage", self))
        if not self.ref:
            self.ref = issue_reference("F")
        stored: Any = self.file
        if stored and not stored._committed:
            stored.file.name = stored.name = self.ref + PurePath(stored.name).suffix.lower()
        super().save(*args, **kwargs)


class StoredFile(BelongsToDocument, AbstractDocument):
    """A PDF, Word or text file, cleaned of metadata, with its text for search."""

    content_type_name = models.CharField(max_length=100, editable=False, default="")
    text = models.TextField(editable=False, default="")
    page_count = models.PositiveIntegerField(null=True, editable=False)

    # Served below its document only; Wagtail's own address of files is not mounted.
    url = ""
    # No search_fields of its own: Wagtail's index of files knows no audiences.
    search_fields: list[Any] = AbstractDocument.search_fields
    admin_form_fields = ("title", "file", "collection")

    class Meta(AbstractDocument.Meta):
        verbose_name = "file"
        permissions = [("choose_storedfile", "Can choose file")]

    @property
    def pages_without_words(self) -> list[int]:
        """The pages, from 1, of which search finds nothing: pictures of text, as scans are."""
        if self.page_count is None:
            return []
        texts = enumerate(self.text.split(PAGE_BREAK), start=1)
        return [number for number, text in texts if not text.strip()]

    def clean(self) -> None:
        """Check the name's ending, unless the form has refused the file already and said why."""
        if self.file:
            super().clean()


class StoredImage(BelongsToDocument, AbstractImage):
    """A picture, cleaned of metadata; the description is its text for people who cannot see it."""

    admin_form_fields = ("title", "file", "description", "collection")

    class Meta(AbstractImage.Meta):
        verbose_name = "picture"
        permissions = [("choose_storedimage", "Can choose picture")]

    def _set_file_hash(self) -> None:
        """Keep Wagtail from telling that somebody else has uploaded the same picture."""
        self.file_hash = secrets.token_hex(20)

    def generate_rendition_file(self, *args: Any, **kwargs: Any) -> "ContentFile[bytes]":
        """Make the picture in another size, in memory: Wagtail leaves its temporary file open."""
        with super().generate_rendition_file(*args, **kwargs) as made:
            made.seek(0)
            return ContentFile(made.read(), name=made.name)


class StoredRendition(AbstractRendition):
    """A picture in one size; served by the gate only."""

    image = models.ForeignKey(StoredImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("image", "filter_spec", "focal_point_key"), name="one_rendition_a_filter"
            ),
        ]
