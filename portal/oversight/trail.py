"""Narrowing and ordering the trail."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.events import Event
from audit.models import Entry

EARLIEST_YEAR, LATEST_YEAR = 2019, 2100
NEWEST, OLDEST = "newest", "oldest"


class TrailForm(forms.Form):
    """Which rows of the trail to show, and in which order."""

    event = forms.ChoiceField(
        label=_("What was done"), required=False, choices=[("", _("Anything")), *Event.choices]
    )
    actor = forms.RegexField(
        label=_("By whom"),
        regex=r"^(P-[A-Za-z0-9]{6}|system)$",
        required=False,
        error_messages={"invalid": _("Enter a number such as P-7F3K2M, or “system”.")},
    )
    action_object = forms.RegexField(
        label=_("To what or whom"),
        regex=r"^[A-Za-z0-9._:/-]{1,40}$",
        required=False,
        help_text=_("A reference such as GD-7F3K2, or the number of a person."),
        error_messages={"invalid": _("Enter a reference such as GD-7F3K2.")},
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until, that day included"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[(NEWEST, _("Newest first")), (OLDEST, _("Oldest first"))],
    )

    def clean(self) -> dict[str, Any]:
        """Say which year cannot be meant, and that a span must not end before it begins."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("since", "until"):
            day = cleaned.get(name)
            if day is not None and not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
                self.add_error(name, _("Enter a year between 2019 and 2100."))
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one. Swap them."))
        return cleaned

    def rows(self) -> QuerySet[Entry]:
        """The rows asked for; all of them where the form is empty, none where it is wrong."""
        if not self.is_valid():
            return Entry.objects.none()
        asked = self.cleaned_data
        rows = Entry.objects.all()
        if asked["event"]:
            rows = rows.filter(event=asked["event"])
        if asked["actor"]:
            # "system" is the one actor in small letters.
            actor = asked["actor"]
            rows = rows.filter(actor=actor if actor == "system" else actor.upper())
        if asked["action_object"]:
            rows = rows.filter(action_object=asked["action_object"])
        if asked["since"]:
            rows = rows.filter(recorded_at__gte=_midnight(asked["since"]))
        if asked["until"]:
            rows = rows.filter(recorded_at__lt=_midnight(asked["until"] + dt.timedelta(days=1)))
        return rows.order_by("pk" if asked["order"] == OLDEST else "-pk")


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def detail_words(entry: Entry) -> list[tuple[str, str]]:
    """What a row tells besides, as (name, value); "before" and "after" stand together."""
    names = sorted(entry.detail, key=lambda name: (name.removesuffix("_after"), name))
    plain = [
        (name.replace("_", " "), str(entry.detail[name]))
        for name in names
        if not name.endswith(("_before", "_after"))
    ]
    changed = [
        (
            name.removesuffix("_before").replace("_", " "),
            f"{entry.detail[name]} → {entry.detail.get(name.removesuffix('before') + 'after', '')}",
        )
        for name in names
        if name.endswith("_before")
    ]
    return changed + plain
