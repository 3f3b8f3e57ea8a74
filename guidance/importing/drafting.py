"""Makes a draft of an imported document in one section; nobody but its editors sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import transaction

from audit.events import Event
from audit.record import record
from guidance.models import EvaluationPage, ForceSection, GuidancePage, LessonPage

if TYPE_CHECKING:
    from forces.models import User
    from guidance.importing.outline import ImportedDraft
    from guidance.models import Document

IMPORTABLE: dict[str, type[Document]] = {
    model.type_slug: model for model in (GuidancePage, LessonPage, EvaluationPage)
}
NOBODY = "system"


@transaction.atomic
def make_draft(
    imported: ImportedDraft, *, section: ForceSection, type_slug: str, by: User | None
) -> Document:
    """Save the import as a new draft for its own force; the rest is for an editor to fill in."""
    model = IMPORTABLE[type_slug]
    document = model(
        title=imported.title,
        summary=imported.summary,
        body=json.dumps(list(imported.blocks)),
        owner=by,
        author_ref=by.public_id if by is not None else NOBODY,
        live=False,
    )
    # Wagtail asks a draft for no more than a title; the rest is required before anybody submits.
    section.add_child(instance=document)
    document.save_revision(user=by, clean=False)
    record(
        Event.IMPORT,
        actor=document.author_ref,
        action_object=document.ref,
        detail={"blocks": len(imported.blocks)},
    )
    return document
