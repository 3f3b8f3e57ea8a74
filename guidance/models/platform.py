"""The platform directory: whom to ask at a platform, for what, with what in hand."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from wagtail.fields import RichTextField, StreamField

from guidance.blocks import RICH_TEXT_FEATURES, RouteBlock, SentWholeBlock
from guidance.models.document import Document


class PlatformPage(Document):
    """One platform with its routes by purpose. Role mailboxes only, no named staff."""

    class UserNotice(models.TextChoices):
        """Whether the platform tells its user."""

        NOTIFIES = "notifies", "Tells the user"
        CAN_DELAY = "can-delay", "Tells the user, can delay on request"
        UNKNOWN = "unknown", "Not known: assume the user is told"

    platform_slug = models.SlugField(
        max_length=60, help_text="The platform's word in the vocabulary, such as snapchat."
    )
    other_names = models.JSONField(default=list, blank=True)
    platform_type = models.CharField(max_length=60)
    company = models.CharField(max_length=120, blank=True)
    jurisdiction = models.CharField(max_length=120, blank=True)
    guide_url = models.URLField("law enforcement guide", blank=True)
    portal_url = models.URLField("law enforcement portal", blank=True)
    routes = StreamField(SentWholeBlock([("route", RouteBlock())], required=False), blank=True)
    preservation_days = models.PositiveSmallIntegerField(null=True, blank=True)
    preservation_renewable = models.BooleanField(default=False)
    user_notice = models.CharField(
        max_length=12, choices=UserNotice.choices, default=UserNotice.UNKNOWN
    )
    retention_text = RichTextField(
        "how long content lasts", features=RICH_TEXT_FEATURES, blank=True
    )
    minimum_identifier = models.CharField(max_length=200, blank=True)
    expires_on_date = models.DateField(
        "entry expires on", null=True, blank=True, help_text="Check it again before this day."
    )

    prefix = "PL"
    type_slug = "platform"
    type_label = "Platform"
    is_creatable = True
    parent_page_types: ClassVar[list[str]] = ["guidance.ForceSection"]
    subpage_types: ClassVar[list[str]] = []
    RICH_FIELDS: ClassVar[tuple[str, ...]] = ("retention_text",)

    class Meta:
        verbose_name = "platform directory entry"
        verbose_name_plural = "platform directory"
        default_manager_name = "objects"

    def is_expired(self, *, at: datetime) -> bool:
        """Whether the entry must be checked again before anyone relies on it."""
        return self.expires_on_date is None or self.expires_on_date <= timezone.localdate(at)

    def body_text(self) -> str:
        """Other names and what the routes need are words of the entry too."""
        routes = [
            " ".join([route["legal_basis"], route["notes"], route["who_may_use"], *route["needs"]])
            for route in (block.value for block in self.routes)
        ]
        return " ".join([super().body_text(), self.company, *self.other_names, *routes])
