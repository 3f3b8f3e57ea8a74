"""The one gate: every page, file, picture and preview is read through here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import Http404

from access.policy import Decision, Reason, Viewer, decide
from access.policy import Document as Facts
from audit.events import Event
from audit.record import record
from forces.prepared import Prepared, PreparedModels
from guidance.facts import facts_of
from guidance.models import (
    Attachment,
    Document,
    EvaluationPage,
    GuidancePage,
    LessonPage,
    PlatformPage,
    Review,
    StoredFile,
    StoredImage,
)

if TYPE_CHECKING:
    from wagtail.models import Revision

TYPE_OF_PREFIX: dict[str, type[Document]] = {
    model.prefix: model for model in (GuidancePage, LessonPage, EvaluationPage, PlatformPage)
}


class Refused(Http404):
    """Hidden or absent: the caller cannot tell, and answers with the one 404."""

    def __init__(self) -> None:
        """Say nothing: a message could end up in a page."""
        super().__init__("")


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that may be read, and why; `draft` says that it is not the live row."""

    document: Document
    reason: Reason
    draft: bool
    facts: Facts


def open_document(viewer: Viewer, ref: str, *, at: datetime, request_id: str) -> Opened:
    """The live row of a reference, for this viewer. Raises Refused.

    Refusals, OFFICIAL-SENSITIVE readings and those by a grant are in the trail before this
    returns. The number of statements does not tell a hidden reference from an absent one.
    """
    document, facts = _row(ref)
    decision = _decide_live(viewer, facts, at=at)
    if document is None or facts is None or not decision.allowed:
        _record_refusal(viewer, ref, decision, request_id=request_id)
        raise Refused
    _record_opened(viewer, document, decision, request_id=request_id)
    return Opened(document, decision.reason, draft=not document.live, facts=facts)


def open_preview(viewer: Viewer, ref: str, *, at: datetime, request_id: str) -> Opened:
    """The newest revision of a reference, for its editors and reviewers. Raises Refused."""
    document, facts = _row(ref)
    decision = _decide_live(viewer, facts, at=at)
    asked = _is_asked_to_review(viewer, document)
    if document is None or not (_opens_drafts(decision) or asked):
        _record_refusal(viewer, ref, decision, request_id=request_id)
        raise Refused
    draft, decision = _decide_draft(viewer, document, decision, at=at)
    if not _opens_drafts(decision):
        _record_refusal(viewer, ref, decision, request_id=request_id)
        raise Refused
    _record_opened(viewer, draft, decision, request_id=request_id)
    return Opened(draft, decision.reason, draft=True, facts=facts_of(draft))


def _is_asked_to_review(viewer: Viewer, document: Document | None) -> bool:
    """One statement, whether or not there is a document."""
    pk = document.pk if document is not None else 0
    open_ones = Review.objects.filter(document_pk=pk, closed_at__isnull=True)
    return open_ones.filter(key__in=viewer.review_keys).exists()


def _decide_draft(
    viewer: Viewer, document: Document, live: Decision, *, at: datetime
) -> tuple[Document, Decision]:
    """The newest revision and the decision on it; a narrowed row does not open by its draft."""
    revision = document.get_latest_revision()
    if revision is None:
        return document, live
    draft: Document = revision.as_object()
    if live.reason in (Reason.MARKING, Reason.NEED_TO_KNOW):
        return draft, live
    return draft, _decide_revision(viewer, draft, revision, at=at)


def open_file(
    viewer: Viewer, ref: str, file_ref: str, *, at: datetime, request_id: str
) -> tuple[StoredFile, Document]:
    """A file and its document, if this viewer may read that. Raises Refused."""
    file = StoredFile.objects.filter(ref=file_ref).first()
    for document, decision in _documents_open_to(viewer, ref, at=at, request_id=request_id):
        attached = {attachment.file_id for attachment in document.attachments.all()}
        if file is not None and file.belongs_to == document.pk and file.pk in attached:
            _record_opened(viewer, document, decision, request_id=request_id)
            return file, document
    raise Refused


def open_image(
    viewer: Viewer, ref: str, image_ref: str, *, at: datetime, request_id: str
) -> tuple[StoredImage, Document]:
    """A picture and the document that shows it, if this viewer may read that. Raises Refused."""
    image = StoredImage.objects.filter(ref=image_ref).first()
    for document, decision in _documents_open_to(viewer, ref, at=at, request_id=request_id):
        shown = image is not None and image.pk in document.image_ids()
        if image is not None and shown and image.belongs_to == document.pk:
            _record_opened(viewer, document, decision, request_id=request_id)
            return image, document
    raise Refused


