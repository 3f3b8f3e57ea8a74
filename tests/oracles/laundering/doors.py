"""The real doors: what a browser sends to the admin and to the readers' pages, by each person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.test import Client
from wagtail.test.utils.form_data import rich_text

from guidance.models import ForceSection, GuidancePage
from tests.guidance.editor_form import posted
from tests.oracles.laundering.beliefs import Person, Shelf
from tests.sign_in import client_of

# Wagtail offers these; here they are for nobody, whatever number they name.
SHUT = (
    ("get", "pages/{page}/unpublish/"),
    ("post", "pages/{page}/unpublish/"),
    ("post", "pages/{page}/convert_alias/"),
    ("post", "pages/{page}/privacy/"),
    ("post", "pages/{page}/lock/"),
    ("post", "pages/{page}/unlock/"),
    ("get", "pages/{page}/move/"),
    ("post", "pages/{page}/move/{essex}/confirm/"),
    ("post", "pages/{page}/set_position/"),
    ("post", "pages/{page}/revisions/{revision}/unschedule/"),
    ("get", "pages/{page}/usage/"),
    ("post", "bulk/wagtailcore/page/publish/?id={page}"),
    ("post", "bulk/wagtailcore/page/unpublish/?id={page}"),
    ("post", "bulk/wagtailcore/page/delete/?id={page}"),
    ("post", "bulk/wagtailcore/page/move/?id={page}"),
    ("post", "translation/submit/page/{page}/"),
    ("get", "pages/{page}/convert_to_alias/"),
    ("get", "api/main/pages/{page}/"),
)


@dataclass
class Browser:
    """The sessions of everybody, one strong and one weak for each."""

    sessions: dict[tuple[str, bool], Client] = field(default_factory=dict)

    def of(self, person: Person, *, strong: bool) -> Client:
        """The person's session of that strength; a new one if there is none yet."""
        key = (person.name, strong)
        if key not in self.sessions:
            self.sessions[key] = client_of(person.user, second_factor=strong)
        return self.sessions[key]


def words_in_form(word: str) -> dict[str, Any]:
    """The word in every text of the form that a reader is shown."""
    return {
        "title": f"About {word}",
        "summary": f"Quillonvane and {word}.",
        "purpose": rich_text(f"<p>What {word} is for.</p>"),
        "when_to_use": rich_text(f"<p>When {word}.</p>"),
        # Of each edition it stays on the page, for those who could read that edition.
        "change_note": "Changed.",
    }


def facts_in_form(
    *,
    audience: tuple[str, ...],
    marking: int = 1,
    groups: tuple[int, ...] = (),
    visible_from: datetime | None = None,
    visible_until: datetime | None = None,
) -> dict[str, Any]:
    """The access tab as it is posted."""
    dates = {"visible_from": visible_from, "visible_until": visible_until}
    return {
        "audience": list(audience),
        "marking": str(marking),
        "groups": [str(pk) for pk in groups],
        **{name: f"{at:%Y-%m-%d %H:%M}" if at else "" for name, at in dates.items()},
    }


def filled(page: GuidancePage | None, *, word: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The whole editor. Lists are added last: Wagtail's helper would number them."""
    return {
        **posted(page, **words_in_form(word)),
        **facts_in_form(**facts),
        "nations": ["england-wales"],
    }


def create(client: Client, organisation: str, *, word: str, facts: dict[str, Any]) -> Any:
    """Fill in a new page in a section."""
    section = ForceSection.objects.get(organisation_id=organisation).pk
    data = filled(None, word=word, facts=facts)
    return client.post(f"/admin/pages/add/guidance/guidancepage/{section}/", data)


def edit(
    client: Client,
    shelf: Shelf,
    *,
    word: str,
    facts: dict[str, Any],
    action: str = "",
    more: dict[str, Any] | None = None,
) -> Any:
    """Save a page, with the button that was pressed."""
    page = GuidancePage.objects.get(pk=shelf.pk)
    pressed = {f"action-{action}": "1"} if action else {}
    data = filled(page, word=word, facts=facts)
    return client.post(f"/admin/pages/{shelf.pk}/edit/", {**data, **pressed, **(more or {})})


def take_step(client: Client, shelf: Shelf, *, action: str, state: int) -> Any:
    """Press approve or request changes for an open step."""
    path = f"/admin/pages/workflow/action/{shelf.pk}/{action}/{state}/"
    return client.post(path, {"agrees": "on", "comment": "Because."})


def narrow(client: Client, shelf: Shelf, *, facts: dict[str, Any]) -> Any:
    """Send the form for fewer readers."""
    posted_facts = facts_in_form(**facts)
    kept = {name: posted_facts[name] for name in ("audience", "marking", "visible_until")}
    reason = {"reason": "Somebody asked for it."}
    return client.post(f"/admin/guidance/narrow/{shelf.pk}/", {**kept, **reason})


def copy(client: Client, shelf: Shelf, *, word: str, to: int, alias: bool) -> Any:
    """Copy a page, or ask for an alias of it."""
    sent = {"new_title": f"About {word}", "new_slug": f"s{word}", "new_parent_page": str(to)}
    sent |= {"publish_copies": "on", "copy_subpages": "on"} | ({"alias": "on"} if alias else {})
    return client.post(f"/admin/pages/{shelf.pk}/copy/", sent)


def withdraw(client: Client, shelf: Shelf, *, successor: Shelf) -> Any:
    """Say that a page no longer holds, and which one does."""
    reason = "The other page says it better."
    sent = {"act": "withdraw", "reason": reason, "successor_ref": successor.ref}
    return client.post(f"/admin/guidance/withdraw/{shelf.pk}/", sent)


def delete_as_wagtail_does(client: Client, shelf: Shelf) -> Any:
    """Confirm a deletion at the address where one person used to be enough."""
    return client.post(f"/admin/pages/{shelf.pk}/delete/", {"confirm_site_name": "yes"})


def delete(client: Client, shelf: Shelf, *, action: str) -> Any:
    """Ask for a deletion, or decide."""
    sent = {"action": action, "reason": "Nobody needs it any more."}
    return client.post(f"/admin/guidance/delete/{shelf.pk}/", sent)


def cancel_review(client: Client, shelf: Shelf) -> Any:
    """Take a submission back."""
    return client.post(f"/admin/pages/workflow/confirm_cancellation/{shelf.pk}/")


def knock(client: Client, shelf: Shelf, *, which: int, essex: int) -> tuple[str, int]:
    """Try one of the doors that are shut for everybody."""
    method, path = SHUT[which % len(SHUT)]
    numbers = {"page": shelf.pk, "essex": essex, "revision": shelf.newest.pk}
    address = "/admin/" + path.format(**numbers)
    return address, getattr(client, method)(address).status_code
