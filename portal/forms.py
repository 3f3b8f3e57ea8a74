"""Renders Django's forms in the kit's markup; Wagtail's admin keeps its own field templates."""

from django.forms.renderers import TemplatesSetting


class GovukRenderer(TemplatesSetting):
    """`{{ form }}` and `{{ field.as_field_group }}` in the kit's markup.

    Widgets keep Django's own templates: the admin renders widgets too, and would otherwise get
    ours.
    """

    form_template_name = "portal/forms/form.html"
    field_template_name = "portal/forms/field.html"
