"""A small world: one document for each clause of the access rule, and everybody who looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone
from wagtail.signal_handlers import disable_reference_index_auto_update

from access.policy import ANONYMOUS, Reason, Viewer, decide
from access.policy import Document as Facts
from access.vocabulary import Marking, Role
from forces.models import (
    BreakGlassGrant,
    IdentityProvider,
    Organisation,
    PeopleList,
    RolloutPhase,
    User,
)
from forces.services import end_membership, join_group, move_person
from guidance import services
from guidance.facts import audience_facts, facts_of
from guidance.models import (
    Document,
    EvaluationPage,
    GuidancePage,
    LessonPage,
    PlatformPage,
    Review,
)
from portal.canary.documents import Canary, Place, publish, rewrite, write
from portal.canary.scene import (
    LONG_AGO,
    Cast,
    in_future,
    lay_out_scene,
    need_to_know,
    person,
    seen_by,
)
from search.best_bets import stems_key
from search.indexing import drain
from search.models import BestBet

GROUP = "inner-circle"
EDITORS = (Reason.AUTHOR, Reason.EDITOR)


@dataclass(frozen=True)
class Persona:
    """Somebody who looks, and how strongly they signed in; nobody for a visitor."""

    name: str
    user: User | None
    strong: bool = True

    def viewer(self) -> Viewer:
        """Who they are to the rule."""
        if self.user is None:
            return ANONYMOUS
        return seen_by(User.objects.get(pk=self.user.pk), second_factor=self.strong)


@dataclass(frozen=True)
class Version:
    """What the rule is asked about a canary: the row, and the newest revision under its reviews."""

    place: Place
    live: Facts
    draft: Facts

    def is_for(self, viewer: Viewer, *, at: datetime) -> bool:
        """Whether the specification lets this person read what holds the words."""
        live = decide(viewer, self.live, at=at)
        if self.place is Place.ROW and live.allowed:
            return True
        if live.reason in (Reason.MARKING, Reason.NEED_TO_KNOW):
            return False
        if self.place is Place.FORMER:
            return live.reason in EDITORS
        draft = decide(viewer, self.draft, at=at)
        return draft.reason in (*EDITORS, Reason.REVIEWER)


def version_of(canary: Canary) -> Version:
    """The facts as they are now."""
    document = canary.document
    revision = document.get_latest_revision()
    keys = Review.objects.filter(revision_pk=revision.pk, closed_at=None)
    draft = facts_of(revision.as_object(), review=keys.values_list("key", flat=True))
    return Version(canary.place, facts_of(document), draft)


def require_empty() -> None:
    """Refuse a database in which anybody lives: a crawl posts forms, and undoes them one by one."""
    if User.objects.exists() or Document.objects.exists():
        raise RuntimeError("This database is somebody's: the crawl lays out its own.")


class World:
    """The library, its canaries and the people who look."""

    def __init__(self) -> None:
        """Lay everything out through the services that people use, and index it."""
        lay_out_scene()
        self.cast = Cast()
        self._lay_out_forces()
        # Without a factor of their own a weak session would be led to enrol, and see nothing.
        TOTP.activate(self.cast.kent_officer, "JBSWY3DPEHPK3PXP")
        self.group = need_to_know(GROUP, "Inner circle")
        self.inner = person("essex", Role.OFFICER, name="inner")
        join_group(self.inner, self.group, by="system", at=LONG_AGO)
        # Wagtail's index of references knows nothing of documents (guidance.models.document).
        with disable_reference_index_auto_update():
            self.canaries = list(self._canaries())
        self._choose_for_words()
        self.personas = list(self._personas())
        while drain():
            pass

    def _choose_for_words(self) -> None:
        """A best bet for a page of the hub alone, for what the crawl searches for."""
        BestBet.objects.create(
            words="title",
            stems=stems_key(["title"]),
            ref=next(canary.ref for canary in self.canaries if canary.name == "hub-only"),
            reason="Start here.",
            until_date=timezone.localdate() + timedelta(days=90),
            set_by=self.cast.hub_editor,
        )

    def _lay_out_forces(self) -> None:
        later = RolloutPhase.objects.create(number=2, name="Later", opens_at=LONG_AGO)
        Organisation.objects.filter(slug="metropolitan").update(phase=later)
        closed = RolloutPhase.objects.create(number=3, name="Not yet", opens_at=in_future(days=90))
        IdentityProvider.objects.create(
            slug="kent",
            organisation=Organisation.objects.get(slug="kent"),
            issuer="https://sign-in.kent.police.example",
            client_id="the-portal",
        )
        PeopleList.objects.create(
            organisation=Organisation.objects.get(slug="essex"), address="https://example.com/"
        )
        Organisation.objects.create(
            slug="cumbria", name="Cumbria", short_name="Cumbria", kind="force", phase=closed
        )

    def _personas(self) -> Iterator[Persona]:
        cast = self.cast
        yield Persona("visitor", None)
        yield Persona("kent officer", cast.kent_officer)
        yield Persona("kent officer, weak session", cast.kent_officer, strong=False)
        yield Persona("kent author", cast.kent_author)
        yield Persona("kent lead", cast.kent_lead)
        yield Persona("essex officer", cast.essex_officer)
        yield Persona("essex author", person("essex", Role.AUTHOR))
        yield Persona("inner circle", self.inner)
        yield Persona("met officer, later phase", cast.met_officer)
        yield Persona("special force", person("btp", Role.OFFICER))
        yield Persona("hub editor", cast.hub_editor)
        yield Persona("hub approver", cast.hub_approver)
        yield Persona("information rights", person("hub", Role.INFORMATION_RIGHTS))
        yield Persona("administrator", person("hub", Role.ADMINISTRATOR))
        yield Persona("partner", person("riverside", Role.PARTNER))
        yield Persona("auditor", person("oversight", Role.AUDITOR))
        yield Persona("auditor with a grant", self._granted())
        yield Persona("mover from kent to essex", self._moved())
        leaver = person("kent", Role.OFFICER, name="leaver")
        end_membership(leaver, by="system", at=timezone.now())
        yield Persona("leaver", leaver)
        yield Persona("unadmitted", person("cumbria", Role.OFFICER))

    def _granted(self) -> User:
        auditor = person("oversight", Role.AUDITOR, name="granted")
        BreakGlassGrant.objects.create(
            user=auditor,
            document_ref=next(canary.ref for canary in self.canaries if canary.name == "own"),
            reason="A complaint is looked into.",
            granted_by=self.cast.hub_approver,
            starts_at=LONG_AGO,
            ends_at=in_future(days=1),
        )
        return auditor

    def _moved(self) -> User:
        mover = person("kent", Role.AUTHOR, name="mover")
        move_person(
            mover,
            organisation=Organisation.objects.get(slug="essex"),
            roles=[Role.OFFICER],
            ceiling=Marking.OFFICIAL_SENSITIVE,
            by="system",
            at=timezone.now() - timedelta(days=1),
        )
        return mover

    def _canaries(self) -> Iterator[Canary]:
        national: dict[str, Any] = {"audience": ("national",)}
        yesterday = timezone.now() - timedelta(days=1)
        yield self._published("national", GuidancePage, **national)
        yield self._published("own", LessonPage)
        yield self._published("region", EvaluationPage, audience=("region:ersou",))
        yield self._published("force", GuidancePage, audience=("force:essex",))
        yield self._of_the_hub("hub-only", PlatformPage)
        yield self._published("partner", GuidancePage, audience=("partner:riverside",))
        sensitive = Marking.OFFICIAL_SENSITIVE
        yield self._published("sensitive", GuidancePage, marking=sensitive, **national)
        for user in (self.cast.kent_author, self.cast.kent_lead, self.cast.hub_approver):
            join_group(user, self.group, by="system", at=LONG_AGO)
        yield self._published("need-to-know", LessonPage, group=self.group, **national)
        tomorrow = in_future(days=1)
        yield self._published("embargoed", GuidancePage, visible_from=tomorrow, **national)
        yield self._published("expired", EvaluationPage, visible_until=yesterday, **national)
        yield self._published("first-phase", GuidancePage, latest_phase=1, **national)
        yield from self._withdrawn()
        yield self._narrowed()
        yield from self._edited()
        author = self.cast.kent_author
        yield write("draft", GuidancePage, by=author)
        review = write("in-review", GuidancePage, by=author, **national)
        yield publish(review, self.cast.kent_lead, by=author)

    def _published(self, name: str, model: type[Document], **facts: Any) -> Canary:
        """A page of Kent, which the hub approved as well where others read it."""
        author, leads = self.cast.kent_author, [self.cast.kent_lead]
        if facts.get("audience", ("own",)) != ("own",):
            leads.append(self.cast.hub_approver)
        return publish(write(name, model, by=author, **facts), *leads, by=author)

    def _of_the_hub(self, name: str, model: type[Document]) -> Canary:
        editor = self.cast.hub_editor
        canary = write(name, model, by=editor, audience=("hub",))
        return publish(canary, self.cast.hub_approver, by=editor)

    def _withdrawn(self) -> Iterator[Canary]:
        """A page that points at one which not all of its readers may read."""
        withdrawn = self._published("withdrawn", GuidancePage, audience=("region:ersou",))
        hidden = self._of_the_hub("successor", GuidancePage)
        services.supersede(withdrawn.document, by=self.cast.kent_lead, successor_ref=hidden.ref)
        yield withdrawn
        yield hidden

    def _narrowed(self) -> Canary:
        """What everybody could read and find until now."""
        canary = self._published("narrowed", GuidancePage, audience=("national",))
        while drain():
            pass
        to = replace(audience_facts(canary.document), audience=frozenset({"own"}))
        services.narrow(canary.document, to=to, by=self.cast.kent_lead, reason="Under review.")
        return canary

    def _edited(self) -> Iterator[Canary]:
        """What a page said before, what it says, and what nobody has approved yet."""
        author = self.cast.kent_author
        # What changed stays on the page, edition by edition, for whoever could read that one.
        facts: dict[str, Any] = {"audience": ("national",), "change_note": "First edition."}
        before = self._published("edited-former", GuidancePage, **facts)
        today = rewrite(before, "edited", by=author, place=Place.ROW)
        publish(today, self.cast.kent_lead, self.cast.hub_approver, by=author)
        yield replace(before, place=Place.FORMER)
        yield today
        yield rewrite(today, "edited-draft", by=author, place=Place.DRAFT)
