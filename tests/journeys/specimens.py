"""What the examples of addresses stand on: documents, people and links of the demo library.

Found and made in the portal's own process, and handed over as JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from access.vocabulary import Marking, Role
from forces import invitations
from forces.models import AccessRequest, IdentityProvider, Organisation, User
from forces.services import tie_force_account
from forces.viewers import viewer_for
from guidance.models import BreakGlassRequest, Document
from tests.journeys.lost_passkey import stored_passkey
from tests.journeys.visitors import MET_LEAD, MET_OFFICER, PARTNER
from tests.services.saml_provider.keys import key_and_certificate

if TYPE_CHECKING:
    from tests.services.running_portal import RunningPortal

_LAY_OUT = f"from {__name__} import lay_out; print(lay_out())"
# The published page of a type that stands for its kind: the one that says most.
TITLES = {
    "guidance": "Referring gang-related music",
    "lesson": "Takedown before capture",
    "evaluation": "Does taking videos down",
    "platform": "Snapchat",
    "sensitive": "Emergency disclosure",
    "withdrawn": "Speed of removal",
    "superseded": "Points score",
    "draft": "Registered, no results",
}


def specimens_in(portal: RunningPortal) -> dict[str, str]:
    """The words that examples put into their addresses."""
    printed = portal.manage("shell", "--no-imports", "-c", _LAY_OUT)
    found: dict[str, str] = json.loads(printed.strip().splitlines()[-1])
    return found


def lay_out() -> str:
    """A reference for each kind of document, somebody's public id, a link to a first password."""
    documents = {
        name: Document.objects.get(title__startswith=title) for name, title in TITLES.items()
    }
    somebody = User.objects.get(email="officer@surrey.police.example")
    link = reverse(
        "account_reset_password_from_key",
        args=[user_pk_to_url_str(somebody), default_token_generator.make_token(somebody)],
    )
    return json.dumps(
        {name: document.ref for name, document in documents.items()}
        | {"page_id": str(documents["guidance"].pk), "person": somebody.public_id}
        | {"superseded_id": str(documents["superseded"].pk), "glass": _asked_for(somebody)}
        | {"reset_link": link, "passkey": str(_keeper_of_everything().pk)}
        | _invited()
        | _signing_in_with_the_force()
        | {"broken": render_to_string("500.html")}
    )


def _asked_for(somebody: User) -> str:
    """A break-glass request that waits."""
    asked = BreakGlassRequest.objects.create(
        asked_by=somebody, document_ref="GD-22222", reason="For a case that cannot wait."
    )
    return asked.ref


def _keeper_of_everything() -> Authenticator:
    """Give the partner recovery codes and a passkey, for the pages of both."""
    partner = User.objects.get(email=PARTNER)
    RecoveryCodes.activate(partner)
    return Authenticator.objects.create(user=partner, type="webauthn", data=stored_passkey())


def _invited() -> dict[str, str]:
    """Somebody who is invited to the Met, and somebody who asks to be."""
    lead, now = User.objects.get(email=MET_LEAD), timezone.now()
    made = invitations.invite(
        "invited@metropolitan.police.example",
        organisation=Organisation.objects.get(slug="metropolitan"),
        roles=[Role.OFFICER],
        ceiling=Marking.OFFICIAL,
        by=lead,
        viewer=viewer_for(lead, second_factor=True, at=now),
        at=now,
    )
    assert made is not None
    AccessRequest.objects.create(email="asking@metropolitan.police.example")
    invitations.take_in_requests()
    invitation, token = made
    return {"invitation": invitation.ref, "token": token}


def _signing_in_with_the_force() -> dict[str, str]:
    """The Met and Surrey sign in with their own accounts, at places that nothing asks here."""
    provider = IdentityProvider.objects.create(
        slug="metropolitan",
        organisation=Organisation.objects.get(slug="metropolitan"),
        issuer="https://sign-in.metropolitan.police.example",
        client_id="the-portal",
    )
    IdentityProvider.objects.create(
        slug="surrey",
        organisation=Organisation.objects.get(slug="surrey"),
        kind=IdentityProvider.Kind.SAML,
        issuer="https://sign-in.surrey.police.example",
        sso_address="https://sign-in.surrey.police.example/sso",
        certificate=key_and_certificate()[1],
    )
    officer = User.objects.get(email=MET_OFFICER)
    tie_force_account(officer, provider=provider, uid="of-the-met", by="system")
    return {}
