"""Checks what arrives in the address of a search before anything is done with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from search.engines.base import DEEPEST_HIT, PAGE_SIZE, Facet, Sort
from search.services import Request

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
MOST_CHOICES = 50

SORTS = [
    (Sort.RELEVANCE.value, _("Relevance")),
    (Sort.NEWEST.value, _("Newest")),
    (Sort.REVIEWED.value, _("Last reviewed")),
]

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


class SlugsField(forms.Field):
    """Words of a vocabulary, none or several; unknown ones find nothing and are no error."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "invalid": _("The address of this search is damaged. Choose the filters again."),
    }

    def to_python(self, value: Any) -> frozenset[str]:
        """The chosen words."""
        chosen = value or []
        if len(chosen) > MOST_CHOICES or not all(_SLUG.fullmatch(slug) for slug in chosen):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return frozenset(chosen)


class SearchForm(forms.Form):
    """Words, filters, dates, order and page of a search."""

    q = forms.CharField(label=_("Search for"), required=False)
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=SORTS,
        error_messages={"invalid_choice": _("Sort by relevance, newest or last reviewed.")},
    )
    page = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=DEEPEST_HIT // PAGE_SIZE,
        error_messages={
            "invalid": _("The page must be a number."),
            "min_value": _("Pages start at 1."),
            "max_value": _("Results go no further than this. Add a word or a filter instead."),
        },
    )
    published_from = forms.DateField(
        label=_("Published from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("Enter the date as day, month and year, such as 1/5/2026.")},
    )
    published_to = forms.DateField(
        label=_("Published to"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("Enter the date as day, month and year, such as 1/5/2026.")},
    )

    def __init__(self, data: MultiValueDict[str, Any]) -> None:
        """Read the facets from the address, too; each may be given several times."""
        super().__init__(data, auto_id="search-%s")
        for facet in Facet:
            self.fields[facet.value] = SlugsField(required=False)

    def clean_q(self) -> str:
        """The words; analysing them says what else is wrong with them."""
        words: str = self.cleaned_data["q"]
        return words

    def clean_published_from(self) -> date | None:
        """A day on which something can have been published."""
        return _plausible(self.cleaned_data["published_from"])

    def clean_published_to(self) -> date | None:
        """A day on which something can have been published."""
        return _plausible(self.cleaned_data["published_to"])

    def clean(self) -> None:
        """A range that ends before it starts finds nothing, which nobody wants."""
        super().clean()
        start, end = (self.cleaned_data.get(f"published_{side}") for side in ("from", "to"))
        if start and end and end < start:
            self.add_error("published_to", _("Choose a day on or after “published from”."))

    def as_request(self) -> Request:
        """What was asked for, once the form is valid."""
        data: Mapping[str, Any] = self.cleaned_data
        return Request(
            words=data["q"],
            filters={facet: chosen for facet in Facet if (chosen := data[facet.value])},
            published_from_date=data["published_from"],
            published_to_date=data["published_to"],
            sort=Sort(data["sort"] or Sort.RELEVANCE),
            page=data["page"] or 1,
        )


def _plausible(day: date | None) -> date | None:
    if day is not None and not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValidationError(
            _("Enter a year between %(first)s and %(last)s."),
            params={"first": EARLIEST_YEAR, "last": LATEST_YEAR},
        )
    return day
