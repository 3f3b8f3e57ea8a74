"""Channels of time: what readers, revisions, drafts, embargoes and copies tell or let through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from access.policy import Decision, Reason, decide
from access.vocabulary import Marking, Role, State
from audit.models import Entry
from guidance import admin_policy, services
from guidance.facts import audience_facts, facts_of
from guidance.models import Document, ForceSection, GuidancePage
from guidance.serving import Refused, open_document
from portal.reading import facts
from tests.channels.answers import TOKEN, UNKNOWN_REF, ask, warm
from tests.channels.hidden import hidden_page, needs_to_know
from tests.channels.register import Library, channel
from tests.channels.routes import routes_named
from tests.guidance.editor_form import posted
from tests.guidance.scene import delete, draft, in_future, person, seen_by
from tests.sign_in import client_of

PAGE = "/admin/pages/{page}"
REVISIONS = (
    f"{PAGE}/revisions/{{revision}}/view/",
    f"{PAGE}/revisions/{{revision}}/revert/",
    f"{PAGE}/revisions/compare/live...{{revision}}/",
    f"{PAGE}/revisions/compare/{{revision}}...latest/",
    f"{PAGE}/revisions/compare/earliest...latest/",
    f"{PAGE}/history/",
    f"{PAGE}/view_draft/",
    f"{PAGE}/workflow_history/",
)


def count_readers(library: Library) -> None:
    """How many people opened a page, among its facts."""
    key_facts = facts.key_facts

    def counted(composition: Any) -> Any:
        readers = Entry.objects.filter(
            event="sensitive-reading", action_object=composition.document.ref
        )
        return [*key_facts(composition), facts.Fact("Opened", f"{readers.count()} times")]

    library.monkeypatch.setattr(facts, "key_facts", counted)


@channel(31, "Readers, comments and reactions", fault=count_readers)
def reading_leaves_no_trace_for_others(library: Library) -> None:
    """A page and its editor say the same before and after others have read it."""
    cast = library.cast
    page = hidden_page(cast, marking=Marking.OFFICIAL_SENSITIVE)
    author, officer = client_of(cast.kent_author), client_of(cast.kent_officer)
    history = f"/admin/pages/{page.pk}/history/"
    warm(author, page.address, history)
    warm(officer, page.address)
    before = [ask(officer, page.address), ask(author, page.address), ask(author, history)]
    for other in (cast.kent_lead, person("kent", name="second"), cast.essex_officer):
        client_of(other).get(page.address)
    after = [ask(officer, page.address), ask(author, page.address), ask(author, history)]
    assert after == before
    assert not routes_named("comments?|reactions?|receipts?|likes?|votes?|views|readers")


def allow_revisions(library: Library) -> None:
    """Views that look harmless, since Wagtail asks for its own permission."""
    names = {name for name in admin_policy.DOCUMENT_VIEWS if "revisions" in name}
    monkeypatch = library.monkeypatch
    monkeypatch.setattr(admin_policy, "OPEN_VIEWS", admin_policy.OPEN_VIEWS | names)


@channel(32, "History, comparison and revisions", fault=allow_revisions)
def no_revision_is_read_by_its_number(library: Library) -> None:
    """Not from another force, not outside the group, and not through one's own page."""
    cast = library.cast
    hidden, outsider = needs_to_know(cast)
    page = hidden.page
    page.save_revision(user=cast.kent_author, clean=False)
    earliest, *_, newest = page.revisions.order_by("pk").values_list("pk", flat=True)
    for user in (outsider, person("essex", Role.AUTHOR)):
        own, client = draft(user), client_of(user)
        warm(client, "/admin/")
        for address in REVISIONS:
            one = ask(client, address.format(page=page.pk, revision=newest))
            assert one.status == 404, address
            assert one == ask(client, address.format(page=999_999, revision=999_999)), address
        for where in (page, own):
            crossed = ask(client, REVISIONS[0].format(page=where.pk, revision=earliest))
            assert (crossed.status, TOKEN in crossed.text) == (404, False)
    lead = client_of(cast.kent_lead)
    colleague = ask(lead, REVISIONS[0].format(page=page.pk, revision=earliest))
    assert (colleague.status, TOKEN in colleague.text) == (200, True)


def forget_the_clock(library: Library) -> None:
    """Facts of a document without its dates: pages are opened by a job at night instead."""

    def dateless(document: Document, **more: Any) -> Any:
        return replace(facts_of(document, **more), visible_from=None)

    library.monkeypatch.setattr("guidance.serving.facts_of", dateless)


@channel(33, "Previews, drafts and embargoes", fault=forget_the_clock)
def embargoes_open_to_the_second(library: Library) -> None:
    """Before and after by passing instants; previews stay in the session that made them."""
    cast = library.cast
    start, end = in_future(days=1), in_future(days=2)
    page = hidden_page(cast, visible_from=start, visible_until=end)
    viewer, second = seen_by(cast.kent_officer), timedelta(seconds=1)
    instants = ((start - second, False), (start, True), (end - second, True), (end, False))
    for at, opens in instants:
        try:
            opened = open_document(viewer, page.ref, at=at, request_id="r").document.pk == page.pk
        except Refused:
            opened = False
        listed = Document.visible.published_to(viewer, at=at).filter(pk=page.pk).exists()
        assert (opened, listed) == (opens, opens), at
    _previews_stay_where_they_are(library, page)


