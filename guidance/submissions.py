"""What of one's own waits for review, on the editor's first page."""

from typing import Any

from wagtail.admin.views.home import UserObjectsInWorkflowModerationPanel

from access.policy import Viewer
from guidance.admin_policy import EDITOR_REASONS, reason_to_edit
from guidance.models import Document


class OwnSubmissionsPanel(UserObjectsInWorkflowModerationPanel):
    """Wagtail lists whatever somebody once submitted: from an old force, too, and sensitive."""

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Leave out what this session may not edit now."""
        context: dict[str, Any] = super().get_context_data(parent_context)
        viewer = parent_context["request"].viewer
        states = context["workflow_states"]
        context["workflow_states"] = [
            state for state in states if is_editable(state.content_object, viewer)
        ]
        return context


def is_editable(page: Any, viewer: Viewer) -> bool:
    """Whether the newest revision is one of the viewer's own to work on, in this session."""
    return isinstance(page, Document) and (
        reason_to_edit(viewer, page, page.latest_revision_id) in EDITOR_REASONS
    )
