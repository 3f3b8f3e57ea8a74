"""What a page shows beside its own fields: words of vocabularies, laws, files, linked pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from django.utils.safestring import SafeString
from wagtail.rich_text.rewriters import LinkRewriter

from access.policy import Viewer
from forces.prepared import PreparedModels
from guidance.linking import Linked, linked_to
from guidance.models import Attachment, Document, LawReference, StoredImage, Term
from guidance.serving import attachments_of


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything a template needs, read in at most five statements."""

    document: Document
    linked: Mapping[int, Linked]
    successor: Linked | None
    terms: Mapping[tuple[str, str], str]
    laws: list[LawReference]
    attachments: list[Attachment]
    images: Mapping[int, StoredImage] = field(default_factory=dict)

    def words(self, vocabulary: str, slugs: Iterable[str]) -> list[str]:
        """The labels of slugs, in the author's order; an unknown slug stands for itself."""
        return [self.terms.get((vocabulary, slug), slug) for slug in slugs]

    def by_ref(self, ref: str) -> Linked | None:
        """The document of a reference that a field names, if this viewer may see it."""
        return next((one for one in self.linked.values() if one.ref == ref), None)

    @property
    def lessons(self) -> list[Linked]:
        """The lessons that name this guidance."""
        return [one for one in self.linked.values() if one.place is not None]

    @property
    def laws_not_in_force(self) -> list[LawReference]:
        """The provisions that may not be relied on: each needs its banner."""
        return [law for law in self.laws if not law.may_be_relied_on]

    def rich(self, html: str) -> SafeString:
        """Stored rich text; a link to a page this viewer may not see is only text."""
        rewriter = LinkRewriter(bulk_rules={"page": self._open_tags()})
        text: str = rewriter(html)
        # Wagtail cleaned it when it was stored.
        return SafeString(text)  # nosec B703

    def _open_tags(self) -> Callable[[list[dict[str, str]]], list[str]]:
        def tags(attributes: list[dict[str, str]]) -> list[str]:
            found = (self.linked.get(int(attrs.get("id", 0))) for attrs in attributes)
            return [f'<a href="{escape(one.address)}">' if one else "<a>" for one in found]

        return tags


def compose(document: Document, viewer: Viewer, *, at: datetime) -> Composition:
    """Read what belongs to a document that the gate has opened for this viewer."""
    linked = {one.pk: one for one in linked_to(document, viewer, at=at)}
    successor = next((one for one in linked.values() if one.ref == document.successor_ref), None)
    image_ids = document.image_ids()
    images = StoredImage.objects.filter(pk__in=image_ids) if image_ids else ()
    return Composition(
        document=document,
        linked=linked,
        successor=successor,
        terms=_terms(document),
        laws=_laws(document),
        attachments=attachments_of(document),
        images={image.pk: image for image in images},
    )


_LAWS = PreparedModels(LawReference, lambda pk: LawReference.objects.filter(document=pk), pk=int)


def _laws(document: Document) -> list[LawReference]:
    # A revision holds its laws in memory; for a row this is cheaper than the cluster's manager.
    if document.live:
        return _LAWS.all(pk=document.pk)
    return list(document.laws.all())


def _terms(document: Document) -> dict[tuple[str, str], str]:
    words = {
        *document.platforms,
        *document.content_types,
        *document.tactics,
        *document.handling,
        *document.descriptors,
        getattr(document, "platform_type", ""),
        getattr(document, "tactic", ""),
        getattr(document, "nesta_level", ""),
        getattr(document, "yef_impact", ""),
        getattr(document, "does_it_work", ""),
        *getattr(document, "practice_purposes", ()),
        *getattr(document, "recognition", ()),
    }
    rows = Term.objects.filter(slug__in=words - {""}) if words - {""} else ()
    return {(term.vocabulary, term.slug): term.label for term in rows}