def _previews_stay_where_they_are(library: Library, page: GuidancePage) -> None:
    cast = library.cast
    held = f"/admin/pages/{page.pk}/edit/preview/"
    author = client_of(cast.kent_author)
    assert author.post(held, posted(page, title="Held")).json()["is_valid"]
    assert b"Held" in author.get(held).content
    assert b"Held" not in client_of(cast.kent_lead).get(held).content, "another's session"
    for user in (cast.kent_officer, cast.essex_officer, cast.hub_editor):
        client = client_of(user)
        warm(client)
        for path in (f"/{page.ref}/preview/", f"/{page.ref}/?preview=1", held):
            assert client.get(path).status_code == 404, (user, path)
        assert ask(client, f"/{page.ref}/preview/") == ask(client, f"/{UNKNOWN_REF}/preview/")


def publish_as_written(library: Library) -> None:
    """What was approved is what is published: the newest revision's facts."""
    library.monkeypatch.setattr(services, "_keep_narrow", lambda *_, **__: None)


@channel(34, "Copies, aliases, reverts and republishing", fault=publish_as_written)
def nothing_widens_by_itself(library: Library) -> None:
    """A page narrowed stays narrow through every way in which Wagtail makes it anew."""
    cast = library.cast
    page = hidden_page(cast, audience=("own", "force:essex"))
    reader, author = client_of(cast.essex_officer), client_of(cast.kent_author)
    assert reader.get(page.address).status_code == 200
    wide = page.latest_revision_id
    page.save_revision(user=cast.kent_author, clean=False)
    own = replace(audience_facts(page), audience=frozenset({"own"}))
    services.narrow(page, to=own, by=cast.kent_lead, reason="Too many knew.")
    page.revisions.get(pk=wide).publish(user=cast.kent_lead, skip_permission_checks=True)
    reverted = author.get(f"/admin/pages/{page.pk}/revisions/{wide}/revert/")
    assert reverted.status_code == 200
    page = GuidancePage.objects.get(pk=page.pk)
    wider = {**posted(page), "audience": ["own", "force:essex"], "action-publish": "1"}
    author.post(f"/admin/pages/{page.pk}/edit/", {**wider, "revision": str(wide)})
    copies = _copied(page, author)
    assert copies, "or the loop below would prove less"
    for row in [page, *copies]:
        assert reader.get(row.address).status_code == 404
        assert not decide(seen_by(cast.essex_officer), facts_of(row), at=timezone.now()).allowed


def _copied(page: GuidancePage, author: Client) -> list[GuidancePage]:
    """What copying, aliasing and moving in the admin leave behind."""
    kent, essex = (ForceSection.objects.get(organisation_id=one).pk for one in ("kent", "essex"))
    copy = {"new_title": f"Copy of {TOKEN}", "new_slug": "copied", "publish_copies": "on"}
    at = f"/admin/pages/{page.pk}"
    author.post(f"{at}/copy/", {**copy, "new_parent_page": str(kent)})
    author.post(f"{at}/copy/", {**copy, "new_parent_page": str(kent), "alias": "on"})
    for path in ("copy", f"move/{essex}/confirm", "convert_alias", "privacy"):
        answered = author.post(f"{at}/{path}/", {**copy, "new_parent_page": str(essex)})
        assert answered.status_code == 404, path
    return list(GuidancePage.objects.exclude(pk=page.pk))


def keep_gravestones(library: Library) -> None:
    """Whoever has an old link should be told that the page was withdrawn."""

    def asked(viewer: Any, document: Any, **more: Any) -> Decision:
        gone = document.state == State.WITHDRAWN
        return Decision(True, Reason.AUDIENCE) if gone else decide(viewer, document, **more)

    library.monkeypatch.setattr("guidance.serving.decide", asked)


@channel(35, "Withdrawn and deleted pages", fault=keep_gravestones)
def what_is_gone_was_never_there(library: Library) -> None:
    """A hidden page that was withdrawn or deleted answers like one that never was."""
    cast = library.cast
    page, deleted = hidden_page(cast), draft(cast.kent_author, title=TOKEN)
    services.withdraw(page, by=cast.kent_lead, reason=f"Nobody uses {TOKEN} any more.")
    address = deleted.address
    delete(deleted)
    for client in (client_of(cast.essex_officer), Client()):
        warm(client)
        unknown = ask(client, f"/{UNKNOWN_REF}/").without(UNKNOWN_REF)
        for path in (page.address, address):
            assert ask(client, path).without(path.strip("/")) == unknown
    own = client_of(cast.kent_officer)
    assert f"nobody uses {TOKEN}" in ask(own, page.address).text
    assert ask(own, address).status == 404
