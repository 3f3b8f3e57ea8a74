"""Lessons and notable practice: what happened, why, and what others should change."""

from typing import ClassVar

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from guidance.blocks import RICH_TEXT_FEATURES
from guidance.models.document import Document


class LessonPage(Document):
    """Observation, discussion, conclusion, recommendation; none of the four may be empty."""

    class Kind(models.TextChoices):
        """A lesson says what went wrong or right; a notable practice says what worked."""

        LESSON = "lesson", "Lesson"
        NOTABLE_PRACTICE = "notable-practice", "Notable practice"

    class Source(models.TextChoices):
        """Where it was learned; never the name of an operation."""

        OPERATION = "operation", "Operation"
        EXERCISE = "exercise", "Exercise"
        DEBRIEF = "debrief", "Debrief"
        COMPLAINT = "complaint", "Complaint"
        INSPECTION = "inspection", "Inspection"
        PFD = "pfd", "Prevention of future deaths report"
        COURT = "court", "Court"
        AUDIT = "audit", "Audit"
        OTHER = "other", "Other"

    class Risk(models.TextChoices):
        """What is at stake if nobody acts."""

        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.LESSON)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.DEBRIEF)
    observation = RichTextField("what happened", features=RICH_TEXT_FEATURES)
    discussion = RichTextField("why it happened", features=RICH_TEXT_FEATURES)
    conclusion = RichTextField(features=RICH_TEXT_FEATURES)
    recommendation = RichTextField(features=RICH_TEXT_FEATURES)
    what_changed = RichTextField("what we changed", features=RICH_TEXT_FEATURES, blank=True)
    risk_if_ignored = models.CharField(max_length=8, choices=Risk.choices, default=Risk.MEDIUM)
    likelihood_of_recurrence = models.CharField(
        "likelihood that it happens again",
        max_length=8,
        choices=Risk.choices,
        blank=True,
        default="",
        db_default="",
    )
    does_it_work = models.CharField(max_length=60, blank=True, default="", db_default="")
    practice_purposes = models.JSONField(
        "purpose of the practice", default=list, blank=True, db_default=[]
    )
    recognition = models.JSONField("recognised by", default=list, blank=True, db_default=[])
    limits = models.CharField(
        max_length=300,
        blank=True,
        help_text="What this does not show, such as “one site, no comparison”.",
    )

    prefix = "LS"
    type_slug = "lesson"
    type_label = "Lesson"
    is_creatable = True
    parent_page_types: ClassVar[list[str]] = ["guidance.ForceSection"]
    subpage_types: ClassVar[list[str]] = []
    RICH_FIELDS: ClassVar[tuple[str, ...]] = (
        "observation",
        "discussion",
        "conclusion",
        "recommendation",
        "what_changed",
    )

    class Meta:
        verbose_name = "lesson or notable practice"
        verbose_name_plural = "lessons and notable practice"
        default_manager_name = "objects"

    def named_refs(self) -> set[str]:
        """The guidance that should change because of it."""
        return super().named_refs() | {one.ref for one in self.affects.all()}


class AffectedGuidance(Orderable):
    """Guidance that a lesson says should change, and which part of it.

    A row and no list inside the lesson: the guidance asks from its side which lessons name it.
    """

    lesson = ParentalKey(LessonPage, on_delete=models.CASCADE, related_name="affects")
    ref = models.CharField(
        "guidance", max_length=12, db_index=True, help_text="Its reference: GD-7F3K2"
    )
    place = models.CharField(
        "which part", max_length=120, blank=True, help_text="Such as “step 3” or a heading."
    )

    def __str__(self) -> str:
        return self.ref
