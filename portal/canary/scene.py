"""A small library with made-up organisations and people, laid out by the ordinary services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from access.policy import Viewer
from access.vocabulary import Marking, Role
from forces.models import NeedToKnowGroup, Organisation, Region, RolloutPhase, User
from forces.services import create_person
from forces.viewers import viewer_for
from guidance.models import Document
from guidance.permissions import SESSION_VIEWER
from guidance.seeding import lay_out_library

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ORGANISATIONS = (
    ("hub", "hub", ""),
    ("kent", "force", "ersou"),
    ("essex", "force", "ersou"),
    ("metropolitan", "force", "london"),
    ("btp", "special", ""),
    ("riverside", "partner", ""),
    ("oversight", "oversight", ""),
)
POLICE = ("force", "special")
# What guidance must say before it can be submitted.
FILLED: dict[str, str] = {
    "summary": "A summary.",
    "owner_role": "Hub lead",
    "purpose": "<p>Purpose.</p>",
    "when_to_use": "<p>When.</p>",
    "when_not_to_use": "<p>When not.</p>",
    "necessity_proportionality": "<p>Why.</p>",
    "challenge_route": "<p>How to contest.</p>",
}


def lay_out_scene() -> None:
    """The organisations of ORGANISATIONS, admitted, with their sections."""
    phase = RolloutPhase.objects.create(number=1, name="All", opens_at=LONG_AGO)
    for slug, kind, region in ORGANISATIONS:
        place = Region.objects.get_or_create(slug=region, defaults={"name": region})[0]
        Organisation.objects.create(
            slug=slug,
            name=slug.capitalize(),
            short_name=slug.capitalize(),
            kind=kind,
            region=place if region else None,
            phase=phase if kind in POLICE else None,
        )
    Region.objects.filter(slug="").delete()
    lay_out_library()


def person(
    organisation: str, *roles: Role, ceiling: Marking = Marking.OFFICIAL_SENSITIVE, name: str = ""
) -> User:
    """Somebody of an organisation; the name tells two of the same role apart."""
    local = name or "-".join(sorted(roles))
    is_partner = Role.PARTNER in roles
    return create_person(
        email=f"{local}@{organisation}.example",
        name=f"{organisation} {local}",
        organisation=Organisation.objects.get(slug=organisation),
        roles=roles or (Role.OFFICER,),
        ceiling=ceiling,
        starts_at=in_future(days=-90) if is_partner else LONG_AGO,
        ends_at=in_future(days=180) if is_partner else None,
    )


def need_to_know(slug: str, name: str = "", *, ends_at: datetime | None = None) -> NeedToKnowGroup:
    """A need-to-know group of the hub; the name tells two apart."""
    return NeedToKnowGroup.objects.create(
        slug=slug,
        name=name or slug.capitalize(),
        owner=Organisation.objects.get(slug="hub"),
        reason="A wider circle would put witnesses at risk.",
        ends_at=ends_at or in_future(days=365),
    )


def seen_by(user: User, *, second_factor: bool = True, at: datetime | None = None) -> Viewer:
    """The viewer behind a person, strong unless told otherwise."""
    return viewer_for(user, second_factor=second_factor, at=at or timezone.now())


def strengthened(user: User) -> User:
    """The same person as the admin knows them after a strong sign-in."""
    setattr(user, SESSION_VIEWER, seen_by(user))
    return user


def approve_all(page: Document, *approvers: User, comment: str = "") -> None:
    """Take the open steps of the workflow, one approver for each."""
    for approver in approvers:
        state = page.current_workflow_task_state
        task = state.task.specific
        task.on_action(state, strengthened(approver), "approve", comment=comment)
        page.refresh_from_db()


@dataclass
class Cast:
    """People who are wanted nearly everywhere."""

    hub_editor: User = field(init=False)
    hub_approver: User = field(init=False)
    kent_author: User = field(init=False)
    kent_lead: User = field(init=False)
    kent_officer: User = field(init=False)
    essex_officer: User = field(init=False)
    met_officer: User = field(init=False)

    def __post_init__(self) -> None:
        """Create them."""
        self.hub_editor = person("hub", Role.HUB_EDITOR)
        self.hub_approver = person("hub", Role.HUB_APPROVER)
        self.kent_author = person("kent", Role.AUTHOR)
        self.kent_lead = person("kent", Role.APPROVER)
        self.kent_officer = person("kent", Role.OFFICER)
        self.essex_officer = person("essex", Role.OFFICER)
        self.met_officer = person("metropolitan", Role.OFFICER)


def in_future(**delta: int) -> datetime:
    """A moment from now."""
    return timezone.now() + timedelta(**delta)
