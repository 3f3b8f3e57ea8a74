"""The laundering machine can fail: under each seeded fault a short history turns it red."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from access.widening import AudienceFacts
from audit.events import Event
from audit.record import record
from guidance import admin_policy, services, workflow
from guidance.models import Document
from tests.oracles.laundering.library import people
from tests.oracles.laundering.twists import Twists

pytestmark = pytest.mark.django_db

NATIONAL: dict[str, Any] = {
    "audience": ("national",),
    "marking": 1,
    "groups": (),
    "visible_from": 0,
    "visible_until": 0,
}
OWN = {**NATIONAL, "audience": ("own",)}
History = Callable[[Twists], Any]
Patch = Callable[[pytest.MonkeyPatch], None]


def see_everything(machine: Twists) -> None:
    """All who were told, and all who were not, look at every page; the trail is counted."""
    machine.library.check_trail()
    for name in ("kent-officer", "essex-officer", "met-officer", "deputy"):
        machine.library.check_reading(name, strong=True)


def narrowed_and_published_again(machine: Twists) -> None:
    """A review is under way when the page is narrowed; what was approved is not all that goes."""
    machine.publish_in_four_eyes(0, NATIONAL)
    machine.save("writer", machine.library.shelves[0], NATIONAL, action="submit")
    machine.narrow("lead", 0, OWN)
    machine.take("lead", machine.library.shelves[0], action="approve")
    machine.take("hub-approver", machine.library.shelves[0], action="approve")


def narrowed_between_two_approvals(machine: Twists) -> None:
    """Own force, then a widening of which the first approval is older than a narrowing."""
    machine.publish_in_four_eyes(0, OWN)
    shelf = machine.library.shelves[0]
    machine.save("writer", shelf, NATIONAL, action="submit")
    machine.take("lead", shelf, action="approve")
    machine.narrow("lead", 0, {**NATIONAL, "audience": ("region:ersou",)})
    machine.take("hub-approver", shelf, action="approve")


def reverted(machine: Twists) -> None:
    """The wide revision comes back as a draft, and stays one."""
    machine.publish_in_four_eyes(0, NATIONAL)
    machine.narrow("lead", 0, OWN)
    machine.revert("writer", 0, 1, submit=False)


def approved_by_oneself(machine: Twists) -> None:
    """A Force hub lead writes and approves."""
    shelf = machine.library.shelves[0]
    machine.save("lead", shelf, OWN, action="submit")
    machine.take("lead", shelf, action="approve")


def copied(machine: Twists) -> None:
    """A copy of what everybody reads is a draft for nobody yet."""
    machine.publish_in_four_eyes(0, NATIONAL)
    machine.copy("writer", 0, "kent", alias=False)


def sent_from_elsewhere(machine: Twists) -> None:
    """Somebody of Essex narrows a page of Kent, and knocks at other doors."""
    machine.publish_in_four_eyes(0, NATIONAL)
    machine.narrow("essex-writer", 0, OWN)


def narrowing_forgets(patch: pytest.MonkeyPatch) -> None:
    """Narrowing writes the live row as it was."""

    def unchanged(live: AudienceFacts, proposed: AudienceFacts, **_: Any) -> AudienceFacts:
        return live

    patch.setattr(services, "narrowest", unchanged)


def approvals_last(patch: pytest.MonkeyPatch) -> None:
    """What was once approved may widen, whatever happened since."""
    patch.setattr(services, "_keep_narrow", lambda *_, **__: None)


def editors_approve(patch: pytest.MonkeyPatch) -> None:
    """The button is there for the last editor, too, and an approval is any second click."""

    def act(task: Any, state: Any, *, user: Any, action: str, **_: Any) -> None:
        document = state.revision.content_object
        record(
            Event.REVIEW,
            actor=user.public_id,
            action_object=document.ref,
            decision=action,
        )
        task.act_as_wagtail_does(state, user, action)

    def approvals_of(revision: Any, **_: Any) -> workflow.Approvals:
        editor = revision.user.public_id
        return workflow.Approvals(editor, editor, frozenset())

    patch.setattr(workflow, "act", act)
    patch.setattr(workflow, "actions_for", lambda *_, **__: [("approve", "Approve", True)])
    patch.setattr(workflow, "approvals_of", approvals_of)


def copies_stay_live(patch: pytest.MonkeyPatch) -> None:
    """A copy is as open as what was copied."""
    excluded = [one for one in Document.exclude_fields_in_copy if one != "state"]
    patch.setattr(Document, "exclude_fields_in_copy", excluded)


def anybody_edits(patch: pytest.MonkeyPatch) -> None:
    """The admin asks Wagtail and not the rule."""
    patch.setattr(admin_policy, "_require_document", lambda *_, **__: None)


def drafts_go_out(patch: pytest.MonkeyPatch) -> None:
    """Whoever may publish one revision may publish all: saving is enough."""
    save_revision = Document.save_revision

    def saved(document: Document, *args: Any, **kwargs: Any) -> Any:
        revision = save_revision(document, *args, **kwargs)
        if document.live:
            draft = revision.as_object()
            row = type(document).objects.get(pk=document.pk)
            row.title, row.summary = draft.title, draft.summary
            row.audience.set(list(draft.audience.all()))
            row.save()
        return revision

    patch.setattr(Document, "save_revision", saved)


FAULTS: dict[str, tuple[History, Patch]] = {
    "narrowing forgets the live row": (narrowed_and_published_again, narrowing_forgets),
    "an approval outlives a narrowing": (narrowed_between_two_approvals, approvals_last),
    "reverting restores the wide audience": (reverted, drafts_go_out),
    "the last editor approves": (approved_by_oneself, editors_approve),
    "a copy keeps its state": (copied, copies_stay_live),
    "the admin asks nobody": (sent_from_elsewhere, anybody_edits),
}


# The others are among the large counts: each is a history of its own, twice.
QUICK = ("an approval outlives a narrowing", "the last editor approves")
EACH = [pytest.param(fault, marks=() if fault in QUICK else pytest.mark.soak) for fault in FAULTS]


@pytest.mark.parametrize("fault", EACH)
def test_the_machine_sees_the_fault(
    fault: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Green as the portal is, red as it would be."""
    history, patch = FAULTS[fault]
    scene = type("Scene", (Twists,), {"cast": people(), "folder": tmp_path})

    def run() -> None:
        machine: Twists = scene()
        try:
            machine.create("writer", OWN)
            history(machine)
            see_everything(machine)
        finally:
            machine.take_back()

    run()
    patch(monkeypatch)
    with pytest.raises(AssertionError):
        run()
