"""Words for documents in lists that mix all types."""

from django import template
from django.utils.functional import Promise

from guidance.serving import TYPE_OF_PREFIX

register = template.Library()


@register.filter
def type_of(ref: str) -> str | Promise:
    """The type that a reference such as GD-7F3K2 stands for: Guidance."""
    model = TYPE_OF_PREFIX.get(ref.partition("-")[0])
    return model.type_label if model is not None else ""
