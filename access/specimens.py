"""Seeded viewers and documents on which the compiled forms of the access rule are compared."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from access.policy import Document, Viewer
from access.vocabulary import (
    HUB,
    HUB_SLUG,
    NATIONAL,
    OPEN_STATES,
    OWN,
    Marking,
    OrganisationKind,
    Role,
    State,
    force_term,
    partner_term,
    person_key,
    region_term,
    role_key,
)

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
# Viewers ask at these instants, and visible-from and -until fall on and around them.
MOMENTS = (NOON, NOON + INSTANT, NOON + timedelta(days=1))
BOUNDARIES = tuple(
    sorted({moment + step for moment in MOMENTS for step in (-INSTANT, timedelta(), INSTANT)})
)
GROUPS = ("cold-case", "source-handling", "online-abuse", "kidnap")
PHASES = (1, 2, 3)
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as far as the rule looks at it."""

    slug: str
    kind: OrganisationKind
    region: str | None
    phase: int


ORGANISATIONS = (
    Organisation("castle", OrganisationKind.FORCE, "north", 1),
    Organisation("moor", OrganisationKind.FORCE, "north", 2),
    Organisation("fell", OrganisationKind.FORCE, "north", 3),
    Organisation("harbour", OrganisationKind.FORCE, "south", 1),
    Organisation("downs", OrganisationKind.FORCE, "south", 3),
    Organisation("capital", OrganisationKind.FORCE, "london", 1),
    Organisation("rail", OrganisationKind.SPECIAL, None, 2),
    Organisation("crime-agency", OrganisationKind.AGENCY, None, 2),
    Organisation(HUB_SLUG, OrganisationKind.HUB, None, 0),
    Organisation("charity", OrganisationKind.PARTNER, None, 0),
    Organisation("university", OrganisationKind.PARTNER, None, 0),
    Organisation("inspectors", OrganisationKind.OVERSIGHT, None, 0),
)

_FORCE_ROLES = (
    (Role.OFFICER,),
    (Role.OFFICER, Role.AUTHOR),
    (Role.OFFICER, Role.AUTHOR),
    (Role.OFFICER, Role.APPROVER),
    (Role.OFFICER, Role.INFORMATION_RIGHTS),
    (Role.ADMINISTRATOR,),
)
_ROLES = {
    OrganisationKind.HUB: (
        (Role.HUB_EDITOR,),
        (Role.HUB_APPROVER,),
        (Role.INFORMATION_RIGHTS,),
        (Role.ADMINISTRATOR,),
        (Role.OFFICER,),
    ),
    OrganisationKind.PARTNER: ((Role.PARTNER,),),
    OrganisationKind.OVERSIGHT: ((Role.AUDITOR,), (Role.AUDITOR, Role.OFFICER)),
}

