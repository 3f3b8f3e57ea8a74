"""Who asked that a document be deleted, and which second person decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class DeletionOutcome(models.TextChoices):
    """What became of a request."""

    DELETED = "deleted", "Deleted"
    KEPT = "kept", "Kept"


class DeletionRequest(models.Model):
    """A request to delete a document as it stood: another edit since then makes it void.

    The document is named by number and reference, since the row outlives it.
    """

    document_pk = models.BigIntegerField(db_index=True)
    document_ref = models.CharField(max_length=12)
    revision_pk = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=DeletionOutcome.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("document_pk",), condition=Q(outcome=""), name="one_open_deletion_request"
            ),
            # Whoever asked may take the request back, and not carry it out.
            models.CheckConstraint(
                condition=~Q(outcome="deleted")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="deletion_needs_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="a_decided_deletion_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.document_ref
