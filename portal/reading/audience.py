"""Says in words whom a page is for."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from access.policy import Document as Facts
from access.vocabulary import HUB, NATIONAL, OWN
from forces.models import Region
from portal.frame import short_name


def audience_words(facts: Facts) -> str:
    """Who reads a page once it is published.

    Groups are not named: a reader is in one of them, and the name of another may tell what it
    is about.
    """
    found = _whom(facts)
    if facts.groups:
        found = _("%(audience)s: only members of its need-to-know group") % {"audience": found}
    if facts.visible_until is not None:
        until = date_format(localtime(facts.visible_until), "j F Y, H:i")
        found = _("%(audience)s; until %(date)s") % {"audience": found, "date": until}
    return found


def _whom(facts: Facts) -> str:
    terms = facts.audience
    if not terms:
        return _("Nobody but its owner's editors")
    if terms == {OWN}:
        return _("%(organisation)s only") % {"organisation": short_name(facts.owner)}
    # All forces and the hub: what is narrower says nothing more.
    wide = {NATIONAL} if NATIONAL in terms else set()
    others = {term for term in terms if not wide or term.startswith("partner:")}
    return ", ".join(_words(term, facts) for term in (*sorted(wide), *sorted(others)))


def _words(term: str, facts: Facts) -> str:
    kind, _colon, slug = term.partition(":")
    if kind == NATIONAL:
        return _("All forces and the hub")
    if kind == HUB:
        return _("The hub")
    if kind == OWN:
        return short_name(facts.owner)
    if kind == "region":
        return _("Forces of the region %(name)s") % {"name": _region_name(slug)}
    return short_name(slug) or slug


def _region_name(slug: str) -> str:
    if slug not in _regions():
        forget_regions()
    return _regions().get(slug, slug)


@cache
def _regions() -> dict[str, str]:
    # As with the names of organisations: read once, not for each page.
    return dict(Region.objects.values_list("slug", "name"))


@receiver((post_save, post_delete), sender=Region)
def forget_regions(**_signal: Any) -> None:
    """Read the names again when they are next needed."""
    _regions.cache_clear()
