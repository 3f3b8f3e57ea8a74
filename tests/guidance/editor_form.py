"""What a browser posts when somebody saves a guidance page in the admin."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from guidance.models import GuidancePage

RICH = GuidancePage.RICH_FIELDS


def posted(page: GuidancePage | None = None, **changes: Any) -> dict[str, Any]:
    """The fields of the editor, as they stand or changed."""
    fields: dict[str, Any] = {
        "title": page.title if page else "A page",
        "summary": "A summary.",
        "owner_role": "Hub lead",
        "marking": "1",
        "authority_needed": "none",
        "subject_group": "adults",
        "reliance": "may-rely",
        "latest_phase": "3",
        "version": "1.0",
        "nations": ["england-wales"],
        "audience": ["own"],
        "body": streamfield([]),
        "attachments": inline_formset([]),
        **{name: rich_text("<p>Words.</p>") for name in RICH},
    }
    if page is not None and page.latest_revision is not None:
        fields["loaded_revision_id"] = str(page.latest_revision_id)
        fields["loaded_revision_created_at"] = page.latest_revision.created_at.isoformat()
    data: dict[str, Any] = nested_form_data({**fields, **changes})
    return data


def with_file(number: Model | int) -> dict[str, Any]:
    """An attachment that names a file by its number."""
    return {"attachments": inline_formset([{"file": _number(number), "label": "A form"}])}


def with_picture(number: Model | int | str) -> dict[str, Any]:
    """A block that names a picture by its number."""
    value = {"image": _number(number), "alternative": "A picture"}
    return {"body": streamfield([("picture", value)])}


def with_card(number: Model | int | str) -> dict[str, Any]:
    """A block that names a platform by its number."""
    value = {"platform": _number(number), "purpose": "", "note": ""}
    return {"body": streamfield([("platform_card", value)])}


def with_link(number: Model | int) -> dict[str, Any]:
    """A text with a link that names a page by its number."""
    return {"purpose": rich_text(f'<p><a linktype="page" id="{_number(number)}">See</a></p>')}


def _number(named: Model | int | str) -> Any:
    return named.pk if isinstance(named, Model) else named
