"""The words in which the access rule is written: markings, roles, states and audience terms."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum

HUB_SLUG = "hub"

NATIONAL = "national"
OWN = "own"
HUB = "hub"

# Stands in the groups of a document that has none, so that "no group, or one of mine" is one In.
NO_GROUP = "-"

# Stand for "no visible-from" and "no visible-until". Both fit every engine: tantivy counts
# nanoseconds in 64 bits (1677 to 2262), and a time zone shift must not leave Python's own range.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class Marking(IntEnum):
    """Ordered: OFFICIAL-SENSITIVE is a handling caveat within OFFICIAL, and ranks above it."""

    OFFICIAL = 1
    OFFICIAL_SENSITIVE = 2


class Role(StrEnum):
    """What a person does in the organisation of the current membership."""

    OFFICER = "officer"
    AUTHOR = "author"
    APPROVER = "approver"
    HUB_EDITOR = "hub-editor"
    HUB_APPROVER = "hub-approver"
    INFORMATION_RIGHTS = "information-rights"
    AUDITOR = "auditor"
    PARTNER = "partner"
    ADMINISTRATOR = "administrator"


class State(StrEnum):
    """Where a document stands in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class OrganisationKind(StrEnum):
    """What an organisation is, which decides the audience terms its people carry."""

    FORCE = "force"
    SPECIAL = "special"
    AGENCY = "agency"
    HUB = "hub"
    PARTNER = "partner"
    OVERSIGHT = "oversight"


# Withdrawn and superseded pages stay readable to their old audience, with reason and successor.
OPEN_STATES = frozenset({State.PUBLISHED, State.WITHDRAWN, State.SUPERSEDED})
EDITING_ROLES = frozenset({Role.AUTHOR, Role.APPROVER, Role.HUB_EDITOR, Role.HUB_APPROVER})
READING_ROLES = frozenset(Role) - {Role.AUDITOR, Role.ADMINISTRATOR}
POLICING_KINDS = frozenset(
    {OrganisationKind.FORCE, OrganisationKind.SPECIAL, OrganisationKind.AGENCY}
)


def region_term(slug: str) -> str:
    """Audience term of every force in a region."""
    return f"region:{slug}"


def force_term(slug: str) -> str:
    """Audience term of one force."""
    return f"force:{slug}"


def partner_term(slug: str) -> str:
    """Audience term of one partner organisation."""
    return f"partner:{slug}"


def person_key(person_id: str) -> str:
    """Review key of a person named by an open review task."""
    return f"person:{person_id}"


def role_key(role: str, *, organisation: str) -> str:
    """Review key of a role, in one organisation, named by an open review task."""
    return f"role:{role}@{organisation}"
