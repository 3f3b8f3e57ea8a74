"""What the editor shows of a page that waits for a second person: why it is shut, and what next."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.locks import WorkflowLock


class ReviewLock(WorkflowLock):
    """Shuts the page for everybody: an edit would be an edit of something else than was read.

    Wagtail's own words say that reviewers can edit it.
    """

    def get_message(self, user: Any) -> str:
        """Whose step it waits for, and what ends the wait."""
        words = gettext("This page is awaiting '%(step)s'. Until then nobody can change it.")
        return words % {"step": self.task.name}

    def get_description(self, *_of_whom: Any) -> str:
        """The same in a few words, for the side panel."""
        return gettext("Nobody can change it until the review is over")


class DecideItem(ActionMenuItem):
    """The way from the page to the buttons of its step, which stand on the first page."""

    name = "action-decide"
    label = _("Approve or request changes")
    icon_name = "check"

    def get_url(self, parent_context: Any) -> str:
        """The admin's first page, with what waits for this person."""
        return reverse("wagtailadmin_home")


def menu_in_review(items: list[Any], page: Any, user: Any, *, is_editor: bool) -> list[Any]:
    """The editor's buttons while a page waits: the step's own first, and none that is refused."""
    kept = [one for one in items if is_editor or one.name != "action-cancel-workflow"]
    if page.current_workflow_task.get_actions(page, user):
        kept.insert(0, DecideItem())
    return kept
