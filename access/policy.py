"""The specification of who may read a document: one pure function over two sets of facts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from access.vocabulary import (
    EDITING_ROLES,
    HUB,
    NATIONAL,
    OPEN_STATES,
    OWN,
    POLICING_KINDS,
    READING_ROLES,
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

POLICY_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The facts about who is asking, read from the database for every request."""

    person_id: str
    active: bool
    organisation: str
    organisation_kind: OrganisationKind | None
    region: str | None
    admitted: bool
    phase: int
    roles: frozenset[Role]
    groups: frozenset[str]
    ceiling: Marking
    second_factor: bool
    grants: frozenset[str]

    @property
    def effective_ceiling(self) -> Marking:
        """The highest marking this session may read: OFFICIAL without a second factor."""
        return self.ceiling if self.second_factor else Marking.OFFICIAL

    @property
    def audience_terms(self) -> frozenset[str]:
        """The audiences this viewer belongs to; none for auditors and mere administrators."""
        if Role.AUDITOR in self.roles or not self.roles & READING_ROLES:
            return frozenset()
        if self.organisation_kind in POLICING_KINDS:
            terms = {NATIONAL, force_term(self.organisation)}
            return frozenset(terms | {region_term(self.region)} if self.region else terms)
        if self.organisation_kind is OrganisationKind.HUB:
            return frozenset({NATIONAL, HUB})
        if self.organisation_kind is OrganisationKind.PARTNER:
            return frozenset({partner_term(self.organisation)})
        return frozenset()

    @property
    def review_keys(self) -> frozenset[str]:
        """The names by which an open review task may call this viewer."""
        keys = {role_key(role, organisation=self.organisation) for role in self.roles}
        return frozenset(keys | {person_key(self.person_id)} if self.person_id else keys)


ANONYMOUS = Viewer(
    person_id="",
    active=False,
    organisation="",
    organisation_kind=None,
    region=None,
    admitted=False,
    phase=0,
    roles=frozenset(),
    groups=frozenset(),
    ceiling=Marking.OFFICIAL,
    second_factor=False,
    grants=frozenset(),
)


@dataclass(frozen=True, slots=True)
class Document:
    """The facts about what is asked for. `visible_until` is the first instant it is closed."""

    ref: str
    owner: str
    author: str
    marking: Marking
    audience: frozenset[str]
    groups: frozenset[str]
    visible_from: datetime | None
    visible_until: datetime | None
    state: State
    latest_phase: int
    review: frozenset[str]
    access_version: int


class Reason(StrEnum):
    """One value per clause, in the order of the rule; the trail records it with its step."""

    step: int
    allows: bool

    def __new__(cls, value: str, step: int, allows: bool) -> "Reason":  # noqa: FBT001 - enum value
        """Let a member carry the number of its step and its answer."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.step = step
        member.allows = allows
        return member

    INACTIVE = "inactive", 1, False
    NOT_ADMITTED = "not-admitted", 1, False
    MARKING = "marking", 2, False
    NEED_TO_KNOW = "need-to-know", 3, False
    AUTHOR = "author", 4, True
    EDITOR = "editor", 4, True
    REVIEWER = "reviewer", 4, True
    NOT_PUBLISHED = "not-published", 5, False
    EMBARGO = "embargo", 5, False
    EXPIRED = "expired", 5, False
    PHASE = "phase", 5, False
    GRANT = "grant", 6, True
    AUDIENCE = "audience", 7, True
    OUTSIDE_AUDIENCE = "outside-audience", 7, False


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer and the clause that gave it."""

    allowed: bool
    reason: Reason


def decide(viewer: Viewer, document: Document, *, at: datetime) -> Decision:
    """Decide whether the viewer may read the document at that instant.

    This is the rule of the access design, step by step; the first step that answers decides, and
    every refusal by status, marking or need-to-know comes before anything that could undo it.
    An administrator has no right to content, and an auditor reads text through a grant only:
    neither carries any audience term. Whoever is let in by a review task (`Reason.REVIEWER`)
    may read the revision under review, and no other.
    """
    reason = (
        _step_1_admission(viewer)
        or _step_2_marking(viewer, document)
        or _step_3_need_to_know(viewer, document)
        or _step_4_duty(viewer, document)
        or _step_5_publication(viewer, document, at=at)
        or _step_6_grant(viewer, document)
        or _step_7_audience(viewer, document)
    )
    return Decision(reason.allows, reason)


def _step_1_admission(viewer: Viewer) -> Reason | None:
    """1. Inactive viewer, or a force not yet admitted in the roll-out: no."""
    if not viewer.active:
        return Reason.INACTIVE
    if not viewer.admitted:
        return Reason.NOT_ADMITTED
    return None


def _step_2_marking(viewer: Viewer, document: Document) -> Reason | None:
    """2. Marking above the viewer's ceiling (OFFICIAL without a second factor): no."""
    return Reason.MARKING if document.marking > viewer.effective_ceiling else None


def _step_3_need_to_know(viewer: Viewer, document: Document) -> Reason | None:
    """3. Need-to-know groups set, the viewer in none (author in the owner force excepted): no."""
    if document.groups and not document.groups & viewer.groups:
        return None if _is_author_in_owner(viewer, document) else Reason.NEED_TO_KNOW
    return None


def _step_4_duty(viewer: Viewer, document: Document) -> Reason | None:
    """4. Author in the owner force, its editors and approvers, an open review task: yes."""
    if _is_author_in_owner(viewer, document):
        return Reason.AUTHOR
    if viewer.organisation == document.owner and viewer.roles & EDITING_ROLES:
        return Reason.EDITOR
    if document.review & viewer.review_keys:
        return Reason.REVIEWER
    return None


def _step_5_publication(viewer: Viewer, document: Document, *, at: datetime) -> Reason | None:
    """5. Not published, before visible-from, from visible-until on, or outside the phase: no."""
    if document.state not in OPEN_STATES:
        return Reason.NOT_PUBLISHED
    if document.visible_from is not None and at < document.visible_from:
        return Reason.EMBARGO
    if document.visible_until is not None and at >= document.visible_until:
        return Reason.EXPIRED
    if viewer.phase > document.latest_phase:
        return Reason.PHASE
    return None


def _step_6_grant(viewer: Viewer, document: Document) -> Reason | None:
    """6. Break-glass grant for this document: yes (it widens the audience only)."""
    return Reason.GRANT if document.ref in viewer.grants else None


def _step_7_audience(viewer: Viewer, document: Document) -> Reason:
    """7. Audience matches: yes. Otherwise: no."""
    terms = viewer.audience_terms
    if terms & document.audience:
        return Reason.AUDIENCE
    if terms and OWN in document.audience and viewer.organisation == document.owner:
        return Reason.AUDIENCE
    return Reason.OUTSIDE_AUDIENCE


def _is_author_in_owner(viewer: Viewer, document: Document) -> bool:
    """Whether the viewer wrote the document and still belongs to the force that owns it."""
    wrote = bool(document.author) and viewer.person_id == document.author
    return wrote and viewer.organisation == document.owner
