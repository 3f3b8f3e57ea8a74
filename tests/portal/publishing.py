"""Publishes pages of any type by the ordinary doors, and reads them as a browser gets them."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.test import Client

from guidance import services
from guidance.files.binding import bind_files
from guidance.models import (
    Attachment,
    AudienceTerm,
    Document,
    EvaluationPage,
    ForceSection,
    GuidancePage,
    LawReference,
    LessonPage,
    PlatformPage,
    StoredFile,
)
from tests.guidance.scene import FILLED, Cast, approve_all

COMMON = {"summary": "A summary.", "owner_role": "Hub lead"}
FIELDS: dict[type[Document], dict[str, Any]] = {
    GuidancePage: {**FILLED, "subject_group": "adults", "reliance": "may-rely"},
    LessonPage: {
        **COMMON,
        "observation": "<p>What happened.</p>",
        "discussion": "<p>Why.</p>",
        "conclusion": "<p>So.</p>",
        "recommendation": "<p>Do this.</p>",
    },
    EvaluationPage: {
        **COMMON,
        "question": "Does it?",
        "key_finding": "It does not.",
        "design": "A trial",
        "sites": "Two",
        "period": "A year",
        "outcome_measure": "Injury",
        "harms_found": "<p>None.</p>",
        "equality_result": "<p>Not measured.</p>",
        "limitations": "<p>Few.</p>",
        "not_told": "<p>Much.</p>",
    },
    PlatformPage: {
        **COMMON,
        "platform_slug": "snapchat",
        "platform_type": "photo-story-messaging",
        "user_notice": "unknown",
    },
}
ROUTE = {
    "purpose": "preservation",
    "channel": "portal",
    "who_may_use": "Officers",
    "legal_basis": "Request",
    "needs": [],
    "typical_hours": "",
    "all_hours": True,
    "notes": "",
}
ESTIMATE = {
    "label": "Any injury",
    "measure": "Rate ratio",
    "estimate": 0.9,
    "low": 0.8,
    "high": 1.1,
    "count": 100,
    "weight": None,
}


def page_of(client: Client, address: str, *, status: int = 200) -> str:
    """The text of a page, in one line, so that a sentence is found whole."""
    response = client.get(address)
    assert response.status_code == status, address
    return " ".join(response.content.decode().split())


def stream(*blocks: tuple[str, Any]) -> str:
    """Blocks as Wagtail stores them."""
    return json.dumps(
        [{"type": kind, "value": value, "id": str(uuid4())} for kind, value in blocks]
    )


def items(*values: str) -> list[dict[str, str]]:
    """A list inside a block."""
    return [{"type": "item", "value": value, "id": str(uuid4())} for value in values]


def link(page: Document, text: str) -> str:
    """Rich text with a link to a page."""
    return f'<p><a linktype="page" id="{page.pk}">{text}</a></p>'


def law(slug: str, *, status: str = "in-force") -> LawReference:
    """A provision with a status."""
    found: LawReference = LawReference.objects.create(
        slug=slug,
        act=f"Act {slug}",
        section="s1",
        nation="united-kingdom",
        effect="Says something.",
        status=status,
        as_at_date="2026-06-01",
    )
    return found


def publish(
    model: type[Document],
    cast: Cast,
    *,
    audience: tuple[str, ...] = ("national",),
    title: str = "A page",
    laws: tuple[LawReference, ...] = (),
    files: int = 0,
    **given: Any,
) -> Document:
    """A page of the hub that went through submission and approval."""
    page = model(title=title, owner=cast.hub_editor, **{**FIELDS[model], **given})
    page.audience.set(AudienceTerm.objects.filter(pk__in=audience))
    page.laws.set(laws)
    ForceSection.objects.get(organisation_id="hub").add_child(instance=page)
    _attach(page, files, cast)
    page.save_revision(user=cast.hub_editor)
    services.submit(page, by=cast.hub_editor)
    approve_all(page, cast.hub_approver)
    found: Document = model.objects.get(pk=page.pk)
    return found


def _attach(page: Document, number: int, cast: Cast) -> None:
    for index in range(number):
        file = StoredFile.objects.create(
            title=f"Form {index}",
            uploaded_by_user=cast.hub_editor,
            file=ContentFile(b"A form.", name="form.txt"),
        )
        page.attachments.add(Attachment(file=file, label=f"Form {index}"))
    if number:
        bind_files(page)
