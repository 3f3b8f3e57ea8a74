"""Specimens of the agreement as real rows, so that the production queries can be asked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections, models, transaction
from django.db.models.sql.subqueries import InsertQuery
from wagtail.models import Locale, Page

from access.policy import Document as Facts
from access.specimens import GROUPS, NOON, ORGANISATIONS
from forces.models import NeedToKnowGroup, Organisation
from guidance.models import AudienceTerm, Document, Review

# SQLite takes a thousand parameters for one statement, and a document has some thirty columns.
BATCH = 25


def create_tables(alias: str) -> None:
    """Create the tables that documents need, and no others: migrating all takes a minute."""
    with connections[alias].schema_editor() as editor:
        for model in _with_what_they_need([Document, Review]):
            editor.create_model(model)


LATER = NOON + timedelta(days=365)


def insert(documents: Sequence[Facts], *, alias: str) -> None:
    """Write the specimens and what they refer to, in one transaction."""
    with transaction.atomic(using=alias):
        Organisation._base_manager.using(alias).bulk_create(
            Organisation(slug=each.slug, name=each.slug, short_name=each.slug, kind=each.kind.value)
            for each in ORGANISATIONS
        )
        owner = Organisation._base_manager.using(alias).earliest("pk")
        facts: dict[str, Any] = {"owner": owner, "reason": "A specimen.", "ends_at": LATER}
        groups = {slug: NeedToKnowGroup(slug=slug, name=slug, **facts) for slug in GROUPS}
        NeedToKnowGroup._base_manager.using(alias).bulk_create(groups.values())
        keys = _insert_documents(documents, alias=alias)
        _insert_relations(documents, keys=keys, groups=groups, alias=alias)


def _insert_documents(documents: Sequence[Facts], *, alias: str) -> list[int]:
    """Write both tables of each document, and give its keys in order."""
    locale = Locale._base_manager.using(alias).create(language_code="en-gb")
    # Not get_for_model: its cache would outlive the database.
    kind = ContentType._base_manager.using(alias).create(app_label="guidance", model="document")
    pages = Page._base_manager.using(alias).bulk_create(
        Page(
            path=f"{number:08d}",
            depth=2,
            title=each.ref,
            slug=each.ref.lower(),
            url_path=f"/{each.ref.lower()}/",
            locale=locale,
            content_type=kind,
        )
        for number, each in enumerate(documents)
    )
    keys = [page.pk for page in pages]
    rows: list[models.Model] = [
        _row(each, key=key) for each, key in zip(documents, keys, strict=True)
    ]
    for start in range(0, len(rows), BATCH):
        # Django refuses bulk_create for a table whose parent is another table.
        query = InsertQuery(Document)
        query.insert_values(Document._meta.local_concrete_fields, rows[start : start + BATCH])
        query.get_compiler(using=alias).execute_sql()
    return keys


def _row(facts: Facts, *, key: int) -> Document:
    return Document(
        # Without an id, Wagtail asks the portal's own database for the content type.
        id=key,
        page_ptr_id=key,
        ref=facts.ref,
        owner_org_id=facts.owner,
        author_ref=facts.author,
        state=facts.state.value,
        access_version=facts.access_version,
        marking=facts.marking.value,
        visible_from=facts.visible_from,
        visible_until=facts.visible_until,
        latest_phase=facts.latest_phase,
    )


def _insert_relations(
    documents: Sequence[Facts],
    *,
    keys: Sequence[int],
    groups: Mapping[str, NeedToKnowGroup],
    alias: str,
) -> None:
    """Write audiences, groups and reviews; among them closed reviews, which must open nothing."""
    terms = sorted({term for each in documents for term in each.audience})
    AudienceTerm._base_manager.using(alias).bulk_create(
        AudienceTerm(key=term, label=term) for term in terms
    )
    pairs = list(zip(keys, documents, strict=True))
    audience = Document._meta.get_field("audience").remote_field.through
    audience._base_manager.using(alias).bulk_create(
        audience(document_id=key, audienceterm_id=term)
        for key, each in pairs
        for term in sorted(each.audience)
    )
    membership = Document._meta.get_field("groups").remote_field.through
    membership._base_manager.using(alias).bulk_create(
        membership(document_id=key, needtoknowgroup_id=groups[slug].pk)
        for key, each in pairs
        for slug in sorted(each.groups)
    )
    Review._base_manager.using(alias).bulk_create(
        Review(document_pk=key, revision_pk=key, key=name, closed_at=closed_at)
        for number, (key, each) in enumerate(pairs)
        for names, closed_at in ((each.review, None), (documents[number - 1].review, NOON))
        for name in sorted(names)
    )


def _with_what_they_need(wanted: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    """Follow every forward relation, so that no key points at a table that is not there."""
    found: list[type[models.Model]] = []
    waiting = list(wanted)
    while waiting:
        model = waiting.pop()
        if model in found:
            continue
        found.append(model)
        fields = (*model._meta.local_fields, *model._meta.local_many_to_many)
        waiting += [one.related_model for one in fields if isinstance(one.related_model, type)]
    return found
