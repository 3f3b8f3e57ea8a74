"""Adding an organisation: what it may be called, and who has to know of it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.dispatch import Signal
from wagtail.admin.forms.models import WagtailAdminModelForm

from access.vocabulary import OrganisationKind
from forces.models import Organisation

# Sent with `organisation`, inside the transaction that saves it.
organisation_saved = Signal()

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_SLUG = 40
# There is one hub, and whom oversight belongs to is not the hub's to say.
ADDED_BY_THE_HUB = (
    OrganisationKind.FORCE,
    OrganisationKind.SPECIAL,
    OrganisationKind.AGENCY,
    OrganisationKind.PARTNER,
)


def announce(organisation: Organisation) -> None:
    """Let sections and audiences be laid out. An error anywhere undoes the saving too."""
    heard = organisation_saved.send(Organisation, organisation=organisation)
    if not heard:
        # Nobody could share anything with it until the next upgrade, and nothing would say so.
        raise RuntimeError("Nobody lays out what belongs to an organisation.")


class NewOrganisationForm(WagtailAdminModelForm):
    """A partner, or a force that came of others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the kinds that the hub may add."""
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [(one.value, one.name.capitalize()) for one in ADDED_BY_THE_HUB]

    def clean_slug(self) -> str:
        """It stands where the trail keeps forty signs, and in addresses people read aloud."""
        slug: str = self.cleaned_data["slug"]
        if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
            message = "Use small letters, digits and single hyphens, 40 at most, a letter first."
            raise forms.ValidationError(message)
        return slug
