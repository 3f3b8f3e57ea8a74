"""Form fields whose choices are the hub's words: what is valid today, and what is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.utils import timezone

from guidance.models.vocabulary import Term

ENDED = "ended: choose another when you can"


class _OfTerms(forms.ChoiceField):
    """Offers the words of one vocabulary when the form is shown, not when the portal starts."""

    blank: tuple[tuple[str, str], ...] = ()

    def __init__(self, vocabulary: str, **kwargs: Any) -> None:
        """Know the vocabulary; `keep` adds what a document holds."""
        self.vocabulary = vocabulary
        self.stored: frozenset[str] = frozenset()
        super().__init__(choices=self._offered, **kwargs)

    def keep(self, stored: str | Collection[str]) -> None:
        """Offer what a document holds, too, though authors may no longer choose it."""
        self.stored = frozenset([stored] if isinstance(stored, str) else stored) - {""}
        # A form copies its fields, but their choices would still ask the field it copied.
        self.choices = self._offered

    def _offered(self) -> Iterator[tuple[str, str]]:
        """Today's words in the hub's order, then what is stored and no longer one of them."""
        yield from self.blank
        today = Term.objects.valid(self.vocabulary, on=timezone.localdate())
        offered = {term.slug: term.label for term in today}
        yield from offered.items()
        if ended := self.stored - offered.keys():
            rows = Term.objects.filter(vocabulary=self.vocabulary, slug__in=ended)
            labels = {term.slug: term.label for term in rows}
            for slug in sorted(ended):
                yield slug, f"{labels.get(slug, slug)} ({ENDED})"


class TermField(_OfTerms):
    """One word of a vocabulary, stored as its slug."""

    blank = (("", "Choose one"),)


class TermListField(_OfTerms, forms.MultipleChoiceField):
    """Several words of one vocabulary, stored as slugs."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, vocabulary: str, **kwargs: Any) -> None:
        """None need be chosen."""
        super().__init__(vocabulary, required=False, **kwargs)


def keep_stored(form: forms.Form, document: object) -> None:
    """Let every such field of a form offer what its document holds already."""
    for name, field in form.fields.items():
        if isinstance(field, _OfTerms):
            field.keep(getattr(document, name))
