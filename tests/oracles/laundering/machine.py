"""The steps that everybody tries with everything; the portal must do what is believed of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from access.policy import Viewer
from access.vocabulary import EDITING_ROLES, HUB_SLUG, State
from guidance.models import GuidancePage
from search.indexing import rebuild
from tests.oracles.laundering import doors
from tests.oracles.laundering.beliefs import Person, Shelf, Text, Yes
from tests.oracles.laundering.library import CAST, CIRCLE, Library

AUDIENCES = (
    ("own",),
    ("national",),
    ("region:ersou",),
    ("own", "force:essex"),
    ("own", "hub"),
    ("partner:riverside",),
)
# Publishing has no button here; a step of the workflow is no way to save.
PRESSED = ("", "submit", "submit", "publish", "workflow-action")
MOST = 4
NAMES = [name for name, *_ in CAST]
EDITORS = [name for name, _, role in CAST if role in EDITING_ROLES]
WHO = st.sampled_from(EDITORS)
WHICH = st.integers(0, MOST - 1)
FACTS = st.fixed_dictionaries(
    {
        "audience": st.sampled_from(AUDIENCES),
        "marking": st.sampled_from([1, 1, 2]),
        "groups": st.sampled_from([(), (), (CIRCLE,)]),
        "visible_from": st.sampled_from([0, 0, -1, 1]),
        "visible_until": st.sampled_from([0, 0, 9]),
    }
)


class Laundering(RuleBasedStateMachine):
    """Documents with canaries go through every pair of hands, and nobody is told by accident."""

    # The people and the folder of indexes, from the test that runs the machine.
    cast: ClassVar[dict[str, Person]]
    folder: ClassVar[Path]
    runs: ClassVar[int] = 0

    def __init__(self) -> None:
        """A library of its own, taken back at the end."""
        super().__init__()
        type(self).runs += 1
        self.undo = transaction.atomic()
        self.undo.__enter__()
        cache.clear()
        settings.SEARCH_INDEX_DIR = self.folder / f"index-{self.runs}"
        rebuild()
        self.library = Library(self.cast)
        self.steps = 0

    def teardown(self) -> None:
        """Everybody reads and searches once more; then it never was."""
        try:
            for name in NAMES:
                self.library.check_reading(name, strong=True)
                self.library.check_finding(name, strong=True)
        finally:
            self.take_back()

    def take_back(self) -> None:
        """As if nothing had been written."""
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(who=st.sampled_from(["writer", "hub-editor"]), facts=FACTS, again=FACTS)
    def begin(self, who: str, facts: dict[str, Any], again: dict[str, Any]) -> None:
        """Somebody has published a page."""
        self.create(who, {**facts, "groups": ()})
        self.publish_in_four_eyes(0, {**again, "groups": ()})

    def shelf(self, which: int) -> Shelf | None:
        """The document that a number means."""
        shelves = self.library.shelves
        return shelves[which % len(shelves)] if shelves else None

    def given(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Days from now to times, and the group to its number."""
        now = timezone.localtime().replace(second=0, microsecond=0)
        dates = {
            name: now + timedelta(days=facts[name]) if facts[name] else None
            for name in ("visible_from", "visible_until")
        }
        groups = (self.library.circle,) if facts["groups"] else ()
        return {**facts, **dates, "groups": groups}

    @rule(who=WHO, facts=FACTS)
    @precondition(lambda self: len(self.library.shelves) < MOST)
    def create(self, who: str, facts: dict[str, Any]) -> None:
        """Start a page in one's own section, and try in another's."""
        library, given = self.library, self.given(facts)
        by, word = library.people[who], library.new_word()
        viewer = library.viewer(who)
        before = GuidancePage.objects.count()
        for place in {"kent", "essex", HUB_SLUG} - {viewer.organisation}:
            assert self.tried(who, place, word, given) in (302, 404)
            assert GuidancePage.objects.count() == before
        self.tried(who, by.organisation, word, given)
        made = GuidancePage.objects.count() - before
        assert made == int(_writes(viewer) and _offers(viewer, given, shelf=None)), (who, facts)
        if made:
            text = Text(frozenset({word}), [], editor=by.user.public_id)
            text.layers.append(library.facts(None, given, by=by))
            shelf = library.shelve(text, owner=by.organisation, author=by.user.public_id)
            for one in (shelf.row, shelf.newest):
                one.layers = [replace(layer, ref=shelf.ref) for layer in one.layers]

    def tried(self, who: str, place: str, word: str, given: dict[str, Any]) -> int:
        """The status of an attempt to add a page to a section."""
        client = self.library.client(who)
        status: int = doors.create(client, place, word=word, facts=given).status_code
        return status

    @rule(
        who=WHO,
        which=WHICH,
        facts=FACTS,
        action=st.sampled_from(PRESSED),
    )
    def edit(self, who: str, which: int, facts: dict[str, Any], action: str) -> None:
        """Save, submit, or press a button for publishing that is not there."""
        if (shelf := self.shelf(which)) is not None:
            self.save(who, shelf, facts, action=action)

    def save(
        self,
        who: str,
        shelf: Shelf,
        facts: dict[str, Any],
        *,
        action: str = "",
        more: dict[str, Any] | None = None,
    ) -> bool:
        """Post the editor; believe it only of those who may, while nobody reviews."""
        library, given = self.library, self.given(facts)
        by, word, viewer = library.people[who], library.new_word(), library.viewer(who)
        may = shelf.is_edited_by(viewer, at=timezone.now()) and not shelf.stage
        may = may and _writes(viewer) and _offers(viewer, given, shelf=shelf)
        # Who presses a step's button when there is none has saved nothing either.
        may = may and action != "workflow-action"
        more = {"workflow-action-name": "approve", **(more or {})}
        client = library.client(who)
        doors.edit(client, shelf, word=word, facts=given, action=action, more=more)
        newest = library.revision_of(shelf)
        assert (newest != shelf.newest.pk) == may, (who, shelf, facts, action)
        if not may:
            return False
        facts_now = library.facts(shelf, given, by=by)
        text = Text(frozenset({word}), [facts_now], editor=by.user.public_id, pk=newest)
        shelf.revisions.append(text)
        if shelf.state is State.DRAFT:
            shelf.row = replace(text, layers=list(text.layers))
        if action == "submit":
            shelf.stage = shelf.next_stage()
            shelf.submitted = True
            library.expected["submission", shelf.ref] += 1
        return True

    @rule(who=WHO, which=WHICH, strong=st.booleans(), action=st.sampled_from(["approve", "reject"]))
    def review(self, who: str, which: int, strong: bool, action: str) -> None:
        """Take the open step of a page, whoever's it is."""
        if (shelf := self.shelf(which)) is not None:
            self.take(who, shelf, action=action, strong=strong)

    def take(self, who: str, shelf: Shelf, *, action: str, strong: bool = True) -> bool:
        """Approve or send back; only the step's own people may, and never the last editor."""
        library = self.library
        page = GuidancePage.objects.get(pk=shelf.pk)
        state = page.current_workflow_task_state
        viewer, me = library.viewer(who, strong=strong), library.people[who].user.public_id
        may = shelf.is_reviewed_by(viewer, at=timezone.now())
        if action == "approve":
            may = may and strong and me != shelf.newest.editor
        number = state.pk if state is not None else 1
        client = library.client(who, strong=strong)
        doors.take_step(client, shelf, action=action, state=number)
        if not may:
            return False
        library.expected["review", shelf.ref] += 1
        if action == "reject":
            shelf.stage = ""
            return True
        key = (shelf.newest.pk, shelf.stage)
        shelf.approvals[key] = Yes(me, shelf.narrowings)
        shelf.stage = shelf.next_stage()
        if not shelf.stage:
            shelf.publish()
            library.expected["publication", shelf.ref] += 1
        return True

    @rule(which=WHICH, facts=FACTS)
    def publish_in_four_eyes(self, which: int, facts: dict[str, Any]) -> None:
        """The ordinary way, so that there is something to launder."""
        shelf = self.shelf(which)
        if shelf is None:
            return
        now = timezone.now()
        writers = [n for n in EDITORS if shelf.is_edited_by(self.library.viewer(n), at=now)]
        if shelf.stage or any(self.save(n, shelf, facts, action="submit") for n in writers):
            while shelf.stage and any(self.take(n, shelf, action="approve") for n in EDITORS):
                pass

    @invariant()
    def everybody_looks_around(self) -> None:
        """Some read after each step, and one of them looks everywhere else, in turn."""
        library = self.library
        if not library.shelves:
            return
        library.check_trail()
        self.steps += 1
        looking = [(name, strong) for name in NAMES for strong in (True, False)]
        for name, strong in looking[self.steps % 3 :: 3]:
            library.check_reading(name, strong=strong)
        name, strong = looking[self.steps * 7 % len(looking)]
        library.check_finding(name, strong=strong)
        library.check_lists(name, strong=strong)
        library.check_admin(name, strong=strong, turn=self.steps)


def _writes(viewer: Viewer) -> bool:
    return bool(viewer.active and viewer.roles & EDITING_ROLES)


def _offers(viewer: Viewer, given: dict[str, Any], *, shelf: Shelf | None) -> bool:
    """Whether the form has the group: one's own, or one that the page has already."""
    already = shelf is not None and any(one.groups for one in shelf.newest.layers)
    return not given["groups"] or already or CIRCLE in viewer.groups
