"""Puts the kit's classes on a form's controls, for the templates in portal/forms/."""

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

_CLASSES: tuple[tuple[type[forms.Widget], str, str], ...] = (
    (forms.Textarea, "text", "govuk-textarea"),
    (forms.CheckboxSelectMultiple, "checkboxes", ""),
    (forms.RadioSelect, "radios", ""),
    (forms.CheckboxInput, "checkbox", "govuk-checkboxes__input"),
    (forms.SelectMultiple, "text", "govuk-select app-select-many"),
    (forms.Select, "text", "govuk-select"),
    (forms.FileInput, "text", "govuk-file-upload"),
    (forms.PasswordInput, "password", "govuk-input govuk-password-input__input"),
)

_MISSING = {
    "radios": _("Choose: %(label)s"),
    "checkboxes": _("Choose: %(label)s"),
    "checkbox": _("Tick: %(label)s"),
}


@register.filter
def kind(field: BoundField) -> str:
    """Which markup a field takes: text, password, checkbox, checkboxes or radios."""
    return _markup(field)[0]


@register.filter
def control(field: BoundField) -> SafeString:
    """The control itself with the kit's classes; Django adds aria-describedby and -invalid."""
    found, classes = _markup(field)
    own = str(field.field.widget.attrs.get("class", ""))
    error = f" {classes.split()[0]}--error" if field.errors and found == "text" else ""
    attrs = {"class": f"{classes}{error} {own}".strip()}
    if found == "password":
        attrs |= {
            "class": f"{attrs['class']} govuk-js-password-input-input",
            "spellcheck": "false",
            "autocapitalize": "none",
        }
    # Labels say what to enter; a placeholder vanishes as soon as somebody types.
    field.field.widget.attrs.pop("placeholder", None)
    widget_attrs: dict[str, str | bool] = {**attrs}
    return field.as_widget(attrs=widget_attrs)


@register.filter
def problems(field: BoundField) -> list[str]:
    """The field's errors; "This field is required" becomes what to do about which field."""
    missing = _MISSING.get(_markup(field)[0], _("Fill in: %(label)s"))
    return [
        str(missing) % {"label": field.label} if error.code == "required" else message
        for error in field.errors.as_data()
        for message in error.messages
    ]


def _markup(field: BoundField) -> tuple[str, str]:
    for widget, found, classes in _CLASSES:
        if isinstance(field.field.widget, widget):
            return found, classes
    return "text", "govuk-input"
