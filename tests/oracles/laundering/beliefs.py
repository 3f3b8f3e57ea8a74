"""What the laundering machine believes: who was told whom, kept by hand beside the portal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from access.policy import Document, Reason, Viewer, decide
from access.vocabulary import EDITING_ROLES, HUB_SLUG, Marking, OrganisationKind, Role, State
from forces.models import User

REGIONS = {"kent": "ersou", "essex": "ersou", "metropolitan": "london", "btp": ""}
DUTIES = (Reason.AUTHOR, Reason.EDITOR)


@dataclass
class Person:
    """Somebody's facts, as the machine last changed them."""

    name: str
    user: User
    organisation: str
    roles: frozenset[Role]
    groups: frozenset[str] = frozenset()
    active: bool = True

    def viewer(self, *, strong: bool) -> Viewer:
        """The viewer that the rule gets, from these facts and not from the database."""
        kinds = {HUB_SLUG: OrganisationKind.HUB, "riverside": OrganisationKind.PARTNER}
        kinds |= {"oversight": OrganisationKind.OVERSIGHT, "btp": OrganisationKind.SPECIAL}
        return Viewer(
            person_id=self.user.public_id,
            active=self.active,
            organisation=self.organisation,
            organisation_kind=kinds.get(self.organisation, OrganisationKind.FORCE),
            region=REGIONS.get(self.organisation) or None,
            admitted=True,
            phase=1,
            roles=self.roles,
            groups=self.groups,
            ceiling=Marking.OFFICIAL_SENSITIVE,
            second_factor=strong,
            grants=frozenset(),
        )


@dataclass(repr=False)
class Text:
    """Words and the facts under which they were written.

    A narrowing adds a layer: whoever reads must be let in by every layer. So the machine needs
    no arithmetic of audiences, and cannot repeat a fault of the portal's.
    """

    words: frozenset[str]
    layers: list[Document]
    editor: str = ""
    pk: int = 0
    # The word that stands in the title only, as a copy's does: the next copy has another title.
    title: str = ""

    def reasons(self, viewer: Viewer, *, state: State, at: datetime) -> list[Reason]:
        """What the rule says by each layer."""
        return [decide(viewer, replace(one, state=state), at=at).reason for one in self.layers]

    def __repr__(self) -> str:
        """Short enough for a failing assertion."""
        facts = [
            f"{one.audience} {one.marking:d} {one.groups} {one.visible_from} {one.visible_until}"
            for one in self.layers
        ]
        return f"{sorted(self.words)} by {self.editor} for {facts}"

    def is_duty_of(self, viewer: Viewer, *, at: datetime) -> bool:
        """Whether the viewer reads it as author or editor."""
        return all(one in DUTIES for one in self.reasons(viewer, state=State.DRAFT, at=at))

    def reaches_beyond(self, owner: str) -> bool:
        """Whether people of another organisation are told."""
        return not frozenset.intersection(*map(_organisations, self.layers)) <= {owner}


def _organisations(facts: Document) -> frozenset[str]:
    found: set[str] = set()
    for term in facts.audience:
        kind, _, slug = term.partition(":")
        if kind == "national":
            found |= {*REGIONS, HUB_SLUG}
        elif kind == "region":
            found |= {force for force, region in REGIONS.items() if region == slug}
        else:
            found.add({"own": facts.owner, "hub": HUB_SLUG}.get(kind, slug))
    return frozenset(found)


@dataclass
class Yes:
    """An approval, and how often the page had been narrowed when it was given."""

    approver: str
    narrowings: int


