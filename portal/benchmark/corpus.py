"""Writes thousands of documents at once: JSON lines in, published guidance out.

One document a line: {"id", "title", "intro", "body": [["heading"|"paragraph", text], ...],
"section", "date"}. Every tenth gets steps, two files, three law references and a link to
another document, because those are measured too.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, TextIO

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models.sql import InsertQuery
from django.utils import timezone
from wagtail.models import Locale, Page

from access.vocabulary import State
from forces.models import Organisation
from guidance.files.admission import StoredBytes
from guidance.models import (
    Attachment,
    Change,
    Document,
    ForceSection,
    GuidancePage,
    LawReference,
    Reference,
    StoredFile,
)
from guidance.models.references import ALPHABET, LENGTH
from guidance.seeding import WRITING_KINDS

BATCH = 500
RICH_EVERY = 10


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """One line of the corpus."""

    number: int
    title: str
    intro: str
    body: list[tuple[str, str]]
    section: int
    rich: bool = False

    @property
    def ref(self) -> str:
        """A reference made from the number, so that a benchmark can name the address."""
        digits, number = "", self.number
        for _ in range(LENGTH):
            number, digit = divmod(number, len(ALPHABET))
            digits = ALPHABET[digit] + digits
        return f"GD-{digits}"


class CorpusRefusedError(ValueError):
    """A line of the corpus cannot be read; the message says which and why."""


def read_corpus(lines: TextIO) -> Iterator[CorpusDocument]:
    """Read JSON lines. Raises CorpusRefusedError with the number of the line."""
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            yield CorpusDocument(
                number=(known := int(row["id"])),
                rich=known % RICH_EVERY == 0,
                title=str(row["title"])[:120],
                intro=str(row["intro"])[:300],
                body=[(str(kind), str(text)) for kind, text in row["body"]],
                section=int(row["section"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            message = f"Line {number} is not a document: {error}. Nothing was loaded."
            raise CorpusRefusedError(message) from error


def load(documents: Iterable[CorpusDocument]) -> int:
    """Write the documents in one transaction, published, and queue them for search.

    The first 24 sections keep theirs to their own force, the others show them to all: the
    distribution of the plain site that the portal is measured beside.
    """
    with transaction.atomic():
        loader = _Loader()
        batch: list[CorpusDocument] = []
        count = 0
        for document in documents:
            batch.append(document)
            count += 1
            if len(batch) == BATCH:
                loader.write(batch)
                batch = []
        loader.write(batch)
        loader.finish()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return count


class _Loader:
    def __init__(self) -> None:
        forces = Organisation.objects.filter(kind__in=WRITING_KINDS).order_by("slug")[:48]
        by_owner = {one.organisation_id: one for one in ForceSection.objects.all()}
        self.sections: list[ForceSection] = [by_owner[force.slug] for force in forces]
        self.children = {section.pk: section.numchild for section in self.sections}
        self.kind = ContentType.objects.get_for_model(GuidancePage)
        self.locale = Locale.get_default()
        self.laws = list(LawReference.objects.order_by("pk")[:3])
        self.now = timezone.now()
        self.previous: int | None = None

    def write(self, batch: list[CorpusDocument]) -> None:
        """One batch: pages, documents, guidance, audiences, then what the rich ones carry."""
        if not batch:
            return
        Reference.objects.bulk_create([Reference(ref=one.ref) for one in batch])
        pages = Page.objects.bulk_create([self._page(one) for one in batch])
        keyed = list(zip(pages, batch, strict=True))
        rows = [self._row(page, one) for page, one in keyed]
        for model in (Document, GuidancePage):
            _insert(model, rows)
        through = Document._meta.get_field("audience").remote_field.through
        through.objects.bulk_create(
            [
                through(document_id=page.pk, audienceterm_id=self._audience(one))
                for page, one in keyed
            ]
        )
        for page, one in keyed:
            if one.rich:
                self._enrich(page)
        Change.objects.bulk_create([Change(document_pk=page.pk) for page in pages])
        self.previous = pages[-1].pk

    def finish(self) -> None:
        """Tell the tree how many children its sections have now."""
        for pk, count in self.children.items():
            Page.objects.filter(pk=pk).update(numchild=count)

    def _section(self, one: CorpusDocument) -> ForceSection:
        return self.sections[one.section % len(self.sections)]

    def _audience(self, one: CorpusDocument) -> str:
        return "own" if one.section < 24 else "national"

    def _page(self, one: CorpusDocument) -> Page:
        section = self._section(one)
        self.children[section.pk] += 1
        slug = one.ref.lower()
        return Page(
            title=one.title,
            draft_title=one.title,
            slug=slug,
            content_type=self.kind,
            locale=self.locale,
            live=True,
            path=Page._get_path(section.path, section.depth + 1, self.children[section.pk]),
            depth=section.depth + 1,
            numchild=0,
            url_path=f"{section.url_path}{slug}/",
            first_published_at=self.now,
            last_published_at=self.now,
        )

    def _row(self, page: Page, one: CorpusDocument) -> GuidancePage:
        body: list[dict[str, Any]] = [
            {"type": kind, "value": text if kind == "heading" else f"<p>{escape(text)}</p>"}
            for kind, text in one.body
        ]
        if one.rich:
            body += [self._step(text) for kind, text in one.body if kind == "paragraph"]
        return GuidancePage(
            page_ptr_id=page.pk,
            document_ptr_id=page.pk,
            ref=one.ref,
            owner_org_id=self._section(one).organisation_id,
            author_ref="",
            state=State.PUBLISHED.value,
            summary=one.intro,
            owner_role="Corpus",
            body=json.dumps(body),
            purpose=f"<p>{escape(one.intro)}</p>",
            when_to_use="",
            when_not_to_use="",
            necessity_proportionality="",
            challenge_route="",
        )

    def _step(self, text: str) -> dict[str, Any]:
        link = f' <a linktype="page" id="{self.previous}">See also</a>' if self.previous else ""
        value = {"title": text[:60], "text": f"<p>{escape(text[:200])}{link}</p>"}
        return {"type": "step", "value": value}

    def _enrich(self, page: Page) -> None:
        for number in range(2):
            form = StoredBytes(b"A form.", name="form.txt")
            file = StoredFile.objects.create(title=f"Form {number}", belongs_to=page.pk, file=form)
            Attachment.objects.create(
                document_id=page.pk, file=file, label=file.title, sort_order=number
            )
        laws = Document._meta.get_field("laws").remote_field.through
        laws.objects.bulk_create(
            [laws(document_id=page.pk, lawreference_id=law.pk) for law in self.laws]
        )


def _insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    # Django refuses bulk_create for a table whose parent is another table.
    query = InsertQuery(model)
    query.insert_values(model._meta.local_concrete_fields, list(rows))
    query.get_compiler(using="default").execute_sql()
