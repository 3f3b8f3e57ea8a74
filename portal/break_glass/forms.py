"""What is asked for, and for how long it is given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from guidance.urls import ReferenceConverter

HOURS = ((4, _("4 hours")), (24, _("24 hours")), (168, _("7 days")))


class ReferenceField(forms.CharField):
    """A reference in whatever case it was written."""

    def to_python(self, value: Any) -> str:
        """References are in capitals."""
        return str(super().to_python(value)).upper()


class AskForm(forms.Form):
    """A reference as somebody read it out, and why it is needed."""

    document_ref = ReferenceField(
        label=_("Reference"),
        max_length=12,
        validators=[
            RegexValidator(
                rf"^{ReferenceConverter.regex}\Z",
                _("Enter two letters, a hyphen, and five letters or figures, such as GD-7F3K2."),
            )
        ],
        help_text=_("Such as GD-7F3K2."),
    )
    reason = forms.CharField(
        label=_("Why you need to read it"),
        min_length=20,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("20 characters or more. Name nobody: give your case’s reference instead."),
    )


class DecideForm(forms.Form):
    """Yes for a time, or no."""

    hours = forms.TypedChoiceField(
        label=_("For how long"), choices=HOURS, initial=24, coerce=int, widget=forms.RadioSelect
    )

    @property
    def lasts(self) -> timedelta:
        """The time chosen."""
        return timedelta(hours=self.cleaned_data["hours"])
