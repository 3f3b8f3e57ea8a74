"""Organisations, people and their memberships; how they get in."""

from forces.models.doors import (
    AccessRequest,
    EmailDomain,
    ForceAccountRequest,
    IdentityProvider,
    Invitation,
    PersonSession,
)
from forces.models.people import (
    ROLE_LABELS,
    ROLES_OF_KIND,
    BreakGlassGrant,
    GroupMembership,
    Membership,
    Nation,
    NeedToKnowGroup,
    Organisation,
    Region,
    RolloutPhase,
    User,
    UserManager,
    new_public_id,
)
from forces.models.proposals import Proposal
from forces.models.provisioning import DirectoryKey, DirectoryPerson, PeopleList

__all__ = [
    "ROLES_OF_KIND",
    "ROLE_LABELS",
    "AccessRequest",
    "BreakGlassGrant",
    "DirectoryKey",
    "DirectoryPerson",
    "EmailDomain",
    "ForceAccountRequest",
    "GroupMembership",
    "IdentityProvider",
    "Invitation",
    "Membership",
    "Nation",
    "NeedToKnowGroup",
    "Organisation",
    "PeopleList",
    "PersonSession",
    "Proposal",
    "Region",
    "RolloutPhase",
    "User",
    "UserManager",
    "new_public_id",
]
