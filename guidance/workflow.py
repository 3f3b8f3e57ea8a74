"""Four eyes: who must approve a revision, and that it is never the person who edited it last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.policy import decide
from access.vocabulary import HUB_SLUG, OWN, Role, State, force_term, role_key
from access.widening import widens
from audit.events import Event
from audit.record import record
from guidance.facts import audience_facts, audience_of, facts_of
from guidance.permissions import viewer_of

if TYPE_CHECKING:
    from wagtail.models import Revision, TaskState, WorkflowState

    from forces.models import User
    from guidance.models import Document, FourEyesTask

FORCE, HUB = "force", "hub"
_ROLE = {FORCE: Role.APPROVER, HUB: Role.HUB_APPROVER}


@dataclass(frozen=True, slots=True)
class Approvals:
    """The complete approvals of a revision: who edited, who approved last, what may widen."""

    editor: str
    approver: str
    widens: frozenset[str]


def needed_stages(draft: Document) -> tuple[str, ...]:
    """The steps a revision needs: the owner's, and the hub's beyond one's own force."""
    if draft.owner_org_id == HUB_SLUG:
        return (HUB,)
    own = {OWN, force_term(draft.owner_org_id)}
    return (FORCE,) if audience_of(draft) <= own else (FORCE, HUB)


def review_key(draft: Document, stage: str) -> str:
    """Which role of which organisation takes a step."""
    return role_key(_ROLE[stage], organisation=HUB_SLUG if stage == HUB else draft.owner_org_id)


def open_review(state: TaskState, *, stage: str, user: User | None) -> None:
    """Open the revision to the people of a step, or skip a step that is not needed.

    The first step of a revision that is not skipped records the submission.
    """
    from guidance.models import Review

    draft: Document = state.revision.as_object()
    if stage not in needed_stages(draft):
        state.status = state.STATUS_SKIPPED
        state.finished_at = timezone.now()
        state.save(update_fields=["status", "finished_at"])
        return
    Review.objects.create(
        document_pk=draft.pk, revision_pk=state.revision_id, key=review_key(draft, stage)
    )
    approved = state.workflow_state.task_states.filter(status=state.STATUS_APPROVED)
    if not approved.filter(revision=state.revision_id).exists():
        # Here, since Wagtail's own button starts the workflow without any service of ours.
        submitter = user.public_id if user is not None else ""
        record(Event.SUBMISSION, actor=submitter, action_object=draft.ref)


def was_submitted(revision: Revision) -> bool:
    """Whether anybody was ever asked to review exactly this revision."""
    from guidance.models import Review

    return Review.objects.filter(revision_pk=revision.pk).exists()


def close_reviews(document_pk: int) -> None:
    """End the reading right of everyone who was asked to review."""
    from guidance.models import Review

    open_ones = Review.objects.filter(document_pk=document_pk, closed_at__isnull=True)
    open_ones.update(closed_at=timezone.now())


def may_review(document: Document, user: User, *, stage: str) -> bool:
    """Whether the step is this person's, and the access rule lets them read the revision."""
    revision = document.get_latest_revision()
    if revision is None:
        return False
    draft: Document = revision.as_object()
    viewer = viewer_of(user)
    key = review_key(draft, stage)
    facts = facts_of(draft, review={key})
    return key in viewer.review_keys and decide(viewer, facts, at=timezone.now()).allowed


def actions_for(document: Document, user: User, *, stage: str) -> list[tuple[str, str, bool]]:
    """The admin's buttons for this person; the last editor may only send it back."""
    if not may_review(document, user, stage=stage):
        return []
    actions = [("reject", "Request changes", True)]
    if document.get_latest_revision().user_id != user.pk:
        actions.append(("approve", "Approve", True))
    return actions


def states_awaiting(task: FourEyesTask, user: User) -> Any:
    """The open task states of a step that this person may act on."""
    from wagtail.models import TaskState

    from guidance.models import Review

    keys = viewer_of(user).review_keys
    revisions = Review.objects.filter(closed_at__isnull=True, key__in=keys)
    asked = TaskState.objects.filter(
        task=task,
        status=TaskState.STATUS_IN_PROGRESS,
        revision_id__in=revisions.values("revision_pk"),
    )
    # Whoever the page's marking or groups keep out does not read its title here either.
    open_ones = [
        state.pk
        for state in asked.select_related("revision")
        if may_review(state.revision.content_object, user, stage=task.stage)
    ]
    return TaskState.objects.filter(pk__in=open_ones)


@transaction.atomic
def act(task: FourEyesTask, state: TaskState, *, user: User, action: str, **kwargs: Any) -> None:
    """Approve a step or send the page back. Raises PermissionDenied for the last editor."""
    from guidance.models import Approval

    document: Document = state.revision.content_object
    if not may_review(document, user, stage=task.stage):
        raise PermissionDenied("This step is not yours to take.")
    comment = str(kwargs.get("comment", ""))
    if action == "approve":
        revision = state.revision
        if revision.user_id is None or revision.user_id == user.pk:
            raise PermissionDenied("You edited this page last: somebody else must approve it.")
        Approval.objects.update_or_create(
            revision_pk=revision.pk,
            stage=task.stage,
            defaults={
                "document_ref": document.ref,
                "editor_id": revision.user_id,
                "approver": user,
                "widens": sorted(widened_by(revision)),
                "approved_at": timezone.now(),
            },
        )
    close_reviews(document.pk)
    record(Event.REVIEW, actor=user.public_id, action_object=document.ref, decision=action)
    task.act_as_wagtail_does(state, user, action, comment=comment)


def widened_by(revision: Revision) -> frozenset[str]:
    """The facts that a revision would make wider than what is live now."""
    from guidance.services import regions_of_forces

    row: Document = revision.content_object
    if row.state == State.DRAFT:
        return frozenset()
    proposed = audience_facts(revision.as_object())
    return widens(audience_facts(row), proposed, regions=regions_of_forces())


def approvals_of(revision: Revision, *, draft: Document) -> Approvals | None:
    """The approvals of a revision, if all it needs are there and none is the editor's own."""
    from guidance.models import Approval

    needed = needed_stages(draft)
    given = list(
        Approval.objects.filter(revision_pk=revision.pk, stage__in=needed)
        .exclude(approver_id=revision.user_id)
        .select_related("approver", "editor")
        .order_by("approved_at")
    )
    if {approval.stage for approval in given} != set(needed):
        return None
    editor = given[-1].editor
    return Approvals(
        editor=editor.public_id if editor else "",
        approver=given[-1].approver.public_id,
        widens=frozenset.intersection(*(frozenset(approval.widens) for approval in given)),
    )


def publish_approved(workflow_state: WorkflowState, user: User | None = None) -> None:
    """Wagtail's last step of a workflow: publish exactly the revision that was approved."""
    revision = workflow_state.current_task_state.revision
    revision.publish(user=user, skip_permission_checks=True)
