"""The other steps: narrow, copy, revert, withdraw, delete, and people who come and go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from access.vocabulary import Marking, Role, State
from forces.models import NeedToKnowGroup, Organisation
from forces.services import end_membership, join_group, leave_group, move_person
from guidance.models import GuidancePage
from tests.oracles.laundering import doors
from tests.oracles.laundering.beliefs import Person, Shelf, Text
from tests.oracles.laundering.library import CIRCLE
from tests.oracles.laundering.machine import EDITORS, FACTS, MOST, WHICH, WHO, Laundering

MOVERS = ("writer", "lead", "second", "kent-officer")
PLACES = ("kent", "kent", "essex", "hub")
DELETIONS = ("ask", "delete", "keep", "own-draft")
CHANGES = ("to essex", "back home", "leaves", "loses the role", "leaves the group", "joins it")


class Twists(Laundering):
    """What people do to pages beside writing and approving them, and what becomes of people."""

    @rule(who=WHO, which=WHICH, facts=FACTS)
    def narrow(self, who: str, which: int, facts: dict[str, Any]) -> None:
        """Let fewer people read: no approval, and no text goes out with it."""
        if (shelf := self.shelf(which)) is None:
            return
        library, given = self.library, self.given({**facts, "groups": (), "visible_from": 0})
        may = self.edits(who, shelf)
        doors.narrow(library.client(who), shelf, facts=given)
        if may:
            layer = library.facts(shelf, given, by=library.people[who])
            for text in (shelf.row, shelf.newest):
                text.layers = [*text.layers, layer]
            shelf.narrowings += 1
            library.expected["narrowing", shelf.ref] += 1

    def edits(self, who: str, shelf: Shelf) -> bool:
        """Whether somebody may do to a page what its own editors do."""
        return shelf.is_edited_by(self.library.viewer(who), at=timezone.now())

    @rule(who=WHO, which=WHICH, place=st.sampled_from(PLACES), alias=st.booleans())
    @precondition(lambda self: 0 < len(self.library.shelves) < MOST)
    def copy(self, who: str, which: int, place: str, alias: bool) -> None:
        """A copy is a draft of one's own section with the facts of what was copied.

        So is what somebody gets who asks for an alias: nobody gets one.
        """
        if (source := self.shelf(which)) is None:
            return
        library, before = self.library, GuidancePage.objects.count()
        by, word = library.people[who], library.new_word()
        may = self.edits(who, source) and by.organisation == place
        client = library.client(who)
        doors.copy(client, source, word=word, to=library.sections[place], alias=alias)
        assert GuidancePage.objects.count() - before == int(may), (who, source, place, alias)
        assert not GuidancePage.objects.filter(alias_of__isnull=False).exists()
        if may:
            self.believe_copy(source, word=word, by=by)

    def believe_copy(self, source: Shelf, *, word: str, by: Person) -> None:
        """The same texts under the same facts, as drafts of whoever copied them."""
        page = GuidancePage.objects.latest("pk")
        author = by.user.public_id

        def copied(text: Text, *, pk: int, title: str = "") -> Text:
            layers = [replace(one, ref=page.ref, author=author) for one in text.layers]
            # Earlier revisions stay their writers'; the newest has a title of its own.
            mine = replace(text, layers=layers, pk=pk)
            if not title:
                return mine
            words = text.words - {text.title} | {title}
            return replace(mine, words=words, title=title, editor=author)

        numbers = list(page.revisions.order_by("pk").values_list("pk", flat=True))
        revisions = [
            copied(text, pk=pk) for text, pk in zip(source.revisions, numbers[:-1], strict=True)
        ]
        revisions.append(copied(source.newest, pk=numbers[-1], title=word))
        row = copied(source.row, pk=0, title=word)
        self.library.shelves.append(Shelf(page.pk, page.ref, source.owner, author, row, revisions))

    @rule(who=WHO, which=WHICH, back=st.integers(0, 5), submit=st.booleans())
    def revert(self, who: str, which: int, back: int, submit: bool) -> None:
        """Take an earlier revision, with the audience that it had, for the newest."""
        if (shelf := self.shelf(which)) is None:
            return
        old = shelf.revisions[back % len(shelf.revisions)]
        first = old.layers[0]
        facts = {
            "audience": tuple(sorted(first.audience)),
            "marking": int(first.marking),
            "groups": tuple(first.groups),
            "visible_from": 0,
            "visible_until": 0,
        }
        self.save(
            who, shelf, facts, action="submit" if submit else "", more={"revision": str(old.pk)}
        )

    @rule(who=WHO, which=WHICH, other=WHICH)
    def withdraw(self, who: str, which: int, other: int) -> None:
        """Point from a published page to another, which it may be that nobody else sees.

        A successor that is not published, or not for this person, is refused with the form.
        """
        shelf, successor = self.shelf(which), self.shelf(other)
        if shelf is None or successor is None:
            return
        may = self.edits(who, shelf) and shelf.state is not State.DRAFT
        answer = doors.withdraw(self.library.client(who), shelf, successor=successor)
        assert answer.status_code in ((302, 400) if may else (400, 404)), (who, shelf)
        if answer.status_code == 302:
            shelf.state = State.WITHDRAWN
            self.library.expected["withdrawal", shelf.ref] += 1

    @rule(who=WHO, which=WHICH, action=st.sampled_from(DELETIONS))
    def delete(self, who: str, which: int, action: str) -> None:
        """Two end a page, never one; but a draft that nobody else touched is its author's."""
        if (shelf := self.shelf(which)) is None:
            return
        client, person = self.library.client(who), self.library.people[who]
        may = self.edits(who, shelf) and shelf.may_be_deleted_by(person, action=action)
        doors.delete_as_wagtail_does(client, shelf)
        assert GuidancePage.objects.filter(pk=shelf.pk).exists(), (who, shelf)
        doors.delete(client, shelf, action=action)
        gone = not GuidancePage.objects.filter(pk=shelf.pk).exists()
        assert gone == (may and action in ("delete", "own-draft")), (who, shelf, action)
        if may:
            self.library.expected["deletion", shelf.ref] += 1
            shelf.asked = (person.user.public_id, shelf.newest.pk) if action == "ask" else None
        if gone:
            self.library.shelves.remove(shelf)

    @rule(who=WHO, which=WHICH, other=st.sampled_from(EDITORS))
    def delete_in_four_eyes(self, who: str, which: int, other: str) -> None:
        """The ordinary way, so that pages do go."""
        self.delete(who, which, "ask")
        self.delete(other, which, "delete")

    @rule(who=WHO, which=WHICH)
    def cancel_review(self, who: str, which: int) -> None:
        """Take a submission back: then the reviewers have no more business with it."""
        if (shelf := self.shelf(which)) is None or not shelf.stage:
            return
        may = self.edits(who, shelf)
        doors.cancel_review(self.library.client(who), shelf)
        page = GuidancePage.objects.get(pk=shelf.pk)
        if page.current_workflow_state is None:
            assert may, (who, shelf)
            shelf.stage = ""

    @rule(who=WHO, which=WHICH, door=st.integers(0, len(doors.SHUT) - 1))
    def knock(self, who: str, which: int, door: int) -> None:
        """Doors of Wagtail that are for nobody stay shut."""
        if (shelf := self.shelf(which)) is not None:
            client, essex = self.library.client(who), self.library.sections["essex"]
            address, status = doors.knock(client, shelf, which=door, essex=essex)
            assert status in (302, 404, 405), (who, address, status)
            assert status != 302 or not self.library.people[who].active, (who, address)

    @rule(
        who=st.sampled_from(MOVERS),
        what=st.sampled_from(CHANGES),
    )
    def change_person(self, who: str, what: str) -> None:
        """Somebody moves, leaves, loses a role or a group; open sessions go on."""
        person = self.library.people[who]
        # The machine's belief is a copy: every example starts with the same people.
        change = {
            "leaves": _leaves,
            "leaves the group": _leaves_group,
            "joins it": _joins_group,
        }.get(what)
        if change is not None:
            change(person)
        elif what == "loses the role":
            _moves(person, person.organisation, frozenset({Role.OFFICER}))
        else:
            roles = frozenset({Role.APPROVER if who == "lead" else Role.AUTHOR})
            _moves(person, "essex" if what == "to essex" else "kent", roles)
        if what == "leaves":
            for strong in (True, False):
                self.library.browser.sessions.pop((who, strong), None)


def _moves(person: Person, place: str, roles: frozenset[Role]) -> None:
    move_person(
        person.user,
        organisation=Organisation.objects.get(slug=place),
        roles=roles,
        ceiling=Marking.OFFICIAL_SENSITIVE,
        by="system",
        at=timezone.now(),
    )
    # Another role in the same force leaves somebody in the circle they were let into there.
    person.groups = person.groups if place == person.organisation else frozenset()
    person.organisation, person.roles, person.active = place, roles, True


def _leaves(person: Person) -> None:
    end_membership(person.user, by="system", at=timezone.now())
    person.active, person.groups = False, frozenset()


def _leaves_group(person: Person) -> None:
    if CIRCLE in person.groups:
        group = NeedToKnowGroup.objects.get(slug=CIRCLE)
        leave_group(person.user, group, by="system", at=timezone.now())
        person.groups = frozenset()


def _joins_group(person: Person) -> None:
    if person.active and CIRCLE not in person.groups:
        group = NeedToKnowGroup.objects.get(slug=CIRCLE)
        join_group(person.user, group, by="system", at=timezone.now())
        person.groups = frozenset({CIRCLE})
