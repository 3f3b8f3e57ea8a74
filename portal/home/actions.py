"""What waits for who looks after people or pages: each with its number and its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import ngettext

from access.policy import Viewer
from forces import confirmation, invitations, proposals
from portal.oversight.reading import is_lead, reading_of

LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Action:
    """A line of “Needs your action”: what it says, and where one does it."""

    label: str
    address: str


def actions_for(viewer: Viewer, *, at: datetime) -> list[Action]:
    """Everything that waits, nothing for readers; who asks is entitled to the page behind each."""
    asking = invitations.asking(viewer)
    waiting = proposals.open_to(viewer, at=at)
    to_confirm = sum(proposals.may_confirm(viewer, one) for one in waiting)
    lapsing = len(confirmation.lapsing_for(viewer, at=at))
    lines = [
        (
            asking,
            ngettext("%d person asks for access", "%d people ask for access", asking),
            "invitations",
        ),
        (
            to_confirm,
            ngettext(
                "%d change waits for a second person",
                "%d changes wait for a second person",
                to_confirm,
            ),
            "people_changes",
        ),
        (
            lapsing,
            ngettext(
                "%d person loses access soon unless you confirm it",
                "%d people lose access soon unless you confirm it",
                lapsing,
            ),
            "people_review",
        ),
        *_reading(viewer, at=at),
    ]
    return [Action(label % count, reverse(name)) for count, label, name in lines if count]


def _reading(viewer: Viewer, *, at: datetime) -> list[tuple[int, str, str]]:
    if not is_lead(viewer):
        return []
    reading = reading_of(viewer, at=at, back=LATELY)
    refused, unusual = len(reading.refusals), len(reading.unusual)
    return [
        (
            refused,
            ngettext(
                "%d of your pages was refused to somebody this week",
                "%d of your pages were refused to somebody this week",
                refused,
            ),
            "reading_of_ours",
        ),
        (
            unusual,
            ngettext(
                "%d unusual reading of your pages this week",
                "%d unusual readings of your pages this week",
                unusual,
            ),
            "reading_of_ours",
        ),
    ]
