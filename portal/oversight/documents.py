"""Narrowing the list of facts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from access.vocabulary import Marking, State
from forces.models import Organisation


class DocumentsForm(forms.Form):
    """Which documents' facts to show."""

    owner = forms.ModelChoiceField(
        Organisation.objects.all(),
        label=_("Owner"),
        to_field_name="slug",
        required=False,
        empty_label=_("All"),
    )
    marking = forms.ChoiceField(
        label=_("Marking"),
        required=False,
        choices=[("", _("All")), *((m.value, m.name.replace("_", "-")) for m in Marking)],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *((s.value, s.value.capitalize()) for s in State)],
    )
