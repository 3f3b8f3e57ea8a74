"""The people and the documents that the tests of the access rule speak of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from access.policy import Document, Viewer
from access.vocabulary import Marking, OrganisationKind, Role, State

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
OFFICIAL, SENSITIVE = Marking.OFFICIAL, Marking.OFFICIAL_SENSITIVE


def some(*values: str) -> frozenset[str]:
    """Write a set of terms, groups or keys shortly."""
    return frozenset(values)


# --- Who asks. Castle and Moor are forces of the North; Rail is a special force of no region. ---
CASTLE_OFFICER = Viewer(
    person_id="P-ANN",
    active=True,
    organisation="castle",
    organisation_kind=OrganisationKind.FORCE,
    region="north",
    admitted=True,
    phase=1,
    roles=frozenset({Role.OFFICER}),
    groups=frozenset(),
    ceiling=SENSITIVE,
    second_factor=True,
    grants=frozenset(),
)
CASTLE_AUTHOR = replace(CASTLE_OFFICER, person_id="P-BEN", roles=frozenset({Role.AUTHOR}))
CASTLE_APPROVER = replace(CASTLE_OFFICER, person_id="P-CAT", roles=frozenset({Role.APPROVER}))
MOOR_OFFICER = replace(CASTLE_OFFICER, person_id="P-DAN", organisation="moor", phase=2)
MOOR_AUTHOR = replace(MOOR_OFFICER, person_id="P-EVE", roles=frozenset({Role.AUTHOR}))
HARBOUR_OFFICER = replace(
    CASTLE_OFFICER, person_id="P-FAY", organisation="harbour", region="south", phase=3
)
RAIL_OFFICER = replace(
    CASTLE_OFFICER,
    person_id="P-GUS",
    organisation="rail",
    organisation_kind=OrganisationKind.SPECIAL,
    region=None,
)
AGENCY_OFFICER = replace(
    RAIL_OFFICER,
    person_id="P-HAL",
    organisation="crime-agency",
    organisation_kind=OrganisationKind.AGENCY,
)
HUB_EDITOR = replace(
    RAIL_OFFICER,
    person_id="P-IDA",
    organisation="hub",
    organisation_kind=OrganisationKind.HUB,
    phase=0,
    roles=frozenset({Role.HUB_EDITOR}),
)
HUB_READER = replace(HUB_EDITOR, person_id="P-JIM", roles=frozenset({Role.INFORMATION_RIGHTS}))
CHARITY_PARTNER = replace(
    HUB_EDITOR,
    person_id="P-KIT",
    organisation="charity",
    organisation_kind=OrganisationKind.PARTNER,
    roles=frozenset({Role.PARTNER}),
)
AUDITOR = replace(
    HUB_EDITOR,
    person_id="P-LEE",
    organisation="inspectors",
    organisation_kind=OrganisationKind.OVERSIGHT,
    roles=frozenset({Role.AUDITOR}),
)
CASTLE_ADMINISTRATOR = replace(
    CASTLE_OFFICER, person_id="P-MAX", roles=frozenset({Role.ADMINISTRATOR})
)
# Wrote for Castle, has moved to Moor since.
MOVER = replace(MOOR_AUTHOR, person_id="P-BEN")

# --- What is asked for. Each belongs to Castle and was written by P-BEN. ---
NATIONAL = Document(
    ref="GD-AAAAA",
    owner="castle",
    author="P-BEN",
    marking=OFFICIAL,
    audience=some("national"),
    groups=frozenset(),
    visible_from=None,
    visible_until=None,
    state=State.PUBLISHED,
    latest_phase=3,
    review=frozenset(),
    access_version=1,
)
OWN = replace(NATIONAL, audience=some("own"))
NOBODY = replace(NATIONAL, audience=frozenset())
REGIONAL = replace(NATIONAL, audience=some("region:north"))
FOR_MOOR = replace(NATIONAL, audience=some("force:moor"))
FOR_RAIL = replace(NATIONAL, audience=some("force:rail"))
FOR_HUB = replace(NATIONAL, audience=some("own", "hub"))
FOR_CHARITY = replace(NATIONAL, audience=some("partner:charity"))
HUB_OWN = replace(NATIONAL, owner="hub", author="P-IDA", audience=some("own"))
SECRETIVE = replace(NATIONAL, marking=SENSITIVE)
KIDNAP = replace(NATIONAL, groups=some("kidnap"))
DRAFT = replace(NATIONAL, state=State.DRAFT)
WITHDRAWN = replace(NATIONAL, state=State.WITHDRAWN)
SUPERSEDED = replace(NATIONAL, state=State.SUPERSEDED)
EARLY = replace(NATIONAL, visible_from=NOON)
LATE = replace(NATIONAL, visible_until=NOON)
LONDON_FIRST = replace(NATIONAL, latest_phase=1)
NAMED_REVIEW = replace(DRAFT, review=some("person:P-DAN"))
ROLE_REVIEW = replace(DRAFT, review=some("role:approver@moor"))
HUB_REVIEW = replace(DRAFT, review=some("role:hub-approver@hub"))


def granted(viewer: Viewer) -> Viewer:
    """The same person holding a live break-glass grant for the documents of this table."""
    return replace(viewer, grants=frozenset({NATIONAL.ref}))


def inactive(viewer: Viewer) -> Viewer:
    """The same person, switched off."""
    return replace(viewer, active=False)


def waiting(viewer: Viewer) -> Viewer:
    """The same person in a force that the roll-out has not reached."""
    return replace(viewer, admitted=False)


def one_factor(viewer: Viewer) -> Viewer:
    """The same person in a session without a second factor."""
    return replace(viewer, second_factor=False)


def official_only(viewer: Viewer) -> Viewer:
    """The same person, cleared for OFFICIAL only."""
    return replace(viewer, ceiling=OFFICIAL)


def in_group(viewer: Viewer, group: str = "kidnap") -> Viewer:
    """The same person as a member of a need-to-know group."""
    return replace(viewer, groups=frozenset({group}))


def acting_as(viewer: Viewer, *roles: Role) -> Viewer:
    """The same person with other roles."""
    return replace(viewer, roles=frozenset(roles))
