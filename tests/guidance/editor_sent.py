"""The editor's form of any kind of page, as it takes what somebody sends; nothing is rendered."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from forces.models import User
from guidance.forms import DocumentForm
from guidance.models import Document
from tests.guidance.scene import strengthened

STREAMS = {"body": streamfield([]), "routes": streamfield([]), "estimates": streamfield([])}


def sent(page: Document, by: User, **fields: Any) -> DocumentForm:
    """The form with these fields sent and checked, to ask for the errors of one of them."""
    lines = {"attachments": inline_formset([]), "affects": inline_formset([])}
    several = {name: value for name, value in fields.items() if isinstance(value, list)}
    data = QueryDict(mutable=True)
    data.update(nested_form_data({**STREAMS, **lines, **fields}))
    for name, values in several.items():
        data.setlist(name, values)
    form: DocumentForm = (
        type(page)
        .get_edit_handler()
        .get_form_class()(data, instance=page, for_user=strengthened(by))
    )
    form.is_valid()
    return form


def choices(form: DocumentForm, name: str) -> dict[str, str]:
    """What a field offers."""
    return dict(form.fields[name].choices)
