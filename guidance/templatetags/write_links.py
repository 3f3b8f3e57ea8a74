"""What a person may start writing, for the first page of the admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from guidance.models import (
    EvaluationPage,
    ForceSection,
    GuidancePage,
    LessonPage,
    PlatformPage,
)

register = template.Library()


@dataclass(frozen=True, slots=True)
class WriteLink:
    """One kind of document that can be started."""

    label: str
    address: str


@register.simple_tag(takes_context=True)
def write_links(context: dict[str, Any]) -> list[WriteLink]:
    """A link for each kind, in the section of the person's own organisation."""
    viewer = context["request"].viewer
    section = ForceSection.objects.filter(organisation_id=viewer.organisation).first()
    if section is None:
        return []
    return [
        WriteLink(
            f"New {model._meta.verbose_name}",
            reverse(
                "wagtailadmin_pages:add",
                args=["guidance", model._meta.model_name, section.pk],
            ),
        )
        for model in (GuidancePage, LessonPage, EvaluationPage, PlatformPage)
    ]
