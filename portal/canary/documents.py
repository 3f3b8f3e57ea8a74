"""Documents all of whose texts hold words that stand nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from typing import Any

from PIL import Image
from wagtail.models import Collection

from forces.models import NeedToKnowGroup, User
from guidance import services
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
    StoredFile,
    StoredImage,
)
from portal.canary.scene import FILLED, approve_all, seen_by


class Place(Enum):
    """Which version of a document holds the words."""

    ROW = "the row that readers read"
    DRAFT = "a newer revision that nobody published"
    FORMER = "an older revision"


@dataclass(frozen=True)
class Canary:
    """A version of a document, by its words.

    Its texts hold two words: a person who types the one into a box may be shown it again, but
    never the other.
    """

    name: str
    pk: int
    ref: str
    place: Place = Place.ROW

    @property
    def words(self) -> tuple[str, str]:
        """The two words."""
        return words_of(self.name)

    @property
    def document(self) -> Document:
        """The row as it is now."""
        found: Document = Document.objects.get(pk=self.pk).specific
        return found


def words_of(name: str) -> tuple[str, str]:
    """The two words of the canary with this name."""
    stem = f"zq{name.replace('-', '')}"
    return f"{stem}x", f"{stem}y"


def write(name: str, model: type[Document], *, by: User, **facts: Any) -> Canary:
    """A draft in the section of its author, with file and picture, and its first revisions."""
    audience = facts.pop("audience", ("own",))
    group: NeedToKnowGroup | None = facts.pop("group", None)
    document = model(owner=by, **(_texts(model, name) | facts))
    document.audience.set(AudienceTerm.objects.filter(pk__in=audience))
    section = ForceSection.objects.get(organisation_id=seen_by(by).organisation)
    section.add_child(instance=document)
    if group is not None:
        document.groups.set([group])
    document.save_revision(user=by, clean=False)
    _add_body(document, name, by=by)
    return Canary(name, document.pk, document.ref)


def rewrite(canary: Canary, name: str, *, by: User, place: Place) -> Canary:
    """A newer revision of the same document, with the words of another name in every text."""
    document = canary.document
    for field, value in _texts(type(document), name).items():
        setattr(document, field, value)
    document.attachments.set([])
    _add_body(document, name, by=by)
    return Canary(name, canary.pk, canary.ref, place)


def publish(canary: Canary, *approvers: User, by: User) -> Canary:
    """Take the newest revision through every approval it needs."""
    document = canary.document
    services.submit(document, by=by)
    approve_all(document, *approvers, comment=f"Comment {_said(canary.name)}")
    return canary


def _said(name: str) -> str:
    return " ".join(words_of(name))


def _add_body(document: Document, name: str, *, by: User) -> None:
    said = _said(name)
    document.body = [
        ("heading", f"Heading {said}"),
        ("step", {"title": f"Step {said}", "text": f"<p>Do {said}</p>"}),
        ("picture", {"image": _picture(name, by=by), "alternative": f"Picture {said}"}),
    ]
    document.attachments.add(Attachment(file=_file(name, by=by), label=f"File {said}"))
    bind_files(document)
    document.save_revision(user=by, clean=False)


def _texts(model: type[Document], name: str) -> dict[str, Any]:
    said = _said(name)
    texts: dict[str, Any] = {
        "title": f"Title {said}",
        "summary": f"Summary {said}",
        "owner_role": f"Role {said}",
        "change_note": f"Note {said}",
        "last_verified_what": f"Checked {said}",
    }
    if model is GuidancePage:
        texts |= _each(FILLED.keys() - texts.keys(), f"<p>{said}</p>")
    if model is LessonPage:
        told = ("observation", "discussion", "conclusion", "recommendation", "what_changed")
        texts |= _each(told, f"<p>{said}</p>")
    if model is EvaluationPage:
        lines = ("question", "key_finding", "design", "sites", "period", "outcome_measure")
        rich = ("harms_found", "equality_result", "limitations", "not_told")
        texts |= _each(lines, f"Words {said}") | _each(rich, f"<p>{said}</p>")
    if model is PlatformPage:
        slug = words_of(name)[0]
        texts |= {"platform_slug": slug, "platform_type": "other", "company": f"Company {said}"}
        texts |= {"other_names": [f"Name {said}"], "routes": [("route", _route(said))]}
    return texts


def _route(said: str) -> dict[str, Any]:
    """Makes a card of it: the platform for preservation."""
    told = ("who_may_use", "legal_basis", "typical_hours", "notes")
    fixed = {"purpose": "preservation", "channel": "portal", "all_hours": True}
    return _each(told, f"Route {said}") | fixed | {"needs": [f"Need {said}"]}


def _each(names: Iterable[str], text: str) -> dict[str, Any]:
    return dict.fromkeys(names, text)


def _file(name: str, *, by: User) -> StoredFile:
    """A file as if it had been uploaded; opening it apart is what uploads have tests for."""
    said, word = _said(name), words_of(name)[0]
    data = f"A file with {said}."
    stored: StoredFile = StoredFile.objects.create(
        title=f"{said}.txt",
        text=data,
        file=StoredBytes(data.encode(), name=f"{word}.txt"),
        uploaded_by_user=by,
        collection=_collection(by),
    )
    return stored


def _picture(name: str, *, by: User) -> StoredImage:
    said, word = _said(name), words_of(name)[0]
    buffer = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(buffer, "PNG")
    stored: StoredImage = StoredImage.objects.create(
        title=f"Image {said}",
        description=f"Image {said}",
        file=StoredBytes(buffer.getvalue(), name=f"{word}.png"),
        width=8,
        height=8,
        uploaded_by_user=by,
        collection=_collection(by),
    )
    return stored


def _collection(by: User) -> Collection:
    found: Collection = Collection.objects.get(name=seen_by(by).organisation)
    return found
