"""Mails of the workflow: to people who may still read the page that a mail names."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from wagtail.admin.mail import (
    EmailNotificationMixin,
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
    WorkflowStateSubmissionEmailNotifier,
)
from wagtail.models import WorkflowState
from wagtail.signals import workflow_approved, workflow_rejected, workflow_submitted

from access.policy import decide
from forces.viewers import viewer_for
from guidance.facts import facts_of


class ToReadersOnly(EmailNotificationMixin):
    """Wagtail mails whoever once submitted a page, wherever they have moved since."""

    def get_valid_recipients(self, instance: WorkflowState, **kwargs: Any) -> set[Any]:
        """Leave out whom the rule would not let read the page at this moment."""
        now = timezone.now()
        facts = facts_of(instance.content_object.specific)
        return {
            user
            for user in super().get_valid_recipients(instance, **kwargs)
            if decide(viewer_for(user, second_factor=True, at=now), facts, at=now).allowed
        }


class Approved(ToReadersOnly, WorkflowStateApprovalEmailNotifier):
    """The page was approved."""


class SentBack(ToReadersOnly, WorkflowStateRejectionEmailNotifier):
    """The page was sent back."""


class Submitted(ToReadersOnly, WorkflowStateSubmissionEmailNotifier):
    """The page waits for a review."""


NOTIFIERS = (
    (workflow_approved, Approved(), "workflow_state_approved_email_notification"),
    (workflow_rejected, SentBack(), "workflow_state_rejected_email_notification"),
    (workflow_submitted, Submitted(), "workflow_state_submitted_email_notification"),
)


def connect() -> None:
    """Take the places of Wagtail's own, before or after it has connected them."""
    for signal, notifier, place in NOTIFIERS:
        signal.disconnect(sender=WorkflowState, dispatch_uid=place)
        signal.connect(notifier, sender=WorkflowState, dispatch_uid=place)
