"""Editing rights in the Wagtail admin: one section for each organisation, given by roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group
from django.utils import timezone

from access.vocabulary import EDITING_ROLES, HUB_SLUG
from forces.viewers import viewer_for

if TYPE_CHECKING:
    from access.policy import Viewer
    from forces.models import User

HUB_KEEPERS = "hub keepers"
# Where the admin keeps the viewer of this request: Wagtail hands its hooks the user only.
SESSION_VIEWER = "session_viewer"


def section_group(organisation: str) -> str:
    """The name of the group that edits in one organisation's section."""
    return f"section {organisation}"


def expected_groups(viewer: Viewer) -> frozenset[str]:
    """The Wagtail groups that follow from a viewer's roles; nobody is put in one by hand."""
    if not (viewer.active and viewer.admitted and viewer.roles & EDITING_ROLES):
        return frozenset()
    names = {section_group(viewer.organisation)}
    if viewer.organisation == HUB_SLUG:
        names.add(HUB_KEEPERS)
    return frozenset(names)


def align(user: User, viewer: Viewer) -> None:
    """Bring a person's Wagtail groups in line with today's membership, at each admin request.

    So a mover or leaver loses the old section at the next request, with nobody's help.
    """
    expected = expected_groups(viewer)
    held = set(user.groups.values_list("name", flat=True))
    if held != expected:
        user.groups.set(Group.objects.filter(name__in=expected))
    setattr(user, SESSION_VIEWER, viewer)


def viewer_of(user: User) -> Viewer:
    """The viewer behind a user in the admin, with this session's strength where it is known."""
    known: Viewer | None = getattr(user, SESSION_VIEWER, None)
    return known or viewer_for(user, second_factor=False, at=timezone.now())
