"""What every document has: reference, owner, marking, audience, dates, and its files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page

from access.vocabulary import OWN, Marking, State
from guidance import workflow
from guidance.blocks import BodyBlock
from guidance.models.references import issue_reference
from guidance.models.stream import blocks_of_type, linked_pages, plain_text, strings
from guidance.models.vocabulary import AudienceTerm, LawReference
from guidance.querysets import VisibleDocuments

if TYPE_CHECKING:
    from wagtail.models import Revision

# These belong to the document and not to a revision: publishing an old revision must not bring
# back an old state, owner or access version.
KEPT_ACROSS_REVISIONS = (
    "ref",
    "owner_org_id",
    "author_ref",
    "state",
    "access_version",
    "withdrawn_reason",
    "withdrawn_at",
    "successor_ref",
    "editions",
    "slug",
    "url_path",
)


IMPLAUSIBLE = "Enter a year between 2000 and 2100."


def is_plausible(value: date) -> bool:
    """Whether a date can belong to a document: 1066 and 9999 are slips of the finger."""
    return 2000 <= value.year <= 2100


class Nation(models.TextChoices):
    """Three legal systems."""

    ENGLAND_WALES = "england-wales", "England and Wales"
    SCOTLAND = "scotland", "Scotland"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"


class Release(models.TextChoices):
    """What may be given out when somebody asks under freedom of information."""

    OPEN = "open", "Open: may be released"
    PART = "part", "Open in part"
    CLOSED = "closed", "Closed: an exemption applies"


def default_nations() -> list[str]:
    """Most forces work in England and Wales."""
    return [Nation.ENGLAND_WALES.value]


class Document(Page):
    """The common part of guidance, lessons, evaluations and platform entries.

    Marking, handling, audience, need-to-know groups, dates and phase are ordinary fields, so
    every revision carries them. The row in the database is what the access rule reads.
    """

    ref = models.CharField("reference", max_length=12, unique=True, editable=False)
    owner_org = models.ForeignKey(
        "forces.Organisation",
        to_field="slug",
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name="owner",
    )
    owner_org_id: str
    author_ref = models.CharField(max_length=12, editable=False, db_index=True)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.name.capitalize()) for state in State],
        default=State.DRAFT.value,
        editable=False,
    )
    access_version = models.PositiveIntegerField(default=1, editable=False)

    summary = models.CharField(
        max_length=300, help_text="Two or three plain sentences. Shown in search results."
    )
    marking = models.PositiveSmallIntegerField(
        choices=[(mark.value, mark.name.replace("_", "-")) for mark in Marking],
        default=Marking.OFFICIAL.value,
        help_text="OFFICIAL-SENSITIVE is a handling caveat within OFFICIAL. "
        "Readers then need a second factor, and each reading is recorded.",
    )
    handling = models.JSONField(default=list, blank=True)
    descriptors = models.JSONField(default=list, blank=True)
    audience = ParentalManyToManyField(
        AudienceTerm,
        blank=True,
        help_text="Who may read it once published. Left empty: only your own force.",
    )
    groups = ParentalManyToManyField(
        "forces.NeedToKnowGroup",
        blank=True,
        verbose_name="need-to-know groups",
        help_text="If any is chosen, readers must also be in one of them.",
    )
    visible_from = models.DateTimeField(
        "visible from",
        null=True,
        blank=True,
        help_text="Embargo: nobody but your own section's editors sees it before.",
    )
    visible_until = models.DateTimeField("visible until", null=True, blank=True)
    latest_phase = models.PositiveSmallIntegerField(
        "latest roll-out phase",
        default=3,
        help_text="Forces of a later phase do not see it.",
    )

    owner_role = models.CharField(
        max_length=80, help_text="The role that answers for this page, not a person's name."
    )
    review_by_date = models.DateField("review by", null=True, blank=True)
    nations = models.JSONField(default=default_nations)
    laws = ParentalManyToManyField(LawReference, blank=True, verbose_name="law references")
    platforms = models.JSONField(default=list, blank=True)
    content_types = models.JSONField("harms and content types", default=list, blank=True)
    tactics = models.JSONField(default=list, blank=True)
    version = models.CharField(max_length=8, default="1.0")
    change_note = models.CharField(max_length=300, blank=True)
    last_verified_on_date = models.DateField("last verified on", null=True, blank=True)
    last_verified_by_role = models.CharField("verified by (role)", max_length=80, blank=True)
    last_verified_what = models.CharField("what was checked", max_length=300, blank=True)
    retention_class = models.CharField(max_length=60, blank=True)
    foi_status = models.CharField(
        "freedom of information",
        max_length=8,
        choices=Release.choices,
        blank=True,
        default="",
        db_default="",
        help_text="Left empty: not assessed yet, and the page says so.",
    )
    publication_scheme = models.BooleanField(
        "in the publication scheme", default=False, db_default=False
    )

    body = StreamField(BodyBlock(required=False), blank=True)

    withdrawn_reason = models.CharField(max_length=300, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    successor_ref = models.CharField(max_length=12, blank=True, editable=False)
    # What was published when, newest last: guidance.editions. In the row, so that the page's
    # history costs no statement. Null where nothing was published since there are editions.
    editions = models.JSONField(null=True, editable=False)

    # A copy is a new document of its section: it starts as an unread draft.
    exclude_fields_in_copy: ClassVar[list[str]] = [
        "ref",
        "owner_org",
        "author_ref",
        "state",
        "access_version",
        "withdrawn_reason",
        "withdrawn_at",
        "successor_ref",
        "editions",
    ]
    prefix: ClassVar[str] = ""
    type_slug: ClassVar[str] = ""
    type_label: ClassVar[str] = ""
    RICH_FIELDS: ClassVar[tuple[str, ...]] = ()
    is_creatable = False
    # Nothing of ours goes into Wagtail's own search table: it knows no audiences.
    search_fields: list[Any] = []
    # Nor into its index of references: "referenced 3 times" counts hidden pages.
    wagtail_reference_index_ignore = True
    parent_page_types: ClassVar[list[str]] = ["guidance.ForceSection"]
    subpage_types: ClassVar[list[str]] = []
    show_in_menus_default = False

    visible = VisibleDocuments()

    class Meta:
        default_manager_name = "objects"
        indexes = [
            models.Index(fields=("state", "visible_from"), name="document_state"),
            models.Index(fields=("owner_org", "state"), name="document_owner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(visible_until__isnull=True)
                | models.Q(visible_from__isnull=True)
                | models.Q(visible_until__gt=models.F("visible_from")),
                name="visible_until_after_visible_from",
            ),
            models.CheckConstraint(
                condition=models.Q(marking__in=[m.value for m in Marking]), name="marking_is_known"
            ),
        ]

    def _set_core_field_defaults(self) -> None:
        """Give a new document its reference, owner, author and audience.

        Wagtail calls this before both its full check and the small one of a draft. Without a
        path it is only looking ahead at a form, and nothing may be given out yet.
        """
        if self.path:
            if not self.ref:
                self.ref = issue_reference(self.prefix)
            if not self.owner_org_id:
                self.owner_org_id = self.get_parent().specific.organisation_id
            if not self.author_ref and self.owner is not None:
                self.author_ref = self.owner.public_id
            if not self.pk:
                # Slugs are addresses, and an address must not carry a title.
                self.slug = self.ref.lower()
            # Only a new document: an audience that narrowing emptied must stay empty.
            if not self.pk and not self.audience.all():
                self.audience.set(AudienceTerm.objects.filter(pk=OWN))
        super()._set_core_field_defaults()

    def clean(self) -> None:
        """Refuse what the access rule or the reader could not make sense of."""
        super().clean()
        errors: dict[str, str] = {}
        if len(self.title) > 120:
            errors["title"] = "Shorten the title to 120 characters or fewer."
        if self.visible_from and self.visible_until and self.visible_until <= self.visible_from:
            errors["visible_until"] = "Choose a time after “visible from”."
        if self.publication_scheme and self.foi_status not in (Release.OPEN, Release.PART):
            errors["publication_scheme"] = (
                "Only what is open, or open in part, is in the publication scheme. "
                "Choose that under freedom of information, or clear this."
            )
        for name in self._dates():
            value = getattr(self, name)
            if value is not None and not is_plausible(value):
                errors[name] = IMPLAUSIBLE
        if errors:
            raise ValidationError(errors)

    @classmethod
    def _dates(cls) -> list[str]:
        """Every date that an author writes, of this kind of document too."""
        return [
            field.name
            for field in cls._meta.fields
            if isinstance(field, models.DateField)
            and field.editable
            and issubclass(field.model, Document)
        ]

    def named_refs(self) -> set[str]:
        """The references of other documents that its fields name, beside those in its text."""
        return {self.successor_ref} - {""}

    def with_content_json(self, content: dict[str, Any]) -> Document:
        """Read a revision, but keep what belongs to the document itself."""
        document: Document = super().with_content_json(content)
        for name in KEPT_ACROSS_REVISIONS:
            setattr(document, name, getattr(self, name))
        return document

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Save a revision; autosave may write over its last one only while nobody was shown it."""
        overwritten: Revision | None = kwargs.get("overwrite_revision")
        if overwritten is not None and workflow.was_submitted(overwritten):
            # An approval names a revision: its text must stay what was approved.
            kwargs["overwrite_revision"] = None
        revision: Revision = super().save_revision(*args, **kwargs)
        return revision

    def publish(self, revision: Revision, **kwargs: Any) -> None:
        """Publish, by whatever door Wagtail came in; without approval it is refused."""
        from guidance import services

        services.publish_revision(self, revision=revision, **kwargs)

    def publish_as_wagtail_does(self, revision: Revision, **kwargs: Any) -> None:
        """Let Wagtail write the live row, once `services` has passed the revision."""
        super().publish(revision, **kwargs)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a row can only become live through `services.publish_revision`."""
        from guidance import services

        services.refuse_side_door(self)
        super().save(*args, **kwargs)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse: `guidance.serving` is the only gate, at our own address."""
        raise Http404

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show what the editor holds, saved or not, as a reader would see it.

        The page is composed further up the house, so the settings name the view.
        """
        preview: Callable[[HttpRequest, Document], HttpResponse]
        preview = import_string(settings.DOCUMENT_PREVIEW)
        return preview(request, self)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """The address with the opaque reference, without a look at the tree of sections."""
        return (0, "", self.address) if self.ref else None

    def get_admin_display_title(self) -> str:
        """The title of this row, or of this revision: a chooser shows no unpublished title."""
        return str(self.title)

    def get_full_url(self, request: HttpRequest | None = None) -> str:
        """Where the address stands for mails and the admin."""
        return self.address

    def get_url(self, request: HttpRequest | None = None, current_site: Any = None) -> str:
        """The address, without asking which site this is."""
        return self.address

    url = property(get_url)
    full_url = property(get_full_url)

    @property
    def address(self) -> str:
        """Where readers find it: /GD-7F3K2/."""
        return f"/{self.ref}/"

    @property
    def marking_label(self) -> str:
        """OFFICIAL or OFFICIAL-SENSITIVE."""
        return Marking(self.marking).name.replace("_", "-")

    @property
    def is_sensitive(self) -> bool:
        """Whether each reading is recorded and a second factor is needed."""
        return self.marking >= Marking.OFFICIAL_SENSITIVE

    def is_review_overdue(self, *, at: datetime) -> bool:
        """Whether the review-by date has passed."""
        return self.review_by_date is not None and self.review_by_date < timezone.localdate(at)

    def rich_texts(self) -> list[str]:
        """Rich text of the fields and all strings of the body, as stored."""
        fields = [getattr(self, name) for name in self.RICH_FIELDS]
        return fields + list(strings(list(self.body.raw_data)))

    def body_text(self) -> str:
        """All its words but the title, for search."""
        return "\n".join([self.summary, *(plain_text(text) for text in self.rich_texts())])

    def linked_page_ids(self) -> set[int]:
        """Pages that the text or a platform card points at."""
        links = {pk for text in self.rich_texts() for pk in linked_pages(text)}
        cards = blocks_of_type(self.body.raw_data, "platform_card")
        return links | {card["platform"] for card in cards if card["platform"]}

    def image_ids(self) -> set[int]:
        """Pictures shown in the body."""
        return {block["image"] for block in blocks_of_type(self.body.raw_data, "picture")}


class Attachment(Orderable):
    """A file attached to a document; part of every revision."""

    document = ParentalKey(Document, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey("guidance.StoredFile", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120, help_text="What this file is, in a few words.")

    def __str__(self) -> str:
        return self.label
