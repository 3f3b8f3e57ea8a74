"""Writes down what search must catch up with, in the transaction that changed it."""

from collections.abc import Collection

from guidance.models.changes import Change, Pending


def record_change(document_pk: int) -> None:
    """Queue a document for the search index; call it inside the changing transaction."""
    Change.objects.create(document_pk=document_pk)


def exclude_until_indexed(document_pk: int, *, access_version: int) -> None:
    """Keep a document out of every search until the index holds this access version.

    Totals and facets are then right at the next request, even while the index is down.
    """
    Pending.objects.update_or_create(
        document_pk=document_pk, defaults={"access_version": access_version}
    )


def excluded_documents() -> frozenset[int]:
    """The documents that search must leave out now."""
    return frozenset(Pending.objects.values_list("document_pk", flat=True))


def mark_indexed(versions: Collection[tuple[int, int]]) -> None:
    """Lift the exclusion of documents the index holds at (document_pk, access_version)."""
    for document_pk, access_version in versions:
        Pending.objects.filter(document_pk=document_pk, access_version__lte=access_version).delete()
