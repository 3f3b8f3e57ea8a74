"""Loads the demo library: people, words, laws and documents, each once, by the ordinary doors."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.models import Collection
from wagtail.signal_handlers import disable_reference_index_auto_update

from forces.models import NeedToKnowGroup, User
from forces.seeding import seed_organisations
from forces.viewers import viewer_for
from guidance import services
from guidance.models import (
    Attachment,
    AudienceTerm,
    Document,
    ForceSection,
    LawReference,
    Reference,
    StoredFile,
)
from guidance.models.references import ALPHABET, LENGTH
from guidance.permissions import SESSION_VIEWER
from guidance.seeding import lay_out_library
from guidance.vocabularies import seed_vocabularies
from portal.demo.handouts import make_handout
from portal.demo.library import DemoDocument, read_documents
from portal.demo.pages import MODELS, Shelf, fill
from portal.demo.people import add_grants, add_organisations, add_people

HUB_APPROVER = "approver@hub.police.example"


def reference_of(document: DemoDocument) -> str:
    """The same reference on every machine: it tells whether the document was loaded before."""
    number = int.from_bytes(hashlib.sha256(document.key.encode()).digest()[:8])
    letters = ""
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters += ALPHABET[letter]
    return f"{MODELS[document.type].prefix}-{letters}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much a run added."""

    people: int
    documents: int


@transaction.atomic
def load_demo(*, at: datetime) -> Loaded:
    """Add what is missing. What people wrote, changed or deleted since is left as it is."""
    seed_organisations()
    add_organisations(at=at)
    seed_vocabularies()
    lay_out_library()
    people = add_people(at=at)
    documents = read_documents()
    given_out = set(Reference.objects.values_list("ref", flat=True))
    new = [document for document in documents if reference_of(document) not in given_out]
    # Wagtail's index of references is filled by its own command; keeping it up to date for each
    # of the many saves here would take most of the time.
    with disable_reference_index_auto_update():
        _Librarian(at=at).take_in(new)
    add_grants({document.key: reference_of(document) for document in new}, at=at)
    return Loaded(people=len(people), documents=len(new))


@dataclass
class _Librarian:
    """Takes documents through their lives: drafted, submitted, approved, withdrawn."""

    at: datetime
    pages: dict[str, Document] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def take_in(self, documents: list[DemoDocument]) -> None:
        """All drafts first, so that they can link to one another; then each one's life."""
        if not documents:
            return
        sections = {one.organisation_id: one for one in ForceSection.objects.all()}
        shelf = self._shelf({})
        for document in documents:
            self.pages[document.key] = self._draft(document, sections[document.owner], shelf)
        shelf = self._shelf({key: page.pk for key, page in self.pages.items()})
        for document in documents:
            self._write(document, shelf)
        # What replaces another page is published before it does.
        for document in sorted(documents, key=lambda one: bool(one.successor)):
            self._live(document)

    def _shelf(self, pages: dict[str, int]) -> Shelf:
        known = {reference_of(one): one.key for one in read_documents()}
        rows = Document.objects.filter(ref__in=known).values_list("ref", "pk")
        return Shelf(
            pages={**{known[ref]: pk for ref, pk in rows}, **pages},
            laws={one.slug: one for one in LawReference.objects.all()},
            audiences={one.pk: one for one in AudienceTerm.objects.all()},
            groups={one.slug: one for one in NeedToKnowGroup.objects.all()},
            refs={key: ref for ref, key in known.items()},
        )

    def _person(self, email: str) -> User:
        if email not in self.people:
            user = User.objects.get(email=email)
            # O-S pages can be approved with a second factor only.
            setattr(user, SESSION_VIEWER, viewer_for(user, second_factor=True, at=self.at))
            self.people[email] = user
        return self.people[email]

    def _draft(self, document: DemoDocument, section: ForceSection, shelf: Shelf) -> Document:
        ref = reference_of(document)
        Reference.objects.create(ref=ref)
        page = MODELS[document.type](
            ref=ref, owner=self._person(document.author), live=False, has_unpublished_changes=True
        )
        page.title = document.fields["title"]
        fill(page, document, shelf=shelf, at=self.at)
        section.add_child(instance=page)
        return page

    def _write(self, document: DemoDocument, shelf: Shelf) -> None:
        """The text with its links and files, as the author's revision."""
        page, author = self.pages[document.key], self._person(document.author)
        fill(page, document, shelf=shelf, at=self.at)
        page.attachments.set(
            [
                Attachment(file=self._file(row, page, author), label=row["name"], sort_order=number)
                for number, row in enumerate(document.fields.get("attachments", ()))
            ]
        )
        page.save_revision(user=author)

    def _file(self, row: dict[str, str], page: Document, author: User) -> StoredFile:
        data = make_handout(row["kind"], row["text"])
        return StoredFile.objects.create(
            title=row["name"],
            file=ContentFile(data, name=f"{row['name']}.{row['kind']}"),
            belongs_to=page.pk,
            uploaded_by_user=author,
            collection=Collection.objects.get(name=page.owner_org_id),
        )

    def _live(self, document: DemoDocument) -> None:
        """Submit, approve, close: as far as the file says."""
        if document.state == "draft":
            return
        page = self.pages[document.key]
        services.submit(page, by=self._person(document.author))
        self._approve(page, document)
        if document.state == "in-review":
            return
        page.refresh_from_db()
        by = self._person(document.approver)
        successor = self.pages.get(document.successor)
        successor_ref = successor.ref if successor is not None else ""
        reason = document.withdrawn_reason
        if document.state == "withdrawn":
            services.withdraw(page, by=by, reason=reason, successor_ref=successor_ref)
        if document.state == "superseded":
            services.supersede(page, by=by, reason=reason, successor_ref=successor_ref)

    def _approve(self, page: Document, document: DemoDocument) -> None:
        """The force's approval, then the hub's; one in review waits for the last of them."""
        approvers = [document.approver]
        if not document.is_the_hubs and document.state != "in-review":
            approvers.append(HUB_APPROVER)
        for email in approvers:
            state = page.current_workflow_task_state
            if state is not None and email:
                state.task.specific.on_action(state, self._person(email), "approve")
