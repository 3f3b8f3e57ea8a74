"""Platform x action: what to ask a platform for, where that is, and what to have ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.policy import Viewer
from guidance.models import PlatformPage
from guidance.routes import Route, routes_of
from guidance.serving import Refused


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A platform in the list, with one route for each purpose."""

    page: PlatformPage
    purposes: list[Route]
    is_expired: bool


def directory_entry(page: PlatformPage, *, at: datetime) -> DirectoryEntry:
    """A platform as the list shows it."""
    by_purpose = {route.purpose: route for route in routes_of(page)}
    return DirectoryEntry(page, list(by_purpose.values()), page.is_expired(at=at))


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
