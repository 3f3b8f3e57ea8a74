"""The import form: one file, and what it is to become."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.documents.fields import WagtailDocumentField

from guidance.files.forms import received, record_refusals
from guidance.files.kinds import FileRefused
from guidance.importing.drafting import IMPORTABLE
from guidance.importing.outline import ImportedDraft
from guidance.importing.reading import IMPORTED_KINDS, read_document


class ImportedFileField(WagtailDocumentField):
    """A text or Word file; its value is the draft that was read from it."""

    def to_python(self, data: Any) -> Any:
        """Take the file in and read it; nothing is saved."""
        file = received(self, data, accepted=IMPORTED_KINDS)
        if file is None or isinstance(file, ImportedDraft):
            return file
        try:
            return read_document(file)
        except FileRefused as refused:
            raise forms.ValidationError(refused.message, code=refused.reason) from refused


class ImportForm(forms.Form):
    """What an editor of a section fills in."""

    file = ImportedFileField(
        label="Document", widget=forms.FileInput(attrs={"accept": ".docx,.txt"})
    )
    type_slug = forms.ChoiceField(
        label="What it is to become",
        choices=[(slug, str(model.type_label)) for slug, model in IMPORTABLE.items()],
    )

    def __init__(self, *args: Any, importer: str, **kwargs: Any) -> None:
        """`importer` is the public id of the person, for the trail."""
        super().__init__(*args, **kwargs)
        self.importer = importer
        self.fields["file"].help_text = (
            "Word (.docx) or plain text (.txt). Headings and lists become blocks. "
            "Finish tracked changes and delete comments first."
        )

    def clean(self) -> dict[str, Any] | None:
        """Note a refusal in the trail."""
        cleaned = super().clean()
        record_refusals(self, actor=self.importer)
        return cleaned
