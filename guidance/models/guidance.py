"""Guidance: a way of disrupting online content, when it is lawful, proportionate and works."""

from typing import ClassVar

from django.db import models
from wagtail.fields import RichTextField

from guidance.blocks import RICH_TEXT_FEATURES
from guidance.models.document import Document


class GuidancePage(Document):
    """What to do, when, on whose authority, and when not to."""

    class Authority(models.TextChoices):
        """Who must authorise the tactic."""

        NONE = "none", "None beyond ordinary duty"
        SUPERVISOR = "supervisor", "Supervisor"
        INSPECTOR = "inspector", "Inspector"
        SUPERINTENDENT = "superintendent", "Superintendent"
        AUTHORISING_OFFICER = "ripa-ipa", "RIPA or IPA authorising officer"
        COURT = "court", "Court"

    class SubjectGroup(models.TextChoices):
        """Whom the tactic concerns."""

        ADULTS = "adults", "Adults"
        UNDER_18 = "under-18", "Children (under 18)"
        BOTH = "both", "Adults and children"
        NOT_PERSON_BASED = "not-person-based", "Not about a person"

    class Reliance(models.TextChoices):
        """How far an officer may rely on the page."""

        MAY_RELY = "may-rely", "May be relied on"
        CAUTION = "caution", "Use with caution"
        DO_NOT_RELY = "do-not-rely", "Do not rely on this yet"

    purpose = RichTextField(features=RICH_TEXT_FEATURES)
    when_to_use = RichTextField(features=RICH_TEXT_FEATURES)
    when_not_to_use = RichTextField(features=RICH_TEXT_FEATURES)
    authority_needed = models.CharField(
        max_length=20, choices=Authority.choices, default=Authority.SUPERVISOR
    )
    subject_group = models.CharField(
        max_length=20, choices=SubjectGroup.choices, default=SubjectGroup.BOTH
    )
    necessity_proportionality = RichTextField(
        "necessity and proportionality", features=RICH_TEXT_FEATURES
    )
    collateral_intrusion = RichTextField(features=RICH_TEXT_FEATURES, blank=True)
    equality_note = RichTextField(features=RICH_TEXT_FEATURES, blank=True)
    safeguarding_first = models.BooleanField(default=False)
    safeguarding_text = RichTextField(features=RICH_TEXT_FEATURES, blank=True)
    evidence_capture_step = models.BooleanField(
        "evidence is captured before anything is removed", default=False
    )
    challenge_route = RichTextField(
        features=RICH_TEXT_FEATURES, help_text="How can a person or a platform contest this?"
    )
    worked_example = RichTextField(features=RICH_TEXT_FEATURES, blank=True)
    reliance = models.CharField(max_length=12, choices=Reliance.choices, default=Reliance.CAUTION)
    # Evaluations by reference, each with the version at which the author read it.
    evidence_links = models.JSONField("evidence", default=list, blank=True, db_default=[])

    prefix = "GD"
    type_slug = "guidance"
    type_label = "Guidance"
    is_creatable = True
    parent_page_types: ClassVar[list[str]] = ["guidance.ForceSection"]
    subpage_types: ClassVar[list[str]] = []
    RICH_FIELDS: ClassVar[tuple[str, ...]] = (
        "purpose",
        "when_to_use",
        "when_not_to_use",
        "necessity_proportionality",
        "collateral_intrusion",
        "equality_note",
        "safeguarding_text",
        "challenge_route",
        "worked_example",
    )

    class Meta:
        verbose_name = "guidance"
        verbose_name_plural = "guidance"
        default_manager_name = "objects"

    def named_refs(self) -> set[str]:
        """The evaluations it rests on."""
        return super().named_refs() | {link["ref"] for link in self.evidence_links}
