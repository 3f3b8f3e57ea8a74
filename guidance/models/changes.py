"""What the search index must catch up with, and what it must not show meanwhile."""

from django.db import models


class Change(models.Model):
    """A document that search must read again; written in the transaction that changed it.

    It names the document and nothing else: the drain reads the state as it is then, so rows
    may be worked in any order and any number of times. `document_pk` is no foreign key,
    because the row outlives a deleted document.
    """

    document_pk = models.BigIntegerField()
    queued_at = models.DateTimeField(auto_now_add=True)
    failure = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"document {self.document_pk}"


class Pending(models.Model):
    """A document that search excludes at once, until the index holds this access version."""

    document_pk = models.BigIntegerField(unique=True)
    access_version = models.PositiveIntegerField()
    since_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"document {self.document_pk} at access version {self.access_version}"
