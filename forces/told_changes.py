"""What the trail tells of a form that was saved: facts before and after, of texts only their names.

The trail takes no title and no person's words (`audit.record`); a phase, a region, a day or a yes
or no decides what whole forces see, and whoever audits must find both values.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.forms import ModelForm

_NOTHING = "none"


def told(form: ModelForm[Any], *, decision: str, is_new: bool) -> dict[str, str]:
    """The changed fields of a valid form, for the detail of a row of the trail."""
    found: dict[str, str] = {}
    for name in form.changed_data:
        if _is_a_fact(form._meta.model._meta.get_field(name)):
            if not is_new:
                found[f"{name}_before"] = _word(form.initial.get(name))
            found[f"{name}_after"] = _word(form.cleaned_data[name])
        else:
            found[name] = decision
    return found


def _is_a_fact(field: models.Field[Any, Any] | Any) -> bool:
    kinds = (models.ForeignKey, models.DateField, models.BooleanField, models.IntegerField)
    return isinstance(field, kinds) or bool(field.choices)


def _word(value: object) -> str:
    """A value as the trail writes it: neither blanks nor signs."""
    match value:
        case None | "":
            return _NOTHING
        case bool():
            return "yes" if value else "no"
        case dt.datetime():
            return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%MZ}"
        case models.Model():
            return str(value.pk)
    return str(value)
