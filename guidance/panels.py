"""The tabs of the editor: content, access and marking, evidence, review and ownership."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList, Panel, TabbedInterface

from access.vocabulary import State
from guidance.facts import facts_of
from guidance.forms import (
    DocumentForm,
    EvaluationForm,
    GuidanceForm,
    LessonForm,
    PlatformForm,
)
from guidance.models import EvaluationPage, GuidancePage, LessonPage, PlatformPage
from guidance.models.document import Document
from guidance.reach import reach_of


class ReachPanel(Panel):
    """Who will see the page: how many forces and people, by the access rule."""

    class BoundPanel(Panel.BoundPanel):
        """The count for the document in the editor; a script asks again when a fact changes."""

        template_name = "guidance/admin/reach_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Count for the newest draft as if it were published now."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            if self.instance.pk:
                facts = replace(
                    facts_of(self.instance),
                    state=State.PUBLISHED,
                    visible_from=None,
                    visible_until=None,
                )
                context["reach"] = reach_of(facts, at=timezone.now())
            return context


ACCESS = [
    FieldPanel("marking"),
    ReachPanel(heading="Who will see this"),
    FieldPanel("audience", widget=forms.CheckboxSelectMultiple),
    FieldPanel("groups"),
    FieldPanel("handling"),
    FieldPanel("descriptors"),
    FieldPanel("visible_from"),
    FieldPanel("visible_until"),
    FieldPanel("latest_phase"),
]
REVIEW = [
    FieldPanel("owner_role"),
    FieldPanel("review_by_date"),
    FieldPanel("last_verified_on_date"),
    FieldPanel("last_verified_by_role"),
    FieldPanel("last_verified_what"),
    FieldPanel("version"),
    FieldPanel("change_note"),
    FieldPanel("foi_status"),
    FieldPanel("publication_scheme"),
    FieldPanel("retention_class"),
]
SORTING = [
    FieldPanel("nations"),
    FieldPanel("platforms"),
    FieldPanel("content_types"),
    FieldPanel("tactics"),
]
FILES = [InlinePanel("attachments", label="File", heading="Files")]

CONTENT: dict[type[Document], list[str]] = {
    GuidancePage: [
        "purpose",
        "when_to_use",
        "when_not_to_use",
        "authority_needed",
        "subject_group",
        "safeguarding_first",
        "safeguarding_text",
        "evidence_capture_step",
        "body",
        "worked_example",
        "necessity_proportionality",
        "collateral_intrusion",
        "equality_note",
        "challenge_route",
        "reliance",
    ],
    LessonPage: [
        "kind",
        "source",
        "observation",
        "discussion",
        "conclusion",
        "recommendation",
        "what_changed",
        "risk_if_ignored",
        "likelihood_of_recurrence",
        "limits",
        "body",
    ],
    EvaluationPage: ["question", "key_finding", "tactic", "body", "harms_found", "limitations"],
    PlatformPage: [
        "platform_slug",
        "other_names",
        "platform_type",
        "company",
        "jurisdiction",
        "guide_url",
        "portal_url",
        "routes",
        "preservation_days",
        "preservation_renewable",
        "user_notice",
        "retention_text",
        "minimum_identifier",
        "expires_on_date",
        "body",
    ],
}
AFFECTS = InlinePanel(
    "affects",
    [FieldPanel("ref"), FieldPanel("place")],
    label="Guidance",
    heading="Guidance that should change",
)
EVIDENCE: dict[type[Document], list[str]] = {
    GuidancePage: ["evidence_links"],
    LessonPage: ["does_it_work", "practice_purposes", "recognition"],
    EvaluationPage: [
        "design",
        "sms_level",
        "preregistered_on_date",
        "sites",
        "sites_count",
        "sites_masked",
        "period",
        "outcome_measure",
        "effect",
        "estimates",
        "synthetic",
        "effect_rating",
        "effect_text",
        "mechanism_rating",
        "mechanism_text",
        "moderators_rating",
        "moderators_text",
        "implementation_rating",
        "implementation_text",
        "economic_rating",
        "economic_text",
        "equality_result",
        "cost_total",
        "cost_each",
        "cost_unit",
        "cost",
        "independence",
        "quality_review",
        "not_told",
        "null_result",
        "stage_of_practice",
        "nesta_level",
        "yef_impact",
        "practice_purposes",
        "supersedes",
        "data_availability",
    ],
}
FORMS: dict[type[Document], type[DocumentForm]] = {
    GuidancePage: GuidanceForm,
    LessonPage: LessonForm,
    EvaluationPage: EvaluationForm,
    PlatformPage: PlatformForm,
}


def lay_out_editor(model: type[Document]) -> None:
    """Give a kind of document its tabs; called once at start, for each kind."""
    content = [
        FieldPanel("title", help_text="What an officer would type: at most 120 characters."),
        FieldPanel("summary"),
    ]
    content += [FieldPanel(name) for name in CONTENT[model]]
    evidence: list[Panel] = [FieldPanel(name) for name in EVIDENCE.get(model, ())]
    if model is LessonPage:
        evidence.append(AFFECTS)
    tabs = [
        ObjectList([*content, *FILES], heading="Content"),
        ObjectList(ACCESS, heading="Access and marking"),
        ObjectList([*SORTING, FieldPanel("laws"), *evidence], heading="Evidence"),
        ObjectList(REVIEW, heading="Review and ownership"),
    ]
    form = FORMS.get(model, DocumentForm)
    model.edit_handler = TabbedInterface(tabs, base_form_class=form)