_CHANCES = {
    NATIONAL: 0.5,
    OWN: 0.6,
    HUB: 0.4,
    **{
        partner_term(each.slug): 0.2
        for each in ORGANISATIONS
        if each.kind is OrganisationKind.PARTNER
    },
    **{force_term(each.slug): 0.06 for each in ORGANISATIONS if each.phase},
    **{region_term(each.region): 0.15 for each in ORGANISATIONS if each.region},
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Viewers, each with the instant of asking, and the documents they ask for."""

    viewers: tuple[tuple[Viewer, datetime], ...]
    documents: tuple[Document, ...]


def sample(seed: int, *, viewers: int, documents: int) -> Sample:
    """Draw a sample; the same seed and counts give the same one, on every machine."""
    # Not a secret: a reproducible draw is the point.
    draw = random.Random(seed)  # noqa: S311
    people = tuple(_viewer(draw, number=number) for number in range(viewers))
    texts = tuple(_document(draw, ref=ref, people=people) for ref in _references(draw, documents))
    return Sample(
        viewers=tuple(
            (_with_grants(draw, one, texts=texts), draw.choice(MOMENTS)) for one in people
        ),
        documents=texts,
    )


def _references(draw: random.Random, count: int) -> Iterator[str]:
    """Give references as the portal does: opaque, and each of them once."""
    seen: set[str] = set()
    while len(seen) < count:
        ref = "GD-" + "".join(draw.choices(REFERENCE_LETTERS, k=REFERENCE_LENGTH))
        if ref not in seen:
            seen.add(ref)
            yield ref


def _viewer(draw: random.Random, *, number: int) -> Viewer:
    """Draw a viewer; organisations and refusals take turns: a small sample misses none of them."""
    organisation = ORGANISATIONS[number % len(ORGANISATIONS)]
    return Viewer(
        person_id=f"P-{number:05d}",
        active=number % 19 != 7,
        organisation=organisation.slug,
        organisation_kind=organisation.kind,
        region=organisation.region,
        admitted=number % 23 != 11,
        phase=organisation.phase,
        roles=frozenset(draw.choice(_ROLES.get(organisation.kind, _FORCE_ROLES))),
        groups=frozenset(group for group in GROUPS if draw.random() < 0.4),
        ceiling=draw.choice((Marking.OFFICIAL, *3 * (Marking.OFFICIAL_SENSITIVE,))),
        second_factor=draw.random() < 0.85,
        grants=frozenset(),
    )


def _document(draw: random.Random, *, ref: str, people: tuple[Viewer, ...]) -> Document:
    owner = draw.choice(ORGANISATIONS)
    opens_at, closes_at = _window(draw)
    return Document(
        ref=ref,
        owner=owner.slug,
        author=_author(draw, owner=owner, people=people),
        marking=Marking.OFFICIAL_SENSITIVE if draw.random() < 0.25 else Marking.OFFICIAL,
        audience=_audience(draw),
        groups=frozenset(draw.sample(GROUPS, k=draw.choice((1, 1, 2))))
        if draw.random() < 0.15
        else frozenset(),
        visible_from=opens_at,
        visible_until=closes_at,
        state=draw.choice(tuple(State)) if draw.random() < 0.4 else State.PUBLISHED,
        latest_phase=draw.choice((*PHASES, *5 * (PHASES[-1],))),
        review=_review(draw, people=people),
        access_version=draw.randrange(1, 9),
    )


def _author(draw: random.Random, *, owner: Organisation, people: tuple[Viewer, ...]) -> str:
    """Mostly somebody of the owner; else a mover, whose old text it is."""
    colleagues = [one for one in people if one.organisation == owner.slug]
    return draw.choice(colleagues if colleagues and draw.random() < 0.9 else people).person_id


def _audience(draw: random.Random) -> frozenset[str]:
    """Mix the terms, each kind often enough to be decisive; some documents get none."""
    terms = {term for term, chance in _CHANCES.items() if draw.random() < chance}
    return frozenset(terms)


def _window(draw: random.Random) -> tuple[datetime | None, datetime | None]:
    """Draw visible-from and visible-until, in that order where both are set."""
    opens_at, closes_at = sorted(draw.sample(BOUNDARIES, k=2))
    return (
        opens_at if draw.random() < 0.2 else None,
        closes_at if draw.random() < 0.2 else None,
    )


def _review(draw: random.Random, *, people: tuple[Viewer, ...]) -> frozenset[str]:
    """Name a person, or a role in an organisation, on some of the documents."""
    keys = set()
    if draw.random() < 0.3:
        keys |= {person_key(one.person_id) for one in draw.sample(people, k=min(2, len(people)))}
    if draw.random() < 0.3:
        named = draw.choice(people)
        keys |= {role_key(role, organisation=named.organisation) for role in named.roles}
    return frozenset(keys)


def _with_grants(draw: random.Random, viewer: Viewer, *, texts: tuple[Document, ...]) -> Viewer:
    """Grant half of the viewers some documents, most of them open ones that a grant can open."""
    if draw.random() < 0.5:
        return viewer
    opened = [each.ref for each in texts if each.state in OPEN_STATES]
    refs = draw.sample(opened, k=math.ceil(len(opened) / 12))
    return replace(viewer, grants=frozenset(refs))
