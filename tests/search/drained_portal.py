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
from django.utils import timezone  # noqa: E402

from guidance.changes import (  # noqa: E402
    exclude_until_indexed,
    excluded_documents,
    record_change,
)
from guidance.models import Change, Document, Pending  # noqa: E402
from search import indexing  # noqa: E402
from search.documents import indexed_documents  # noqa: E402
from search.engines import current_engine  # noqa: E402
from search.level import index_in_use  # noqa: E402
from search.meaning.keeping import facts_as_text  # noqa: E402
from search.meaning.model import current_model, is_fetched  # noqa: E402
from search.models import Meaning  # noqa: E402
from tests.guidance.scene import Cast, draft, lay_out_scene  # noqa: E402

DOCUMENTS = 24
SMALL_BATCH = 3


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


@transaction.atomic
def change_all() -> None:
    """New facts for every document, as a narrowing writes them."""
    other = {"own": "hub", "hub": "national", "national": "own"}
    through = Document._meta.get_field("audience").remote_field.through
    for row in through.objects.all():
        through.objects.filter(pk=row.pk).update(audienceterm_id=other[row.audienceterm_id])
    for document in Document.visible.all():
        version = document.access_version + 1
        Document.visible.filter(pk=document.pk).update(access_version=version)
        exclude_until_indexed(document.pk, access_version=version)
        record_change(document.pk)


def faults() -> list[str]:
    """Documents taken off a list although the index does not hold them as they are."""
    held = {one.pk: one.access_version for one in current_engine().held()}
    kept = dict(Meaning.objects.values_list("document_pk", "facts"))
    waiting = set(Change.objects.values_list("document_pk", flat=True))
    excluded = excluded_documents(index_in_use(current_engine()))
    found = []
    written = {one.pk: one for one in indexed_documents(list(held), at=timezone.now())}
    for pk, version in Document.visible.values_list("pk", "access_version"):
        if is_fetched() and pk not in waiting and kept.get(pk) != facts_as_text(written[pk]):
            found.append(f"{pk} means what it did")
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
            level = level and not faults()
            _say(level, Change.objects.count(), Pending.objects.count())


def drain() -> None:
    """Drain in small batches."""
    indexing.BATCH = SMALL_BATCH
    # Before anybody counts on it: loading takes longer than a batch.
    current_model()
    _say("ready")
    while done := indexing.drain():
        _say("batch of", done)
    _say("done")


if __name__ == "__main__":
    {"scene": obey, "drain": drain}[sys.argv[1]]()
