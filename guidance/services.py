"""What people do to documents: submit, publish, narrow, withdraw, supersede."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from access.vocabulary import POLICING_KINDS, State
from access.widening import AudienceFacts, narrowest
from audit.events import Event
from audit.record import record
from forces.models import Organisation, User
from guidance import workflow
from guidance.changes import exclude_until_indexed, record_change
from guidance.editions import with_edition
from guidance.facts import audience_facts, changed_facts, groups_of, words_of_facts
from guidance.models.vocabulary import AudienceTerm

if TYPE_CHECKING:
    from wagtail.models import Revision

    from guidance.models import Document

# A sentence, however short, and not “old”.
SHORTEST_REASON = 10

# The documents that this thread is publishing through `publish_revision`.
_publishing: ContextVar[frozenset[int]] = ContextVar("publishing", default=frozenset())


class NotApproved(PermissionDenied):
    """A revision without the approvals it needs was about to be published."""


@contextmanager
def _through_the_front_door(document_pk: int) -> Iterator[None]:
    token = _publishing.set(_publishing.get() | {document_pk})
    try:
        yield
    finally:
        _publishing.reset(token)


def refuse_side_door(document: Document) -> None:
    """Called by every save: a row goes live through `publish_revision` only.

    A new row starts as a draft whatever its caller set (a copy "with keep live" sets it); an
    existing row that is about to go live otherwise raises NotApproved.
    """
    if document.pk is None:
        document.live = False
        document.has_unpublished_changes = True
        if document.alias_of_id is not None:
            raise NotApproved("A document has no aliases: link to it instead.")
        return
    if not document.live or document.pk in _publishing.get():
        return
    if not type(document).objects.filter(pk=document.pk, live=True).exists():
        raise NotApproved("Submit the page for review: a second person publishes it.")


def regions_of_forces() -> dict[str, str]:
    """The region of every police organisation, "" where it has none."""
    police = Organisation.objects.filter(kind__in=POLICING_KINDS)
    rows = police.values_list("slug", "region__slug")
    return {slug: region or "" for slug, region in rows}


def submit(document: Document, *, by: User) -> None:
    """Ask for the approvals that the newest revision needs.

    Raises ValidationError where a required field is empty.
    """
    draft: Document = document.get_latest_revision_as_object()
    draft.full_clean()
    page_workflow = document.get_workflow()
    if page_workflow is None:
        raise ValidationError("This section has no workflow. Ask the hub to set it up.")
    page_workflow.start(document, by)


def publish_revision(document: Document, *, revision: Revision, **kwargs: Any) -> None:
    """Publish a revision that has its approvals, in one transaction.

    Facts that would be wider than what is live stay narrow, unless an approval names them.
    Raises NotApproved where an approval is missing or was given by the last editor.
    """
    with transaction.atomic():
        row = type(document).objects.select_for_update(of=("self",)).get(pk=document.pk)
        draft: Document = revision.as_object()
        approvals = workflow.approvals_of(revision, draft=draft)
        if approvals is None:
            raise NotApproved("Submit the page for review: a second person publishes it.")
        draft.full_clean()
        changes: dict[str, str] = {}
        if row.state != State.DRAFT:
            before = words_of_facts(row)
            _keep_narrow(row, draft, revision=revision, approved=frozenset(approvals.widens))
            changes = changed_facts(before, words_of_facts(draft))
        kwargs["skip_permission_checks"] = True
        with _through_the_front_door(row.pk):
            row.publish_as_wagtail_does(revision, **kwargs)
        _settle(
            row,
            state=State.PUBLISHED,
            withdrawn_reason="",
            withdrawn_at=None,
            successor_ref="",
            editions=with_edition(row, published=draft, at=timezone.now()),
        )
        record(
            Event.PUBLICATION,
            actor=approvals.approver,
            action_object=row.ref,
            detail={
                "revision": revision.pk,
                "editor": approvals.editor,
                **changes,
            },
        )


def _keep_narrow(
    row: Document, draft: Document, *, revision: Revision, approved: frozenset[str]
) -> None:
    live, proposed = audience_facts(row), audience_facts(draft)
    kept = narrowest(live, proposed, regions=regions_of_forces())
    chosen = {
        name: getattr(proposed if name in approved else kept, name)
        for name in AudienceFacts.__dataclass_fields__
    }
    _write_facts(draft, AudienceFacts(**{**chosen, "owner": live.owner}))
    revision.content = draft.serializable_data()
    revision.save(update_fields=["content"])


def _write_facts(document: Document, facts: AudienceFacts) -> None:
    from forces.models import NeedToKnowGroup

    document.marking = facts.marking.value
    document.audience.set(list(AudienceTerm.objects.filter(pk__in=facts.audience)))
    document.groups.set(list(NeedToKnowGroup.objects.filter(slug__in=facts.groups)))
    document.visible_from = facts.visible_from
    document.visible_until = facts.visible_until
    document.latest_phase = facts.latest_phase


def _settle(document: Document, **columns: Any) -> None:
    """Write columns that no revision carries, and tell search, within the same transaction."""
    version = document.access_version + 1
    rows = type(document).objects.filter(pk=document.pk)
    rows.update(access_version=version, **columns)
    for name, value in {"access_version": version, **columns}.items():
        setattr(document, name, value)
    exclude_until_indexed(document.pk, access_version=version)
    record_change(document.pk)


def narrow(document: Document, *, to: AudienceFacts, by: User, reason: str) -> None:
    """Let fewer people read a document, at once, draft and live row alike.

    Nothing is published and nobody needs to approve. Facts in `to` that would be wider than
    today's are left as they are, and widenings approved before are void. Raises ValidationError
    for need-to-know groups of which none is among today's: no list of groups can say "both";
    and for an end that is not after the beginning.
    """
    from guidance.models import Approval

    regions = regions_of_forces()
    if to.visible_until and document.visible_from and to.visible_until <= document.visible_from:
        raise ValidationError({"visible_until": "Choose a time after “visible from”."})
    if to.groups and (today := groups_of(document)) and not to.groups & today:
        raise ValidationError("Choose at least one of the need-to-know groups the page has now.")
    with transaction.atomic():
        row = type(document).objects.select_for_update(of=("self",)).get(pk=document.pk)
        before = words_of_facts(row)
        _write_facts(row, narrowest(audience_facts(row), to, regions=regions))
        row.save()
        if (revision := row.get_latest_revision()) is not None:
            draft: Document = revision.as_object()
            _write_facts(draft, narrowest(audience_facts(draft), to, regions=regions))
            revision.content = draft.serializable_data()
            revision.save(update_fields=["content"])
        Approval.objects.filter(document_ref=row.ref).update(widens=[])
        _settle(row)
        record(
            Event.NARROWING,
            actor=by.public_id,
            action_object=row.ref,
            detail={
                "access_version": row.access_version,
                "reason_given": int(bool(reason)),
                **changed_facts(before, words_of_facts(row)),
            },
        )


def withdraw(document: Document, *, by: User, reason: str, successor_ref: str = "") -> None:
    """Say that a page no longer holds. Its old audience still reads it, with the reason.

    Raises ValidationError for a draft, without a reason, or for a successor that is none.
    """
    _close(document, State.WITHDRAWN, by=by, reason=reason, successor_ref=successor_ref)


def supersede(document: Document, *, by: User, successor_ref: str, reason: str = "") -> None:
    """Point from a page to the one that replaces it; ValidationError where that is none."""
    _close(document, State.SUPERSEDED, by=by, reason=reason, successor_ref=successor_ref)


def _close(document: Document, state: State, *, by: User, reason: str, successor_ref: str) -> None:
    if document.state == State.DRAFT:
        raise ValidationError("This page was never published: delete the draft instead.")
    if state is State.WITHDRAWN and len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError("Say in a sentence why the page is withdrawn.")
    if state is State.SUPERSEDED or successor_ref:
        _require_successor(document, successor_ref)
    with transaction.atomic():
        row = type(document).objects.select_for_update(of=("self",)).get(pk=document.pk)
        _settle(
            row,
            state=state.value,
            withdrawn_reason=reason,
            withdrawn_at=timezone.now(),
            successor_ref=successor_ref,
        )
        record(Event.WITHDRAWAL, actor=by.public_id, action_object=row.ref, reason=state.value)


def _require_successor(document: Document, ref: str) -> None:
    """A page must not send its readers to itself, to nothing, or to what no longer holds.

    Who asks must be able to read it, which the form knows: it says the same of a hidden page.
    """
    from guidance.models import Document

    published = Document.objects.filter(ref=ref, state=State.PUBLISHED.value)
    if ref == document.ref or not published.exists():
        raise ValidationError(f"There is no other published page {ref}. Check the reference.")
