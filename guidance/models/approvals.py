"""Who may read a revision under review, and who approved it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from wagtail.models import Task, TaskState, WorkflowState

from guidance import workflow
from guidance.review_lock import ReviewLock


class Stage(models.TextChoices):
    """The two pairs of eyes after the author's."""

    FORCE = "force", "Force hub lead"
    HUB = "hub", "Hub approver"


class Review(models.Model):
    """Lets one person or role read one revision while its review is open (clause 4)."""

    document_pk = models.BigIntegerField(db_index=True)
    revision_pk = models.BigIntegerField()
    key = models.CharField(max_length=100)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=("key", "closed_at"), name="review_key")]

    def __str__(self) -> str:
        return f"{self.key} reads revision {self.revision_pk}"


class Approval(models.Model):
    """One person's yes to one revision, with the audience facts that were approved.

    `widens` names the facts that the approver saw would become wider than what is live.
    The database refuses an approval by the person who last edited the revision.
    """

    document_ref = models.CharField(max_length=12, db_index=True)
    revision_pk = models.BigIntegerField()
    stage = models.CharField(max_length=10, choices=Stage.choices)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    widens = models.JSONField(default=list)
    approved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("revision_pk", "stage"), name="one_approval_a_revision_and_stage"
            ),
            models.CheckConstraint(
                condition=models.Q(editor__isnull=False) & ~models.Q(editor=models.F("approver")),
                name="approver_is_not_the_last_editor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_ref} revision {self.revision_pk}: {self.stage}"


class FourEyesTask(Task):
    """A step of the publishing workflow that someone other than the last editor must take."""

    stage = models.CharField(max_length=10, choices=Stage.choices)
    lock_class = ReviewLock
    admin_form_fields = [*Task.admin_form_fields, "stage"]
    admin_form_readonly_on_edit_fields = [*Task.admin_form_readonly_on_edit_fields, "stage"]

    class Meta:
        verbose_name = "Second person"

    def start(self, workflow_state: WorkflowState, user: Any = None) -> TaskState:
        """Open the review, or skip the step where the audience does not need it."""
        state = super().start(workflow_state, user=user)
        workflow.open_review(state, stage=self.stage, user=user)
        return state

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Approve or send back; `workflow` refuses the last editor and records the rest."""
        workflow.act(self, task_state, user=user, action=action_name, **kwargs)

    def act_as_wagtail_does(self, task_state: TaskState, user: Any, action: str, **kw: Any) -> None:
        """Let Wagtail move its own state, once our guards have passed."""
        super().on_action(task_state, user, action, **kw)

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        """Let the approver of this step open the page in the admin."""
        return workflow.may_review(obj, user, stage=self.stage)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """Lock a submitted page: an edit would be an edit of something else than was read."""
        return True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        """What the person may do: nothing, unless this step is theirs and they edited last."""
        return workflow.actions_for(obj, user, stage=self.stage)

    def get_form_for_action(self, action: str) -> Any:
        """Approving asks whether the page was read; sending it back asks what to change."""
        from guidance.act_forms import ApprovalForm

        return ApprovalForm if action == "approve" else super().get_form_for_action(action)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        """The open reviews that wait for this person (the admin's "awaiting review")."""
        return workflow.states_awaiting(self, user)

    @classmethod
    def get_description(cls) -> str:
        """What the admin says of this kind of step."""
        return "Someone other than the last editor approves: the Force hub lead, then the hub."
