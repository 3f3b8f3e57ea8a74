"""Who asked to read one document that is not for them, and what was decided."""

from __future__ import annotations

from datetime import datetime

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from forces.models import BreakGlassGrant, User
from forces.models.people import opaque

REF_LENGTH = 10


def new_request_ref() -> str:
    """Names a request in addresses, and says nothing of it."""
    return opaque(REF_LENGTH)


class BreakGlassRequest(models.Model):
    """One person asks for one reference, whether or not there is such a document."""

    ref = models.CharField(
        max_length=REF_LENGTH, unique=True, default=new_request_ref, editable=False
    )
    document_ref = models.CharField(max_length=12)
    reason = models.CharField(max_length=300, validators=[MinLengthValidator(20)])
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    grant = models.OneToOneField(BreakGlassGrant, on_delete=models.PROTECT, null=True)
    granters_told_at = models.DateTimeField(null=True)
    owner_told_at = models.DateTimeField(null=True)
    # The last row of the trail, of those readings that a mail has told of.
    last_reading_told = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("asked_by", "document_ref"),
                condition=Q(decided_at__isnull=True),
                name="one_open_break_glass_request",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | (Q(decided_at__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="break_glass_needs_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(grant__isnull=True) | Q(decided_at__isnull=False),
                name="a_break_glass_grant_was_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def is_running(self, *, at: datetime) -> bool:
        """Whether the grant opens the document now."""
        return self.grant is not None and self.grant.starts_at <= at < self.grant.ends_at
