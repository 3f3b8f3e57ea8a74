"""The upload forms of the admin: a file is opened, checked and cleaned before anything else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from audit.events import Event
from audit.record import record
from guidance.files.admission import ReceivedFile, admit, receive_upload
from guidance.files.kinds import (
    DOCUMENT_KINDS,
    MEGABYTE,
    PICTURE_KINDS,
    FileKind,
    FileRefused,
    Refusal,
)


def received(field: forms.FileField, data: Any, *, accepted: frozenset[FileKind]) -> Any:
    """The clean file behind what a form was sent; for `to_python` of a file field."""
    upload = forms.FileField.to_python(field, data)
    if upload is None or isinstance(upload, ReceivedFile):
        return upload
    try:
        return receive_upload(upload, name=upload.name or "", accepted=accepted)
    except FileRefused as refused:
        raise ValidationError(refused.message, code=refused.reason) from refused


class ReceivedDocumentField(WagtailDocumentField):
    """A PDF, Word or text file; its value holds clean bytes only."""

    def to_python(self, data: Any) -> Any:
        """Take the upload in."""
        return received(self, data, accepted=DOCUMENT_KINDS)


class ReceivedPictureField(WagtailImageField):
    """A picture; its value holds clean bytes only."""

    def to_python(self, data: Any) -> Any:
        """Take the upload in; Wagtail's own checks come too late and say less."""
        return received(self, data, accepted=PICTURE_KINDS)


def record_refusals(form: forms.BaseForm, *, actor: str) -> None:
    """Record what was refused and why; never the name or the words."""
    for error in form.errors.as_data().get("file", ()):
        if error.code in set(Refusal):
            record(Event.FILE_REFUSED, actor=actor, decision="no", reason=str(error.code))


class ReceivingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Puts our file field in place of Wagtail's, and notes refusals in the trail."""

    received_field: type[forms.FileField]
    kinds_in_words = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Swap the field; the forms without one are those that edit a title only."""
        self.uploader = kwargs.get("user")
        super().__init__(*args, **kwargs)
        before = self.fields.get("file")
        if before is not None:
            self.fields["file"] = self.received_field(
                label=before.label,
                required=before.required,
                widget=before.widget,
            )
            # Wagtail's fields write their own help text, with limits that are not ours.
            megabytes = settings.MAX_UPLOAD_BYTES // MEGABYTE
            self.fields["file"].help_text = (
                f"{self.kinds_in_words}, up to {megabytes} MB. Names of authors, places and other "
                "hidden data are taken out. Nothing above OFFICIAL-SENSITIVE."
            )

    def clean(self) -> dict[str, Any] | None:
        """Note a refusal in the trail."""
        cleaned = super().clean()
        record_refusals(self, actor=self.uploader.public_id if self.uploader else "")
        return cleaned

    def _post_clean(self) -> None:
        """Note what is known of the file on the row, however it is going to be saved."""
        super()._post_clean()  # type: ignore[misc]
        if "file" in self.cleaned_data and "file" in self.changed_data:
            admit(self.instance)


class StoredFileForm(ReceivingForm, BaseDocumentForm):
    """Upload of a file."""

    received_field = ReceivedDocumentField
    kinds_in_words = "PDF, Word (.docx) or plain text"


class StoredImageForm(ReceivingForm, BaseImageForm):
    """Upload of a picture."""

    received_field = ReceivedPictureField
    kinds_in_words = "PNG, JPEG or WebP"
