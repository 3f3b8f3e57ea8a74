"""Writes down what search must catch up with, in the transaction that changed it.

Several indexes may be in use while the search engine is being changed: each takes every change,
and a narrowed document is left out of each until that one holds it.
"""

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, QuerySet, Value

from guidance.models import Change, Document, Pending, SearchIndex, Taken

# Above every access version: what is gone is held at none.
_GONE = 2**31 - 1


def record_change(document_pk: int) -> Change:
    """Queue a document for the search indexes; call it inside the changing transaction."""
    return Change.objects.create(document_pk=document_pk)


def exclude_until_indexed(document_pk: int, *, access_version: int) -> None:
    """Keep a document out of every search until the index asked holds this access version.

    Totals and facets are then right at the next request, even while the index is down. Without a
    change recorded beside it, nothing would end that.
    """
    Pending.objects.update_or_create(
        document_pk=document_pk, defaults={"access_version": access_version}
    )


def waiting_for(index: SearchIndex) -> QuerySet[Change]:
    """The changes that an index has not taken."""
    return Change.objects.filter(~Exists(Taken.objects.filter(change=OuterRef("pk"), index=index)))


def excluded_documents(index: SearchIndex) -> frozenset[int]:
    """The documents that a search in this index must leave out now."""
    return excluded_where(SearchIndex.objects.filter(pk=index.pk)) or frozenset()


def excluded_where(index: QuerySet[SearchIndex]) -> frozenset[int] | None:
    """The same in one statement for an index that may not be known; None where it is not.

    A pending row stays until every index holds the document, so an index that took the last of
    its changes is past it.
    """
    taken = Taken.objects.filter(index__in=index.values("pk"))
    waiting = Change.objects.filter(
        ~Exists(taken.filter(change=OuterRef("pk"))), document_pk=OuterRef("document_pk")
    )
    took = taken.filter(change__document_pk=OuterRef("document_pk"))
    pending = Pending.objects.filter(Exists(waiting.order_by()) | ~Exists(took))
    rows = index.annotate(kind=Value(0)).values_list("kind", "pk")
    found = list(
        rows.union(pending.annotate(kind=Value(1)).values_list("kind", "document_pk"), all=True)
    )
    if not any(kind == 0 for kind, _ in found):
        return None
    return frozenset(pk for kind, pk in found if kind == 1)


def take(changes: Collection[int], *, index: SearchIndex) -> None:
    """Write down that an index holds these changes; those that no index waits for are done.

    An index that is made at this moment is not waited for, and need not be: it is written down
    before it reads its first document, and so reads what these changes left.
    """
    known = Change.objects.filter(pk__in=changes)
    if not SearchIndex.objects.exclude(pk=index.pk).exists():
        _finish(known)
        return
    rows = [Taken(change_id=pk, index=index) for pk in known.values_list("pk", flat=True)]
    Taken.objects.bulk_create(rows, ignore_conflicts=True)
    remove_finished(known)


def remove_finished(known: QuerySet[Change]) -> None:
    """Of these changes remove those that every index has taken.

    Of two indexes that take a change at the same moment neither sees the other do it, and one
    that is no longer waited for may have been the last: so the worker asks about all of them.
    """
    indexes = max(1, SearchIndex.objects.count())
    finished = known.annotate(times=Count("taken")).filter(times__gte=indexes).order_by()
    _finish(Change.objects.filter(pk__in=list(finished.values_list("pk", flat=True))))


def _finish(changes: QuerySet[Change]) -> None:
    """Remove changes, and end the exclusion of documents of which none is left."""
    pks = set(changes.order_by().values_list("document_pk", flat=True))
    if not pks:
        return
    changes.delete()
    versions = dict(Document.visible.filter(pk__in=pks).values_list("pk", "access_version"))
    excluded = Pending.objects.filter(document_pk__in=pks)
    for pk in list(excluded.values_list("document_pk", flat=True)):
        # Narrowed once more in this moment, it has a higher version, and is still kept out.
        Pending.objects.filter(
            ~Exists(Change.objects.filter(document_pk=pk)),
            document_pk=pk,
            access_version__lte=versions.get(pk, _GONE),
        ).delete()
