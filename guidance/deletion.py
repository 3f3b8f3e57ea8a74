"""Deletion in four eyes: one asks, an approver of the owner decides; there is no other door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from access.vocabulary import HUB_SLUG, State
from audit.events import Event
from audit.record import record
from guidance import workflow
from guidance.models.deletions import DeletionOutcome, DeletionRequest

if TYPE_CHECKING:
    from access.policy import Viewer
    from forces.models import User
    from guidance.models import Document

# The documents that this thread is deleting through this module.
_deleting: ContextVar[frozenset[int]] = ContextVar("deleting", default=frozenset())
# What a published page has to become first: its readers are told before it is gone.
DELETABLE = frozenset({State.DRAFT, State.WITHDRAWN, State.SUPERSEDED})
STILL_PUBLISHED = "Withdraw the page first: its readers are then told that it no longer holds."
EDITED_SINCE = "The page was edited after the request was made. Look at it, and ask again."


class NotDeletable(PermissionDenied):
    """A document was about to be deleted without a second person's word."""


@contextmanager
def through_the_front_door(document_pk: int) -> Iterator[None]:
    """Let this thread delete one document; the caller has asked who may."""
    token = _deleting.set(_deleting.get() | {document_pk})
    try:
        yield
    finally:
        _deleting.reset(token)


def refuse_side_door(document_pk: int) -> None:
    """Called before any row of a document goes, by whatever door. Raises NotDeletable."""
    if document_pk not in _deleting.get():
        raise NotDeletable("Ask for deletion: a second person decides.")


def is_own_unread_draft(document: Document, *, by: User) -> bool:
    """Whether nobody but this person ever wrote or was to read it: then nobody else loses it.

    One revision of somebody else's, or one submission, and it takes a second person.
    """
    from guidance.models import Review

    if document.state != State.DRAFT or document.author_ref != by.public_id:
        return False
    others = document.revisions.exclude(user=by)
    submitted = Review.objects.filter(document_pk=document.pk)
    return not others.exists() and not submitted.exists()


def open_request(document: Document) -> DeletionRequest | None:
    """The request that waits for a decision."""
    return DeletionRequest.objects.filter(document_pk=document.pk, outcome="").first()


def decides(viewer: Viewer, document: Document) -> bool:
    """Whether this is an approver of the owner, who may decide what others asked for."""
    stage = workflow.HUB if document.owner_org_id == HUB_SLUG else workflow.FORCE
    return workflow.review_key(document, stage) in viewer.review_keys


def requests_for(viewer: Viewer) -> list[DeletionRequest]:
    """What waits for this approver's word, without what he asked for himself."""
    from guidance.models import Document

    documents = Document.objects.filter(owner_org_id=viewer.organisation)
    waiting = DeletionRequest.objects.filter(
        outcome="", document_pk__in=documents.values("pk")
    ).exclude(asked_by__public_id=viewer.person_id)
    return list(waiting.select_related("asked_by").order_by("asked_at"))


@transaction.atomic
def ask_for_deletion(document: Document, *, by: User, reason: str) -> DeletionRequest:
    """Ask a second person to delete a document. Raises ValidationError where that cannot be."""
    row = _locked(document)
    if row.state not in DELETABLE:
        raise ValidationError(STILL_PUBLISHED)
    if open_request(row) is not None:
        raise ValidationError("Somebody has asked already: an approver of your force decides.")
    request = DeletionRequest.objects.create(
        document_pk=row.pk,
        document_ref=row.ref,
        revision_pk=row.latest_revision_id,
        reason=reason,
        asked_by=by,
    )
    _record(row.ref, decision="asked", by=by)
    return request


@transaction.atomic
def delete_as_asked(document: Document, *, by: User, viewer: Viewer, at: datetime) -> None:
    """Carry out what another person asked for: the row, its revisions and its files go.

    Raises PermissionDenied for who asked and for who does not decide, and ValidationError where
    the page has been edited or published since.
    """
    row = _locked(document)
    request = open_request(row)
    if request is None or request.asked_by_id == by.pk or not decides(viewer, row):
        raise PermissionDenied("Somebody else must ask, and an approver must decide.")
    if row.state not in DELETABLE:
        raise ValidationError(STILL_PUBLISHED)
    if request.revision_pk != row.latest_revision_id:
        raise ValidationError(EDITED_SINCE)
    _decide(request, DeletionOutcome.DELETED, by=by, at=at)
    _delete(row, decision="deleted", by=by)


@transaction.atomic
def keep(document: Document, *, by: User, viewer: Viewer, at: datetime) -> None:
    """Decline a request, or take one's own back. Raises PermissionDenied for anybody else."""
    request = open_request(_locked(document))
    if request is None or not (request.asked_by_id == by.pk or decides(viewer, document)):
        raise PermissionDenied("This request is not yours to decide.")
    _decide(request, DeletionOutcome.KEPT, by=by, at=at)
    _record(document.ref, decision="kept", by=by)


@transaction.atomic
def delete_own_draft(document: Document, *, by: User) -> None:
    """Throw away a draft that nobody else touched. Raises PermissionDenied for any other."""
    row = _locked(document)
    if not is_own_unread_draft(row, by=by):
        raise PermissionDenied("Somebody else has worked on it: ask for deletion.")
    _delete(row, decision="own-draft", by=by)


def _locked(document: Document) -> Document:
    row: Document = type(document).objects.select_for_update(of=("self",)).get(pk=document.pk)
    return row


def _decide(request: DeletionRequest, outcome: DeletionOutcome, *, by: User, at: datetime) -> None:
    request.outcome, request.decided_by, request.decided_at = outcome.value, by, at
    request.save(update_fields=["outcome", "decided_by", "decided_at"])


def _delete(document: Document, *, decision: str, by: User) -> None:
    workflow.close_reviews(document.pk)
    _record(document.ref, decision=decision, by=by)
    with through_the_front_door(document.pk):
        document.delete()


def _record(ref: str, *, decision: str, by: User) -> None:
    record(Event.DELETION, actor=by.public_id, action_object=ref, decision=decision)
