"""What the second person agrees to: the marking, and who will see the page that they approve."""

from __future__ import annotations

from dataclasses import replace

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access.vocabulary import State
from guidance import workflow
from guidance.facts import facts_of
from guidance.models import Document, Term
from guidance.reach import reach_of

register = template.Library()


@register.simple_tag
def approval_facts(page: Document) -> list[tuple[str, str]]:
    """Name and words of each fact, of the revision that is under review."""
    revision = page.get_latest_revision()
    draft: Document = revision.as_object()
    facts = replace(facts_of(draft), state=State.PUBLISHED, visible_from=None, visible_until=None)
    handling = Term.objects.filter(
        vocabulary=Term.Vocabulary.HANDLING, slug__in=draft.handling
    ).values_list("label", flat=True)
    reach = reach_of(facts, at=timezone.now())
    found = [
        (_("Marking"), ", ".join([draft.marking_label, *handling])),
        (_("Audience"), "; ".join(term.label for term in draft.audience.all()) or _("Nobody")),
        (_("Need to know"), _need_to_know(draft)),
        (_("That is"), _("about %(reach)s") % {"reach": reach.sentence}),
        (_("Visible"), _period(draft)),
    ]
    if workflow.widened_by(revision):
        found.append((_("Take care"), _("More people than today will see the page.")))
    return found


def _need_to_know(draft: Document) -> str:
    groups = "; ".join(group.name for group in draft.groups.all())
    if not groups:
        return _("No group: everybody of the audience")
    return _("Only members of: %(groups)s") % {"groups": groups}


def _period(draft: Document) -> str:
    """From when until when; without an embargo, as soon as it is approved."""
    begins = _("as soon as it is approved")
    if draft.visible_from is not None and draft.visible_from > timezone.now():
        when = date_format(timezone.localtime(draft.visible_from), "j F Y, H:i")
        begins = _("from %(when)s") % {"when": when}
    if draft.visible_until is None:
        return begins
    when = date_format(timezone.localtime(draft.visible_until), "j F Y, H:i")
    return _("%(begins)s, until %(when)s") % {"begins": begins, "when": when}
