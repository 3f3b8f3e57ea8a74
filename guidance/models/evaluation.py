"""Evaluation findings: what was tried, what came of it, and how sure that is."""

import re
from typing import ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.fields import RichTextField, StreamField

from guidance.blocks import RICH_TEXT_FEATURES, EstimateBlock, SentWholeBlock
from guidance.models.document import Document
from guidance.models.stream import plain_text

# A whole number from 0 to 4 that stands by itself: no share, no decimal, no part of a range.
_SMALL_COUNT = re.compile(r"(?<![\w.,£–-])[0-4](?![\w–-]|[.,]\d|\s?%|\sper\scent)")


def small_counts(text: str) -> list[str]:
    """The numbers of a text that may be counts below 5, in its order, each once."""
    return list(dict.fromkeys(_SMALL_COUNT.findall(text)))


class EmmieRating(NamedTuple):
    """One dimension of EMMIE: its name, the quality of evidence from 0 to 4, and why."""

    dimension: str
    rating: int
    word: str
    text: str


class Quality(models.IntegerChoices):
    """EMMIE-Q: how much the evidence on one dimension can bear (College of Policing scale)."""

    NONE = 0, "No information"
    LIMITED = 1, "Limited"
    MODERATE = 2, "Moderate"
    STRONG = 3, "Strong"
    VERY_STRONG = 4, "Very strong"


def _quality_field() -> "models.PositiveSmallIntegerField[int, int]":
    return models.PositiveSmallIntegerField(choices=Quality.choices, default=Quality.NONE)


