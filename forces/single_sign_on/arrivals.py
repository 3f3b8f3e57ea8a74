"""From what a provider says to a person here: tied before, invited, or asking."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from audit.events import Event
from audit.record import record
from forces.giving import organisation_of
from forces.invitations import ask_by_force_account, join_by_force_account
from forces.models import IdentityProvider, User
from forces.services import tie_force_account
from forces.single_sign_on.claims import Identity, Refusal, RefusedError
from forces.viewers import viewer_for


@transaction.atomic
def person_arriving(identity: Identity, *, provider: IdentityProvider, at: datetime) -> User | None:
    """Who is signing in; None where a lead has been asked first.

    Issuer and subject say who it is. The domain of the address is a second condition, and never
    finds anybody. Raises RefusedError.
    """
    if organisation_of(identity.email) != provider.organisation:
        raise RefusedError(Refusal.DOMAIN)
    tied = SocialAccount.objects.filter(provider=provider.slug, uid=identity.uid)
    account = tied.select_related("user").first()
    if account is None:
        return _newcomer(identity, provider=provider, at=at)
    person: User = account.user
    viewer = viewer_for(person, second_factor=False, at=at)
    if viewer.organisation != provider.organisation.slug:
        raise RefusedError(Refusal.ELSEWHERE)
    return person


def _newcomer(identity: Identity, *, provider: IdentityProvider, at: datetime) -> User | None:
    """Somebody whom a lead has invited joins by this; everybody else asks."""
    person = join_by_force_account(
        identity.email, name=identity.name, organisation=provider.organisation, at=at
    )
    if person is None:
        ask_by_force_account(
            identity.email,
            name=identity.name,
            provider=provider,
            uid=identity.uid,
            roles=identity.suggested,
        )
        return None
    tie_force_account(person, provider=provider, uid=identity.uid, by=person.public_id)
    return person


def record_refusal(reason: Refusal, *, provider: str, request_id: str) -> None:
    """A row in the trail: the provider and the reason, and nobody's name."""
    record(
        Event.SIGN_IN_FAILED,
        actor="",
        reason=reason.value,
        request_id=request_id,
        detail={"provider": provider[:40]},
    )
