"""Which roles somebody may give, alone or with a second person, and whose address is whose."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError

from access.policy import Viewer
from access.vocabulary import OrganisationKind, Role
from forces.models import ROLES_OF_KIND, EmailDomain, Organisation
from forces.services import may_manage_groups, may_manage_people

# A lead asks in readers and authors; another lead is the hub's to make.
GIVEN_BY_LEADS = frozenset({Role.OFFICER, Role.AUTHOR})
# An administrator has no right to content, and so none to give: not to a second mailbox either.
GIVEN_BY_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
# Every other role approves, watches or looks after people: two give it.
GIVEN_BY_ONE = frozenset({Role.OFFICER, Role.AUTHOR, Role.PARTNER})


def roles_to_give(viewer: Viewer, organisation: Organisation) -> frozenset[Role]:
    """The roles that a viewer has a say in at an organisation; `needs_two` says of which kind."""
    allowed = ROLES_OF_KIND[organisation.kind]
    if may_manage_groups(viewer):
        return allowed
    if may_manage_people(viewer):
        return allowed & GIVEN_BY_ADMINISTRATORS
    own = viewer.organisation == organisation.slug and Role.APPROVER in viewer.roles
    return allowed & GIVEN_BY_LEADS if own else frozenset()


def roles_to_give_alone(viewer: Viewer, organisation: Organisation) -> frozenset[Role]:
    """The roles that an invitation by this viewer may carry."""
    if organisation.kind == OrganisationKind.HUB:
        return frozenset()
    return roles_to_give(viewer, organisation) & GIVEN_BY_ONE


def needs_two(organisation: Organisation, *, roles: Collection[Role]) -> bool:
    """Whether somebody else must confirm: every place at the hub, and every role but a few."""
    return organisation.kind == OrganisationKind.HUB or not GIVEN_BY_ONE.issuperset(roles)


def organisation_of(email: str) -> Organisation | None:
    """Whose domain an address has; only whole domains count, never the end of one."""
    domain = email.lower().rpartition("@")[2]
    found = EmailDomain.objects.filter(domain=domain).select_related("organisation")
    listed = found.filter(organisation__ended_at=None, ended_at=None).first()
    return listed.organisation if listed else None


def require_own_address(organisation: Organisation, email: str) -> None:
    """Raises ValidationError for an address that is not the organisation's."""
    if organisation_of(email) != organisation:
        message = "This address does not belong to %(name)s. Ask the hub to add its domain."
        raise ValidationError(message, params={"name": organisation.name})
