"""A portal of a test's own, in processes: `python -m tests.search.drained_portal scene|drain`.

`scene` lays out documents and obeys lines on its standard input: `change` changes all of them,
`check` prints what is wrong, `settle` drains to the end and prints what is left. `drain` drains in
small batches until it is done, or killed. Data that another process must see can't live in the
transaction of a test, and the trail's triggers refuse to empty the tables after one.
"""

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402

from guidance.changes import (  # noqa: E402
    exclude_until_indexed,
    excluded_documents,
    record_change,
)
from guidance.models import Change, Document, Pending  # noqa: E402
from search import indexing  # noqa: E402
from search.engines import current_engine  # noqa: E402
from tests.guidance.scene import Cast, draft, lay_out_scene  # noqa: E402

DOCUMENTS = 24
SMALL_BATCH = 3


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


@transaction.atomic
def change_all() -> None:
    """New facts for every document, as a narrowing writes them."""
    for document in Document.visible.all():
        version = document.access_version + 1
        Document.visible.filter(pk=document.pk).update(access_version=version)
        exclude_until_indexed(document.pk, access_version=version)
        record_change(document.pk)


def faults() -> list[str]:
    """Documents taken off a list although the index does not hold them as they are."""
    held = {one.pk: one.access_version for one in current_engine().held()}
    waiting = set(Change.objects.values_list("document_pk", flat=True))
    excluded = excluded_documents()
    found = []
    for pk, version in Document.visible.values_list("pk", "access_version"):
        if held.get(pk) != version:
            found += [f"{pk} is lost"] if pk not in waiting else []
            found += [f"{pk} shows old facts"] if pk not in excluded else []
    return found


def lay_out() -> None:
    """The scene and its first index."""
    lay_out_scene()
    author = Cast().kent_author
    for number in range(DOCUMENTS):
        draft(author, title=f"Page {number}")
    indexing.rebuild()
    Change.objects.all().delete()


def obey() -> None:
    """Do what the lines of the standard input say."""
    lay_out()
    _say("ready")
    for line in sys.stdin:
        if line.strip() == "change":
            change_all()
            _say("changed")
        elif line.strip() == "check":
            _say(faults())
        else:
            while indexing.drain():
                pass
            versions = {one.pk: one.access_version for one in current_engine().held()}
            level = versions == dict(Document.visible.values_list("pk", "access_version"))
            _say(level, Change.objects.count(), Pending.objects.count())


def drain() -> None:
    """Drain in small batches."""
    indexing.BATCH = SMALL_BATCH
    _say("ready")
    while done := indexing.drain():
        _say("batch of", done)
    _say("done")


if __name__ == "__main__":
    {"scene": obey, "drain": drain}[sys.argv[1]]()