@dataclass(repr=False)
class Shelf:
    """One document: its live row, every revision, and who has said yes to the newest."""

    pk: int
    ref: str
    owner: str
    author: str
    row: Text
    revisions: list[Text]
    state: State = State.DRAFT
    stage: str = ""
    approvals: dict[tuple[int, str], Yes] = field(default_factory=dict)
    narrowings: int = 0
    submitted: bool = False
    # Who asked for deletion, and of which revision.
    asked: tuple[str, int] | None = None

    def __repr__(self) -> str:
        """Short enough for a failing assertion."""
        state = f"{self.ref} of {self.owner}: {self.state}, step {self.stage!r}"
        return f"{state}; live {self.row}; newest {self.newest}"

    @property
    def newest(self) -> Text:
        """The draft that an editor opens."""
        return self.revisions[-1]

    def is_open_to(self, viewer: Viewer, *, at: datetime) -> bool:
        """Whether the live row is the viewer's to read."""
        reasons = self.row.reasons(viewer, state=self.state, at=at)
        return all(reason.allows and reason is not Reason.REVIEWER for reason in reasons)

    def is_edited_by(self, viewer: Viewer, *, at: datetime) -> bool:
        """Whether the viewer may open it in the admin as one of its own people."""
        duties = self.row.is_duty_of(viewer, at=at) and self.newest.is_duty_of(viewer, at=at)
        return duties and bool(viewer.roles & EDITING_ROLES)

    def may_be_deleted_by(self, person: Person, *, action: str) -> bool:
        """Whether one of its editors, by this button, ends it or has a word in its end."""
        me = person.user.public_id
        leads = {(self.owner, Role.APPROVER), (HUB_SLUG, Role.HUB_APPROVER)}
        decides = any((person.organisation, role) in leads for role in person.roles)
        decides = decides and person.organisation == self.owner
        if action == "own-draft":
            alone = all(text.editor == me for text in self.revisions) and self.author == me
            return alone and not self.submitted and self.state is State.DRAFT
        if action == "ask":
            return self.asked is None and self.state is not State.PUBLISHED
        if self.asked is None:
            return False
        if action == "keep":
            return decides or self.asked[0] == me
        is_same = self.asked[1] == self.newest.pk and self.state is not State.PUBLISHED
        return decides and self.asked[0] != me and is_same

    def is_reviewed_by(self, viewer: Viewer, *, at: datetime) -> bool:
        """Whether the open step of the newest revision is the viewer's to take."""
        if not self.stage:
            return False
        role, place = stage_role(self.stage, owner=self.owner)
        if not (viewer.organisation == place and role in viewer.roles and viewer.active):
            return False
        kept_out = (Reason.MARKING, Reason.NEED_TO_KNOW)
        reasons = self.row.reasons(viewer, state=self.state, at=at)
        reasons += self.newest.reasons(viewer, state=State.DRAFT, at=at)
        return not any(reason in kept_out for reason in reasons)

    def words_for(self, viewer: Viewer, *, at: datetime) -> frozenset[str]:
        """Every word of it that this viewer may come across, on whatever page."""
        words: frozenset[str] = frozenset()
        if self.is_open_to(viewer, at=at):
            words |= self.row.words
        if self.is_reviewed_by(viewer, at=at):
            words |= self.newest.words
        if self.is_edited_by(viewer, at=at):
            for text in self.revisions:
                words |= text.words if text.is_duty_of(viewer, at=at) else frozenset()
        return words

    def stages(self) -> tuple[str, ...]:
        """Whose yes the newest revision needs."""
        if self.owner == HUB_SLUG:
            return ("hub",)
        return ("force", "hub") if self.newest.reaches_beyond(self.owner) else ("force",)

    def next_stage(self) -> str:
        """The first step that nobody has taken yet, "" when there is none."""
        pk = self.newest.pk
        return next((one for one in self.stages() if (pk, one) not in self.approvals), "")

    def publish(self) -> None:
        """The newest revision goes live; what was not agreed to since the last narrowing stays."""
        given = [self.approvals[self.newest.pk, one] for one in self.stages()]
        agreed = all(yes.narrowings == self.narrowings for yes in given)
        first = self.state is State.DRAFT
        kept = [] if agreed or first else self.row.layers
        self.newest.layers = [*kept, *self.newest.layers]
        self.row = replace(self.newest, layers=list(self.newest.layers))
        self.state, self.stage = State.PUBLISHED, ""


def stage_role(stage: str, *, owner: str) -> tuple[Role, str]:
    """Which role of which organisation takes a step."""
    return (Role.HUB_APPROVER, HUB_SLUG) if stage == "hub" else (Role.APPROVER, owner)
