"""A small world with a canary in every text: one document for each clause of the access rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from access.policy import Viewer, decide
from access.vocabulary import Marking, Role
from forces.models import NeedToKnowGroup, Organisation, RolloutPhase, User
from forces.services import end_membership, join_group, move_person
from guidance import services
from guidance.facts import facts_of
from guidance.files.admission import StoredBytes
from guidance.files.binding import bind_files
from guidance.models import (
    Attachment,
    AudienceTerm,
    Document,
    EvaluationPage,
    ForceSection,
    GuidancePage,
    LessonPage,
    PlatformPage,
    Review,
    StoredFile,
    StoredImage,
)
from tests.guidance.scene import (
    FILLED,
    LONG_AGO,
    Cast,
    approve_all,
    in_future,
    lay_out_scene,
    person,
    seen_by,
)

GROUP = "inner-circle"
RICH = {"when_to_use", "when_not_to_use", "necessity_proportionality", "challenge_route"}


@dataclass(frozen=True)
class Canary:
    """A document all of whose texts hold one word that stands nowhere else."""

    name: str
    token: str
    pk: int
    ref: str

    @property
    def document(self) -> Document:
        """The row as it is now."""
        found: Document = Document.objects.get(pk=self.pk).specific
        return found


@dataclass(frozen=True)
class Persona:
    """Somebody who looks, and how strongly they signed in; nobody for a visitor."""

    name: str
    user: User | None
    strong: bool = True

    def viewer(self) -> Viewer | None:
        """Who they are to the rule."""
        if self.user is None:
            return None
        return seen_by(User.objects.get(pk=self.user.pk), second_factor=self.strong)


def may_know(persona: Persona, canary: Canary) -> bool:
    """Whether the specification lets this person read the row or the draft."""
    viewer = persona.viewer()
    if viewer is None:
        return False
    now, document = timezone.now(), canary.document
    if decide(viewer, facts_of(document), at=now).allowed:
        return True
    revision = document.get_latest_revision()
    keys = Review.objects.filter(revision_pk=revision.pk, closed_at=None)
    draft = facts_of(revision.as_object(), review=keys.values_list("key", flat=True))
    live = decide(viewer, facts_of(document), at=now).reason
    return live not in ("marking", "need-to-know") and decide(viewer, draft, at=now).allowed


class World:
    """The library, its canaries and the people who look."""

    def __init__(self) -> None:
        """Lay everything out through the services that people use."""
        lay_out_scene()
        self.cast = Cast()
        self.late = RolloutPhase.objects.create(number=2, name="Later", opens_at=LONG_AGO)
        Organisation.objects.filter(slug="metropolitan").update(phase=self.late)
        closed = RolloutPhase.objects.create(number=3, name="Not yet", opens_at=in_future(days=90))
        Organisation.objects.create(
            slug="cumbria", name="Cumbria", short_name="Cumbria", kind="force", phase=closed
        )
        # Without a factor of their own a weak session would be led to enrol, and see nothing.
        TOTP.activate(self.cast.kent_officer, "JBSWY3DPEHPK3PXP")
        self.group = NeedToKnowGroup.objects.create(slug=GROUP, name="Inner circle")
        self.inner = person("essex", Role.OFFICER, name="inner")
        join_group(self.inner, self.group, by="system", at=LONG_AGO)
        self.personas = list(self._personas())
        self.canaries = list(self._canaries())

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
        mover = person("kent", Role.AUTHOR, name="mover")
        move_person(
            mover,
            organisation=Organisation.objects.get(slug="essex"),
            roles=[Role.OFFICER],
            ceiling=Marking.OFFICIAL_SENSITIVE,
            by="system",
            at=timezone.now() - timedelta(days=1),
        )
        yield Persona("mover from kent to essex", mover)
        leaver = person("kent", Role.OFFICER, name="leaver")
        end_membership(leaver, by="system", at=timezone.now())
        yield Persona("leaver", leaver)
        yield Persona("unadmitted", person("cumbria", Role.OFFICER))

    def _canaries(self) -> Iterator[Canary]:
        yield self._published("national", GuidancePage, audience=("national",))
        yield self._published("own", LessonPage)
        yield self._published("region", EvaluationPage, audience=("region:ersou",))
        yield self._published("force", GuidancePage, audience=("force:essex",))
        yield self._published("hub-only", PlatformPage, audience=("hub",), by_hub=True)
        yield self._published("partner", GuidancePage, audience=("partner:riverside",))
        yield self._published(
            "sensitive", GuidancePage, audience=("national",), marking=Marking.OFFICIAL_SENSITIVE
        )
        yield self._published("need-to-know", LessonPage, audience=("national",), group=True)
        yield self._published(
            "embargoed", GuidancePage, audience=("national",), visible_from=in_future(days=2)
        )
        yield self._published(
            "expired",
            EvaluationPage,
            audience=("national",),
            visible_until=timezone.now() - timedelta(days=1),
        )
        yield self._published("first-phase", GuidancePage, audience=("national",), latest_phase=1)
        withdrawn = self._published("withdrawn", GuidancePage, audience=("region:ersou",))
        hidden = self._published("successor", GuidancePage, audience=("hub",), by_hub=True)
        services.supersede(withdrawn.document, by=self.cast.kent_lead, successor_ref=hidden.ref)
        yield withdrawn
        yield hidden
        yield self._canary("draft", GuidancePage, by=self.cast.kent_author)
        review = self._canary(
            "in-review", GuidancePage, by=self.cast.kent_author, audience=("national",)
        )
        services.submit(review.document, by=self.cast.kent_author)
        approve_all(review.document, self.cast.kent_lead)
        yield review

    def _published(self, name: str, model: type[Document], **facts: Any) -> Canary:
        by_hub = facts.pop("by_hub", False)
        if facts.get("group"):
            for user in (self.cast.kent_author, self.cast.kent_lead, self.cast.hub_approver):
                join_group(user, self.group, by="system", at=LONG_AGO)
        author = self.cast.hub_editor if by_hub else self.cast.kent_author
        canary = self._canary(name, model, by=author, **facts)
        document = canary.document
        services.submit(document, by=author)
        leads = [self.cast.hub_approver] if by_hub else [self.cast.kent_lead]
        if not by_hub and len(set(facts.get("audience", ("own",))) - {"own"}):
            leads.append(self.cast.hub_approver)
        approve_all(document, *leads)
        return canary

    def _canary(self, name: str, model: type[Document], *, by: User, **facts: Any) -> Canary:
        token = f"zq{name.replace('-', '')}x"
        audience, group = facts.pop("audience", ("own",)), facts.pop("group", False)
        document = model(title=f"Title {token}", owner=by, **_texts(model, token), **facts)
        document.audience.set(AudienceTerm.objects.filter(pk__in=audience))
        section = ForceSection.objects.get(organisation_id=seen_by(by).organisation)
        section.add_child(instance=document)
        if group:
            document.groups.set([self.group])
        document.save_revision(user=by, clean=False)
        document.body = [
            ("heading", f"Heading {token}"),
            ("step", {"title": f"Step {token}", "text": f"<p>Do {token}</p>"}),
            ("picture", {"image": _picture(token, by), "alternative": f"Picture {token}"}),
        ]
        document.attachments.add(Attachment(file=_file(token, by), label=f"File {token}"))
        bind_files(document)
        document.save_revision(user=by, clean=False)
        return Canary(name, token, document.pk, document.ref)


def _texts(model: type[Document], token: str) -> dict[str, Any]:
    words: dict[str, Any] = {"summary": f"Summary {token}", "owner_role": f"Role {token}"}
    words |= {"change_note": f"Note {token}", "last_verified_what": f"Checked {token}"}
    if model is GuidancePage:
        words |= {name: f"<p>{name} {token}</p>" for name in FILLED.keys() - words.keys()}
    if model is LessonPage:
        names = ("observation", "discussion", "conclusion", "recommendation", "what_changed")
        words |= dict.fromkeys(names, f"<p>{token}</p>")
    if model is EvaluationPage:
        lines = ("question", "key_finding", "design", "sites", "period", "outcome_measure")
        words |= dict.fromkeys(lines, f"Words {token}")
        rich = ("harms_found", "equality_result", "limitations", "not_told")
        words |= dict.fromkeys(rich, f"<p>{token}</p>")
    if model is PlatformPage:
        words |= {"platform_slug": token, "platform_type": "other", "company": f"Company {token}"}
    return words


def _file(token: str, by: User) -> StoredFile:
    data = ContentFile(f"A file with {token}.".encode(), name=f"{token}.txt")
    stored: StoredFile = StoredFile.objects.create(
        title=f"{token}.txt", file=data, uploaded_by_user=by
    )
    return stored


def _picture(token: str, by: User) -> StoredImage:
    buffer = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(buffer, "PNG")
    stored: StoredImage = StoredImage.objects.create(
        title=f"Image {token}",
        description=f"Image {token}",
        file=StoredBytes(buffer.getvalue(), name=f"{token}.png"),
        width=8,
        height=8,
        uploaded_by_user=by,
    )
    return stored
