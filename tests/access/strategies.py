"""Hypothesis strategies for viewers, documents and audience facts over a small world."""

from dataclasses import fields

from hypothesis import strategies as st

from access.policy import Document, Viewer
from access.specimens import BOUNDARIES, GROUPS, MOMENTS, ORGANISATIONS, PHASES, Organisation
from access.vocabulary import (
    HUB,
    NATIONAL,
    OWN,
    POLICING_KINDS,
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
from access.widening import AudienceFacts

PEOPLE = ("P-ANN", "P-BEN", "P-CAT")
REFS = ("GD-AAAAA", "GD-BBBBB", "GD-CCCCC")
REGIONS = {each.slug: each.region or "" for each in ORGANISATIONS if each.kind in POLICING_KINDS}
AUDIENCE_TERMS = (
    NATIONAL,
    OWN,
    HUB,
    *sorted({region_term(region) for region in REGIONS.values() if region}),
    *(force_term(slug) for slug in REGIONS),
    *(partner_term(each.slug) for each in ORGANISATIONS if each.kind is OrganisationKind.PARTNER),
)
REVIEW_KEYS = (
    *(person_key(person) for person in PEOPLE),
    *(role_key(role, organisation=slug) for role in Role for slug in ("castle", "hub")),
)

moments = st.sampled_from(MOMENTS)
markings = st.sampled_from(Marking)
audiences = st.frozensets(st.sampled_from(AUDIENCE_TERMS), max_size=4)
groups = st.frozensets(st.sampled_from(GROUPS), max_size=2)
boundaries = st.none() | st.sampled_from(BOUNDARIES)
phases = st.sampled_from(PHASES)
owners = st.sampled_from([each.slug for each in ORGANISATIONS])


def _viewers_of(organisation: Organisation) -> st.SearchStrategy[Viewer]:
    return st.builds(
        Viewer,
        person_id=st.sampled_from((*PEOPLE, "")),
        # Mostly let in: a viewer refused at the first step tests no other.
        active=st.sampled_from((True, True, True, False)),
        organisation=st.just(organisation.slug),
        organisation_kind=st.just(organisation.kind),
        region=st.just(organisation.region),
        admitted=st.sampled_from((True, True, True, False)),
        phase=st.just(organisation.phase),
        roles=st.frozensets(st.sampled_from(Role), max_size=2),
        groups=groups,
        ceiling=markings,
        second_factor=st.booleans(),
        grants=st.frozensets(st.sampled_from(REFS), max_size=2),
    )


viewers = st.sampled_from(ORGANISATIONS).flatmap(_viewers_of)
documents = st.builds(
    Document,
    ref=st.sampled_from(REFS),
    owner=owners,
    author=st.sampled_from((*PEOPLE, "")),
    marking=markings,
    audience=audiences,
    groups=groups,
    visible_from=boundaries,
    visible_until=boundaries,
    state=st.sampled_from((*State, State.PUBLISHED, State.PUBLISHED)),
    latest_phase=phases,
    review=st.frozensets(st.sampled_from(REVIEW_KEYS), max_size=2),
    access_version=st.just(1),
)
audience_facts = st.builds(
    AudienceFacts,
    marking=markings,
    audience=audiences,
    groups=groups,
    visible_from=boundaries,
    visible_until=boundaries,
    latest_phase=phases,
    owner=owners,
)
AUDIENCE_FACT_NAMES = tuple(each.name for each in fields(AudienceFacts))
