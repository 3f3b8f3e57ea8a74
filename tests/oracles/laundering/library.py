"""The scene of the laundering machine, and what each person finds when looking around in it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from access.policy import Document as Facts
from access.policy import Viewer
from access.vocabulary import OPEN_STATES, Marking, Role, State
from audit.models import Entry
from forces.models import NeedToKnowGroup, User
from forces.services import join_group
from guidance.models import ForceSection, GuidancePage
from search.indexing import drain
from tests.guidance.scene import LONG_AGO, lay_out_scene, need_to_know, person
from tests.oracles.laundering.beliefs import Person, Shelf, Text
from tests.oracles.laundering.doors import Browser

CIRCLE = "circle"
CANARY = re.compile(r"vane\d{4}x")
CAST = (
    ("writer", "kent", Role.AUTHOR),
    ("lead", "kent", Role.APPROVER),
    ("hub-approver", "hub", Role.HUB_APPROVER),
    ("second", "kent", Role.AUTHOR),
    ("deputy", "kent", Role.APPROVER),
    ("essex-writer", "essex", Role.AUTHOR),
    ("hub-editor", "hub", Role.HUB_EDITOR),
    ("kent-officer", "kent", Role.OFFICER),
    ("essex-officer", "essex", Role.OFFICER),
    ("met-officer", "metropolitan", Role.OFFICER),
    ("partner", "riverside", Role.PARTNER),
    ("auditor", "oversight", Role.AUDITOR),
)
INSIDERS = ("writer", "lead", "hub-approver", "kent-officer")
RECORDED = ("submission", "review", "publication", "narrowing", "withdrawal", "deletion")


def people() -> dict[str, Person]:
    """The organisations, their people and one need-to-know group."""
    lay_out_scene()
    circle = need_to_know(CIRCLE, "Circle")
    cast = {}
    for name, place, role in CAST:
        user = person(place, role, name=name)
        # Without one, a weak session reads nothing but the way to a stronger one.
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")  # pragma: allowlist secret
        cast[name] = Person(name, user, place, frozenset({role}))
        if name in INSIDERS:
            join_group(user, circle, by="system", at=LONG_AGO)
            cast[name].groups = frozenset({CIRCLE})
    return cast


class Library:
    """The documents as believed, with everybody's browser."""

    def __init__(self, cast: dict[str, Person]) -> None:
        """Nothing is there yet."""
        # Read anew: a step of an earlier run may have written on the object.
        self.people = {
            name: replace(one, user=User.objects.get(pk=one.user.pk)) for name, one in cast.items()
        }
        self.shelves: list[Shelf] = []
        self.browser = Browser()
        self.expected: Counter[tuple[str, str]] = Counter()
        self.circle = NeedToKnowGroup.objects.get(slug=CIRCLE).pk
        self.sections = {
            str(place): pk for place, pk in ForceSection.objects.values_list("organisation", "pk")
        }
        self._words = itertools.count(1)

    def new_word(self) -> str:
        """A canary that stands nowhere yet."""
        return f"vane{next(self._words):04}x"

    def viewer(self, name: str, *, strong: bool = True) -> Viewer:
        """Somebody as the machine knows them."""
        return self.people[name].viewer(strong=strong)

    def client(self, name: str, *, strong: bool = True) -> Any:
        """Somebody's browser."""
        return self.browser.of(self.people[name], strong=strong)

    def facts(self, shelf: Shelf | None, given: dict[str, Any], *, by: Person) -> Facts:
        """The facts that a form says, for the rule."""
        return Facts(
            ref=shelf.ref if shelf else "",
            owner=shelf.owner if shelf else by.organisation,
            author=shelf.author if shelf else by.user.public_id,
            marking=Marking(given["marking"]),
            audience=frozenset(given["audience"]),
            groups=frozenset({CIRCLE} if given["groups"] else ()),
            visible_from=given["visible_from"],
            visible_until=given["visible_until"],
            state=State.DRAFT,
            latest_phase=3,
            review=frozenset(),
            access_version=0,
        )

    def shelve(self, text: Text, *, owner: str, author: str) -> Shelf:
        """Believe in the newest page of the database."""
        page = GuidancePage.objects.latest("pk")
        text.pk = page.latest_revision_id
        shelf = Shelf(page.pk, page.ref, owner, author, replace(text), [text])
        self.shelves.append(shelf)
        return shelf

    def revision_of(self, shelf: Shelf) -> int:
        """The newest revision's number in the database."""
        found: int = GuidancePage.objects.values_list("latest_revision_id", flat=True).get(
            pk=shelf.pk
        )
        return found

    def words_for(self, viewer: Viewer, *, at: datetime) -> frozenset[str]:
        """All that somebody may come across."""
        return frozenset().union(*(one.words_for(viewer, at=at) for one in self.shelves))

    def look(self, name: str, path: str, *, strong: bool) -> Any:
        """Ask for an address; no word in the answer may be one that this person was not told."""
        response = self.client(name, strong=strong).get(path)
        streamed = getattr(response, "streaming_content", None)
        body = b"".join(streamed) if streamed is not None else response.content
        crossed = f"{response.headers} {body.decode('utf-8', 'replace')}"
        viewer = self.viewer(name, strong=strong)
        told = self.words_for(viewer, at=timezone.now())
        leaked = set(CANARY.findall(crossed)) - told
        assert not leaked, f"{name} (strong={strong}) reads {leaked} at {path}"
        return response

    def check_reading(self, name: str, *, strong: bool) -> None:
        """Each page opens to exactly those whom the rule lets in, with its words."""
        viewer, now = self.viewer(name, strong=strong), timezone.now()
        for shelf in self.shelves:
            response = self.look(name, f"/{shelf.ref}/", strong=strong)
            opens = shelf.is_open_to(viewer, at=now)
            if not viewer.active:
                assert response.status_code != 200
                continue
            assert response.status_code == (200 if opens else 404), (name, strong, shelf)
            body = response.content.decode()
            assert all((word in body) == opens for word in shelf.row.words), (name, shelf)

    def check_finding(self, name: str, *, strong: bool) -> None:
        """Search finds all that is out for this person, and counts nothing hidden."""
        while drain():
            pass
        viewer, now = self.viewer(name, strong=strong), timezone.now()
        response = self.look(name, "/search/?" + urlencode({"q": "quillonvane"}), strong=strong)
        if not viewer.active or response.status_code != 200:
            return
        readable = [shelf for shelf in self.shelves if shelf.is_open_to(viewer, at=now)]
        found = [shelf for shelf in readable if _is_listed(shelf, at=now)]
        body = response.content.decode()
        for shelf in self.shelves:
            # The page also names what this person opened last: that it is more is no fault.
            assert f"/{shelf.ref}/" in body or shelf not in found, (name, strong, shelf)
        said = re.search(r"(\d+) results?\b", body)
        # The index holds a draft from its first change of access on: its editors find it there.
        assert len(found) <= int(said[1] if said else 0) <= len(readable), (name, strong, found)

    def check_admin(self, name: str, *, strong: bool, turn: int) -> None:
        """The lists and choosers of the admin, and all that it has of one page in turn."""
        for place in ("kent", "essex", "hub"):
            for path in ("pages/{}/", "choose-page/{}/"):
                self.look(name, "/admin/" + path.format(self.sections[place]), strong=strong)
        paths = ["", "choose-page/search/?q=quillonvane", "documents/chooser/", "images/chooser/"]
        for shelf in self.shelves[turn % len(self.shelves) :][:1]:
            at = f"pages/{shelf.pk}"
            paths += [f"{at}/edit/", f"{at}/history/", f"{at}/view_draft/", f"{at}/copy/"]
            paths += [f"{at}/delete/", f"choose-page/chosen-multiple/?id={shelf.pk}"]
            paths += [f"{at}/workflow_history/", f"{at}/revisions/compare/earliest...latest/"]
            for text in shelf.revisions[-2:]:
                revision = f"{at}/revisions/{text.pk}"
                paths += [f"{revision}/view/", f"{revision}/revert/"]
                paths.append(f"{at}/revisions/compare/live...{text.pk}/")
        for path in paths:
            self.look(name, f"/admin/{path}", strong=strong)

    def check_lists(self, name: str, *, strong: bool) -> None:
        """Readers' lists, and the drafts."""
        for path in ("/", "/guidance/", "/my-force/", "/forces/kent/", "/forces/essex/"):
            self.look(name, path, strong=strong)
        viewer, now = self.viewer(name, strong=strong), timezone.now()
        for shelf in self.shelves:
            response = self.look(name, f"/{shelf.ref}/preview/", strong=strong)
            opens = shelf.is_edited_by(viewer, at=now) or shelf.is_reviewed_by(viewer, at=now)
            if not opens:
                duties = shelf.row.is_duty_of(viewer, at=now)
                opens = duties and shelf.newest.is_duty_of(viewer, at=now)
            assert (response.status_code == 200) == opens, (name, strong, shelf)

    def check_trail(self) -> None:
        """Each act has its row, and no more; whoever approved a publication did not edit it."""
        rows = Entry.objects.filter(event__in=RECORDED)
        found = Counter(rows.values_list("event", "action_object"))
        assert found == self.expected, (found - self.expected, self.expected - found)
        for row in rows.filter(event="publication"):
            assert row.actor != row.detail["editor"]
        assert not CANARY.search(str(list(rows.values())))


def _is_listed(shelf: Shelf, *, at: datetime) -> bool:
    """Editors' own drafts and embargoed pages are in no list of readers."""
    starts = [one.visible_from for one in shelf.row.layers if one.visible_from]
    return shelf.state in OPEN_STATES and all(start <= at for start in starts)