class EvaluationPage(Document):
    """One finding. "Not evaluated" and "no effect" are values like any other."""

    class Effect(models.TextChoices):
        """The eight effects of the Crime Reduction Toolkit, and our 0 for not evaluated."""

        NOT_EVALUATED = "not-evaluated", "Not evaluated"
        REDUCED = "reduced", "Reduced"
        REDUCED_SOME_INCREASE = "reduced-some-increase", "Reduced, with some evidence of increase"
        SOME_REDUCTION = "some-reduction", "Some evidence of reduction, not significant overall"
        EITHER_WAY = "either-way", "Some evidence either way, not significant overall"
        NO_EVIDENCE = "no-effect", "No evidence of an effect"
        SOME_INCREASE = "some-increase", "Some evidence of increase, not significant overall"
        INCREASED_SOME_REDUCTION = (
            "increased-some-reduction",
            "Increased, with some evidence of reduction",
        )
        INCREASED = "increased", "Increased"

    class Stage(models.TextChoices):
        """How far the practice has been tested."""

        UNTESTED = "untested", "Untested"
        LOCAL = "evaluated-locally", "Evaluated locally"
        INDEPENDENT = "independently-evaluated", "Independently evaluated"

    class Independence(models.TextChoices):
        """Who evaluated."""

        SELF = "self", "The people who ran it"
        HUB = "hub", "The hub"
        OTHER_FORCE = "other-force", "Another force"
        EXTERNAL = "external", "An outside body"

    question = models.CharField(max_length=300)
    key_finding = models.CharField(max_length=300, help_text="One plain sentence.")
    tactic = models.CharField(max_length=60, blank=True)
    design = models.CharField(max_length=200)
    sms_level = models.PositiveSmallIntegerField(
        "Maryland scale",
        default=0,
        choices=[
            (0, "0: descriptive, no comparison"),
            (1, "1: before and after, no controls"),
            (2, "2: before and after, with controls"),
            (3, "3: before and after, with a comparison group"),
            (4, "4: as good as random variation"),
            (5, "5: randomised trial"),
        ],
    )
    preregistered_on_date = models.DateField("registered in advance on", null=True, blank=True)
    sites = models.CharField(max_length=200)
    sites_count = models.PositiveSmallIntegerField("number of sites", null=True, blank=True)
    sites_masked = models.BooleanField("the sites are masked", default=False, db_default=False)
    period = models.CharField(max_length=120)
    outcome_measure = models.CharField(max_length=200)
    effect = models.CharField(max_length=24, choices=Effect.choices, default=Effect.NOT_EVALUATED)
    estimates = StreamField(
        SentWholeBlock([("estimate", EstimateBlock())], required=False), blank=True
    )
    effect_rating = _quality_field()
    effect_text = models.CharField(max_length=400, blank=True)
    mechanism_rating = _quality_field()
    mechanism_text = models.CharField(max_length=400, blank=True)
    moderators_rating = _quality_field()
    moderators_text = models.CharField(max_length=400, blank=True)
    implementation_rating = _quality_field()
    implementation_text = models.CharField(max_length=400, blank=True)
    economic_rating = _quality_field()
    economic_text = models.CharField(max_length=400, blank=True)
    harms_found = RichTextField(features=RICH_TEXT_FEATURES)
    equality_result = RichTextField(
        features=RICH_TEXT_FEATURES,
        help_text="By group, or “not measured”. Write “fewer than 5” for a smaller count: a number "
        "below 5 is refused.",
    )
    cost_total = models.PositiveIntegerField("total cost in pounds", null=True, blank=True)
    cost_each = models.PositiveIntegerField("cost of one unit in pounds", null=True, blank=True)
    cost_unit = models.CharField(
        "what one unit is",
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="Such as “order”.",
    )
    cost = models.CharField(
        "basis of the cost",
        max_length=300,
        blank=True,
        help_text="What was counted, in what year's prices, and what was left out.",
    )
    independence = models.CharField(
        max_length=12, choices=Independence.choices, default=Independence.SELF
    )
    quality_review = models.CharField(max_length=200, blank=True, help_text="By which role.")
    limitations = RichTextField(features=RICH_TEXT_FEATURES)
    not_told = RichTextField("what this does not tell you", features=RICH_TEXT_FEATURES)
    null_result = models.BooleanField(default=False)
    synthetic = models.BooleanField(
        "the figures are synthetic", default=False, help_text="The page says so at every figure."
    )
    stage_of_practice = models.CharField(
        max_length=24, choices=Stage.choices, default=Stage.UNTESTED
    )
    nesta_level = models.CharField(
        "Nesta standard", max_length=60, blank=True, default="", db_default=""
    )
    yef_impact = models.CharField(
        "Youth Endowment Fund impact", max_length=60, blank=True, default="", db_default=""
    )
    practice_purposes = models.JSONField(
        "purpose of the practice", default=list, blank=True, db_default=[]
    )
    data_availability = models.CharField(max_length=300, blank=True)
    supersedes = models.CharField(
        "replaces",
        max_length=12,
        blank=True,
        default="",
        db_default="",
        help_text="A reference: EV-7F3K2",
    )

    prefix = "EV"
    type_slug = "evaluation"
    type_label = "Evaluation"
    is_creatable = True
    parent_page_types: ClassVar[list[str]] = ["guidance.ForceSection"]
    subpage_types: ClassVar[list[str]] = []
    RICH_FIELDS: ClassVar[tuple[str, ...]] = (
        "harms_found",
        "equality_result",
        "limitations",
        "not_told",
    )
    DIMENSIONS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("effect", "Effect"),
        ("mechanism", "Mechanism"),
        ("moderators", "Moderators"),
        ("implementation", "Implementation"),
        ("economic", "Economic cost"),
    )

    class Meta:
        verbose_name = "evaluation finding"
        verbose_name_plural = "evaluation findings"
        default_manager_name = "objects"

    def clean(self) -> None:
        """Refuse small counts by group, and a cost of one of nothing."""
        super().clean()
        errors: dict[str, str] = {}
        if small := small_counts(plain_text(self.equality_result)):
            errors["equality_result"] = (
                f"This says {', '.join(small)}. A count below 5 can point to a person: write "
                "“fewer than 5”. If it counts no people, write the number as a word or with its "
                "unit, such as 3 %."
            )
        if (self.cost_each is None) != (not self.cost_unit):
            errors["cost_unit"] = "Give both: what one unit costs, and what one unit is."
        if errors:
            raise ValidationError(errors)

    def named_refs(self) -> set[str]:
        """The evaluation that it replaces."""
        return super().named_refs() | {self.supersedes} - {""}

    def emmie(self) -> list[EmmieRating]:
        """The five dimensions in EMMIE's order."""
        return [
            EmmieRating(
                label,
                rating := getattr(self, f"{name}_rating"),
                str(Quality(rating).label),
                getattr(self, f"{name}_text"),
            )
            for name, label in self.DIMENSIONS
        ]

    def body_text(self) -> str:
        """Fields of one line are words of the document too."""
        lines = (self.question, self.key_finding, self.design, self.outcome_measure, self.sites)
        whys = (rating.text for rating in self.emmie())
        return " ".join([super().body_text(), *lines, *whys])