def _documents_open_to(
    viewer: Viewer, ref: str, *, at: datetime, request_id: str
) -> list[tuple[Document, Decision]]:
    """The live row, or else the draft: a file of a draft is no file of the live page.

    The draft may be for fewer of the owner's people than the live row, and a reviewer of
    another organisation may open it where he may not open the row.
    """
    found = []
    document, facts = _row(ref)
    decision = _decide_live(viewer, facts, at=at)
    asked = _opens_drafts(decision) or _is_asked_to_review(viewer, document)
    if document is not None and decision.allowed:
        found.append((document, decision))
    if document is not None and asked:
        draft, on_draft = _decide_draft(viewer, document, decision, at=at)
        if _opens_drafts(on_draft):
            found.append((draft, on_draft))
    if not found:
        _record_refusal(viewer, ref, decision, request_id=request_id)
    return found


def _record_opened(
    viewer: Viewer, document: Document, decision: Decision, *, request_id: str
) -> None:
    """Readings of OFFICIAL-SENSITIVE pages, and all that only a break-glass grant allows."""
    if document.is_sensitive:
        _record_reading(Event.SENSITIVE_READING, viewer, document, decision, request_id=request_id)
    if decision.reason is Reason.GRANT:
        _record_reading(Event.GRANT_READING, viewer, document, decision, request_id=request_id)


def _row(ref: str) -> tuple[Document | None, Facts | None]:
    """A row and its facts: two statements, whether or not it exists."""
    row = _ROWS.get(ref.partition("-")[0], _ANY_ROW).first(ref=ref)
    pairs = _PAIRS.rows(pk=row.pk if row is not None else 0)
    if row is None:
        return None, None
    audience, groups = zip(*pairs, strict=True) if pairs else ((), ())
    known = {"audience": frozenset(audience) - {None}, "groups": frozenset(groups) - {None}}
    return row, facts_of(row, **known)


def _decide_live(viewer: Viewer, facts: Facts | None, *, at: datetime) -> Decision:
    return Decision(False, Reason.NOT_PUBLISHED) if facts is None else decide(viewer, facts, at=at)


def _decide_revision(
    viewer: Viewer, draft: Document, revision: Revision, *, at: datetime
) -> Decision:
    open_ones = Review.objects.filter(revision_pk=revision.pk, closed_at__isnull=True)
    keys = open_ones.values_list("key", flat=True)
    return decide(viewer, facts_of(draft, review=keys), at=at)


def _opens_drafts(decision: Decision) -> bool:
    return decision.reason in (Reason.AUTHOR, Reason.EDITOR, Reason.REVIEWER)


def _record_refusal(viewer: Viewer, ref: str, decision: Decision, *, request_id: str) -> None:
    record(
        Event.REFUSAL,
        actor=viewer.person_id,
        action_object=ref,
        decision="no",
        reason=decision.reason.value,
        request_id=request_id,
    )


def _record_reading(
    event: Event, viewer: Viewer, document: Document, decision: Decision, *, request_id: str
) -> None:
    record(
        event,
        actor=viewer.person_id,
        action_object=document.ref,
        decision="yes",
        reason=decision.reason.value,
        request_id=request_id,
    )


def _by_ref(model: type[Document]) -> PreparedModels[Document]:
    return PreparedModels(
        model, lambda ref: model.visible.filter(ref=ref), related={"owner_org": ()}, ref=str
    )


_ROWS = {prefix: _by_ref(model) for prefix, model in TYPE_OF_PREFIX.items()}
_ANY_ROW = _by_ref(Document)
_PAIRS = Prepared(
    lambda pk: Document.visible.filter(pk=pk).values_list("audience", "groups__slug"), pk=int
)
# Pages name their files: the text of a file is long, and only the index reads it.
_ATTACHMENTS = PreparedModels(
    Attachment,
    lambda pk: Attachment.objects.filter(document=pk),
    related={"file": ("text",)},
    pk=int,
)


def attachments_of(document: Document) -> list[Attachment]:
    """The files of a document in the editor's order, in one statement."""
    attachments = document.attachments.all()
    return attachments if isinstance(attachments, list) else _ATTACHMENTS.all(pk=document.pk)
