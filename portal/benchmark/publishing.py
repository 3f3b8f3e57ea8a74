"""Publishes one page for each token read: written by an author, approved by the force's lead.

The measuring side starts this as a program, writes a token a line, and reads "ok SECONDS" when
the page with that token is published; then it searches until the token is found.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from forces.models import User

AUTHOR = "author@metropolitan.police.example"
APPROVER = "approver@metropolitan.police.example"
TITLE = "Page with the token {token}"


def publish_tokens() -> None:
    """Read tokens until the input ends."""
    for line in sys.stdin:
        token = line.strip()
        begun = time.perf_counter()
        _publish(token)
        sys.stdout.write(f"ok {time.perf_counter() - begun:.6f}\n")
        sys.stdout.flush()


def _publish(token: str) -> None:
    from guidance import services
    from guidance.models import AudienceTerm, ForceSection, GuidancePage

    author, approver = _person(AUTHOR), _person(APPROVER)
    page = GuidancePage(title=TITLE.format(token=token), summary=f"A page of {token}.")
    page.owner, page.owner_role = author, "Owner of the measurement"
    for name in GuidancePage.RICH_FIELDS:
        setattr(page, name, f"<p>What {token} is measured for.</p>")
    page.audience.set(AudienceTerm.objects.filter(pk="own"))
    ForceSection.objects.get(organisation_id="metropolitan").add_child(instance=page)
    page.save_revision(user=author)
    services.submit(page, by=author)
    state = page.current_workflow_task_state
    state.task.specific.on_action(state, approver, "approve")


def _person(email: str) -> User:
    from django.utils import timezone

    from forces.models import User
    from forces.viewers import viewer_for
    from guidance.permissions import SESSION_VIEWER

    user = User.objects.get(email=email)
    setattr(user, SESSION_VIEWER, viewer_for(user, second_factor=True, at=timezone.now()))
    return user


if __name__ == "__main__":
    django.setup()
    publish_tokens()
