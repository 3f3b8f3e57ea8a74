"""What the search indexes must catch up with, and what they must not show meanwhile."""

from django.db import models
from django.utils import timezone


class SearchIndex(models.Model):
    """An index that changes wait for. Each of its commits bears a mark, by which it is known.

    An index whose mark stands in no row is not level with this database: it was put back from a
    copy, or written for another database, and nothing may be counted in it.
    """

    # Of the last commit of which the database knows, and of the one that may have followed it.
    mark = models.CharField(max_length=32, unique=True)
    next_mark = models.CharField(max_length=32, unique=True)
    since_at = models.DateTimeField(auto_now_add=True)
    # When a worker last looked after it: one that nobody looks after is waited for no longer.
    seen_at = models.DateTimeField(default=timezone.now)
    # Documents that opened before this moment have been written down as changed.
    opened_until_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.mark


class Change(models.Model):
    """A document that search must read again; written in the transaction that changed it.

    It names the document and nothing else: the drain reads the state as it is then, so rows
    may be worked in any order and any number of times. `document_pk` is no foreign key,
    because the row outlives a deleted document. The row goes when every index has taken it.
    """

    document_pk = models.BigIntegerField()
    queued_at = models.DateTimeField(auto_now_add=True)
    failure = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"document {self.document_pk}"


class Taken(models.Model):
    """That an index holds a change which another index still waits for."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="taken")
    index = models.ForeignKey(SearchIndex, on_delete=models.CASCADE, related_name="taken")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("change", "index"), name="taken_once_by_an_index")
        ]

    def __str__(self) -> str:
        return f"{self.change_id} by {self.index_id}"


class Pending(models.Model):
    """A document that search excludes at once, until the index holds this access version."""

    document_pk = models.BigIntegerField(unique=True)
    access_version = models.PositiveIntegerField()
    since_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"document {self.document_pk} at access version {self.access_version}"
