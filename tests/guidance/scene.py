"""A small library for tests: the scene of the canary crawl, and documents on demand."""

from __future__ import annotations

from typing import Any

from forces.models import User
from guidance import deletion, services
from guidance.models import AudienceTerm, Document, ForceSection, GuidancePage
from portal.canary.scene import (
    FILLED,
    LONG_AGO,
    ORGANISATIONS,
    Cast,
    approve_all,
    in_future,
    lay_out_scene,
    need_to_know,
    person,
    seen_by,
    strengthened,
)

__all__ = (
    "FILLED",
    "LONG_AGO",
    "ORGANISATIONS",
    "Cast",
    "approve_all",
    "delete",
    "draft",
    "in_future",
    "lay_out_scene",
    "need_to_know",
    "person",
    "published",
    "seen_by",
    "strengthened",
)


def draft(
    author: User, *, audience: tuple[str, ...] = ("own",), title: str = "A page", **fields: Any
) -> GuidancePage:
    """A saved draft with its first revision, in the section of the author's organisation."""
    owner = seen_by(author).organisation
    page = GuidancePage(title=title, owner=author, **{**FILLED, **fields})
    page.audience.set(AudienceTerm.objects.filter(pk__in=audience))
    ForceSection.objects.get(organisation_id=owner).add_child(instance=page)
    page.save_revision(user=author, clean=False)
    return page


def published(author: User, *approvers: User, **fields: Any) -> GuidancePage:
    """A page that went through submission and every approval it needs."""
    page = draft(author, **fields)
    services.submit(page, by=author)
    approve_all(page, *approvers)
    fresh: GuidancePage = GuidancePage.objects.get(pk=page.pk)
    return fresh


def delete(page: Document) -> None:
    """Delete a page for good, as if two people had agreed."""
    with deletion.through_the_front_door(page.pk):
        page.delete()
