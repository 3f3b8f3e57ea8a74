"""The words of the field: terms with validity dates, law references, audiences."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from wagtail.admin.panels import FieldPanel

KEPT_NAME = (
    "Documents know the word by this, so it stays. Change the label instead; or end this word "
    "with a date and add another."
)


class TermQuerySet(models.QuerySet["Term"]):
    """Terms by vocabulary and date."""

    def valid(self, vocabulary: str, *, on: date) -> "TermQuerySet":
        """The terms of one vocabulary that an author may choose on a date."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on),
            Q(valid_until__isnull=True) | Q(valid_until__gt=on),
            vocabulary=vocabulary,
        )


class Term(models.Model):
    """One word of a vocabulary. Retired by date, never deleted: old documents still use it."""

    class Vocabulary(models.TextChoices):
        """The lists that the hub keeps."""

        PLATFORM = "platform", "Platform"
        CONTENT_TYPE = "content-type", "Harm or content type"
        TACTIC = "tactic", "Tactic"
        PLATFORM_TYPE = "platform-type", "Kind of platform"
        HANDLING = "handling", "Handling instruction"
        DESCRIPTOR = "descriptor", "Descriptor"
        NESTA = "nesta", "Nesta standard of evidence"
        YEF_IMPACT = "yef-impact", "Youth Endowment Fund impact"
        DOES_IT_WORK = "does-it-work", "Does it work?"
        PRACTICE_PURPOSE = "practice-purpose", "Purpose of a practice"
        RECOGNITION = "recognition", "Recognition of a practice"

    vocabulary = models.CharField(max_length=20, choices=Vocabulary.choices)
    slug = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    note = models.CharField(max_length=400, blank=True)
    family = models.CharField(
        max_length=60, blank=True, help_text="For tactics: what kind of action this is."
    )
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(
        null=True, blank=True, help_text="From this day on authors can no longer choose it."
    )

    objects = TermQuerySet.as_manager()

    panels = [
        FieldPanel("vocabulary"),
        FieldPanel("label"),
        FieldPanel("slug"),
        FieldPanel("family"),
        FieldPanel("note"),
        FieldPanel("position"),
        FieldPanel("valid_from"),
        FieldPanel("valid_until"),
    ]

    class Meta:
        ordering = ("vocabulary", "position", "label")
        constraints = [
            models.UniqueConstraint(fields=("vocabulary", "slug"), name="term_once_in_vocabulary"),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Keep the slug: documents, their revisions and saved searches know the word by it.

        Used or not: a refusal only of used words would tell that a hidden page uses one.
        """
        super().clean()
        before = Term.objects.filter(pk=self.pk).values_list("vocabulary", "slug").first()
        errors = {
            name: KEPT_NAME
            for name, was, now in zip(
                ("vocabulary", "slug"), before or (), (self.vocabulary, self.slug), strict=False
            )
            if was != now
        }
        if errors:
            raise ValidationError(errors)


class LawReference(models.Model):
    """A provision, with what the hub knows of its status and on which day."""

    class Status(models.TextChoices):
        """Whether the provision can be relied on."""

        NOT_COMMENCED = "not-commenced", "Not commenced"
        PILOT = "pilot", "In force in pilot areas only"
        IN_FORCE = "in-force", "In force"
        AMENDED = "amended", "Amended"
        REPEALED = "repealed", "Repealed"
        ENDED = "ended", "Ended"
        UNKNOWN = "unknown", "Status not known"

    class Nation(models.TextChoices):
        """The legal system the provision belongs to."""

        ENGLAND_WALES = "england-wales", "England and Wales"
        SCOTLAND = "scotland", "Scotland"
        NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"
        UNITED_KINGDOM = "united-kingdom", "United Kingdom"

    slug = models.SlugField(max_length=80, unique=True)
    act = models.CharField(max_length=160)
    section = models.CharField(max_length=80, blank=True)
    nation = models.CharField(max_length=20, choices=Nation.choices)
    effect = models.CharField(max_length=300)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.UNKNOWN)
    as_at_date = models.DateField()
    checked_by = models.CharField(max_length=120, default="unchecked")
    address = models.URLField(blank=True)

    panels = [
        FieldPanel("act"),
        FieldPanel("section"),
        FieldPanel("slug"),
        FieldPanel("nation"),
        FieldPanel("effect"),
        FieldPanel("status"),
        FieldPanel("as_at_date"),
        FieldPanel("checked_by"),
        FieldPanel("address"),
    ]

    class Meta:
        ordering = ("act", "section")

    def __str__(self) -> str:
        return f"{self.act} {self.section}".strip()

    @property
    def may_be_relied_on(self) -> bool:
        """Only a provision in force may be relied on; amended ones need reading first."""
        return self.status == self.Status.IN_FORCE


class AudienceTerm(models.Model):
    """One audience a document can be shown to; the key is the term of the access rule."""

    key = models.CharField(
        max_length=80,
        primary_key=True,
        validators=[RegexValidator(r"^(national|own|hub|(region|force|partner):[a-z0-9-]+)$")],
    )
    label = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "label")

    def __str__(self) -> str:
        return self.label
