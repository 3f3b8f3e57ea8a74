"""The ways to reach a platform, ready to show: for what, where, who may, with what in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from guidance.blocks import RouteBlock
from guidance.models import PlatformPage


def _choices(name: str) -> dict[str, str]:
    field = RouteBlock().child_blocks[name].field
    return {value: str(label) for value, label in field.choices if value}


PURPOSES = _choices("purpose")
CHANNELS = _choices("channel")
# Before anything is asked to be taken down, somebody must have kept it.
REMOVALS = frozenset({"content-removal-law", "content-removal-terms", "trusted-flagger"})
EMERGENCY = "emergency-disclosure"


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
