"""Platform x action: what to ask a platform for, where that is, and what to have ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from access.policy import Viewer
from guidance.blocks import RouteBlock
from guidance.models import PlatformPage
from guidance.serving import Refused


def _choices(name: str) -> dict[str, str]:
    field = RouteBlock().child_blocks[name].field
    return {value: str(label) for value, label in field.choices if value}


PURPOSES = _choices("purpose")
CHANNELS = _choices("channel")
# Before anything is asked to be taken down, somebody must have kept it.
REMOVALS = frozenset({"content-removal-law", "content-removal-terms", "trusted-flagger"})


@dataclass(frozen=True, slots=True)
class Route:
    """One way to reach a platform, ready to show."""

    purpose: str
    purpose_label: str
    channel: str
    mailbox: str
    who_may_use: str
    legal_basis: str
    needs: list[str]
    typical_hours: str
    all_hours: bool
    notes: str
    address: str


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A platform in the list, with one route for each purpose."""

    page: PlatformPage
    purposes: list[Route]
    is_expired: bool


def purpose_label(purpose: str) -> str:
    """The words for a purpose; one that was retired stands for itself."""
    return PURPOSES.get(purpose, purpose)


def card_address(ref: str, purpose: str) -> str:
    """Where a card stands; without a known purpose, where the platform stands."""
    if purpose not in PURPOSES:
        return f"/{ref}/"
    return reverse("platform_card", args=[ref, purpose])


def routes_of(page: PlatformPage) -> list[Route]:
    """All routes of a platform in the editor's order."""
    return [_route(page, block["value"]) for block in page.routes.raw_data]


def directory_entry(page: PlatformPage, *, at: datetime) -> DirectoryEntry:
    """A platform as the list shows it."""
    by_purpose = {route.purpose: route for route in routes_of(page)}
    return DirectoryEntry(page, list(by_purpose.values()), page.is_expired(at=at))


def _route(page: PlatformPage, value: dict[str, Any]) -> Route:
    needs = [one["value"] if isinstance(one, dict) else one for one in value["needs"]]
    return Route(
        purpose=value["purpose"],
        purpose_label=purpose_label(value["purpose"]),
        channel=CHANNELS.get(value["channel"], value["channel"]),
        mailbox=value.get("mailbox") or "",
        who_may_use=value["who_may_use"],
        legal_basis=value["legal_basis"],
        needs=needs,
        typical_hours=value.get("typical_hours") or "",
        all_hours=bool(value.get("all_hours")),
        notes=value.get("notes") or "",
        address=card_address(page.ref, value["purpose"]),
    )


def reference_of(name: str, viewer: Viewer, *, at: datetime) -> str:
    """The reference behind the word in an address: the reference itself, or a platform's slug.

    Raises Refused where this viewer may see no platform of that name.
    """
    if name.startswith(f"{PlatformPage.prefix}-"):
        return name
    visible = PlatformPage.visible.published_to(viewer, at=at).filter(platform_slug=name)
    newest_first = visible.order_by("-last_published_at", "ref")
    ref: str | None = newest_first.values_list("ref", flat=True).first()
    if ref is None:
        raise Refused
    return ref
