"""Channels of the editing side: choosers, lists, tasks, names in use, who edits, round trips."""

from __future__ import annotations

import io
import re
from typing import Any

from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from wagtail import hooks

from access.vocabulary import Role
from guidance import admin_policy, services
from guidance.facts import audience_facts
from guidance.models import Document, ForceSection, GuidancePage, StoredImage
from tests.channels.answers import TOKEN, Answer, ask, warm
from tests.channels.files import upload
from tests.channels.hidden import (
    Hidden,
    hidden_document,
    inner_circle,
    needs_to_know,
    outside_author,
    texts,
)
from tests.channels.register import Library, channel
from tests.channels.routes import of_directories, routes_named
from tests.guidance.editor_form import posted
from tests.guidance.files import specimens
from tests.guidance.scene import approve_all, delete, draft, person, strengthened
from tests.sign_in import client_of

REPORTS = (
    "reports/site-history/",
    "reports/aging-pages/",
    "reports/locked/",
    "reports/page-types-usage/",
    "reports/workflow/",
    "reports/workflow_tasks/",
    f"pages/search/?q={TOKEN}",
    "pages/usage/guidance/guidancepage/",
    "bulk/wagtailcore/page/delete/?id={page}",
    "pages/{page}/usage/",
    "images/usage/{picture}/",
    "documents/usage/{file}/",
    "collections/",
    "users/",
)
CHOICES = (
    "choose-page/{page}/",
    "choose-page/chosen-multiple/?id={page}",
    "images/chooser/chosen/{picture}/",
    "images/chooser/{picture}/select_format/",
    "documents/chooser/chosen/{file}/",
    "snippets/choose/guidance/term/",
)
API = (
    "pages/",
    "pages/?search=" + TOKEN,
    "pages/{page}/",
    "pages/find/?html_path=/",
    "images/",
    "images/{picture}/",
    "documents/",
    "documents/{file}/",
)


def section_of(organisation: str) -> int:
    """The number of an organisation's section."""
    return int(ForceSection.objects.get(organisation_id=organisation).pk)


def of(hidden: Hidden, *paths: str) -> list[str]:
    """Addresses of the admin that name a hidden page and what is in it."""
    numbers = {"page": hidden.page.pk, "picture": hidden.picture.pk, "file": hidden.file.pk}
    return [f"/admin/{path.format(**numbers)}" for path in paths]


def open_views(library: Library, *names: str) -> None:
    """A fault: views that are let through because Wagtail looks after them."""
    opened = admin_policy.OPEN_VIEWS | set(names)
    library.monkeypatch.setattr(admin_policy, "OPEN_VIEWS", opened)


def without_hook(library: Library, name: str) -> None:
    """A fault: one of our hooks is not there, as after a careless merge."""
    library.monkeypatch.setitem(hooks._hooks, name, [])


def list_all_pages(library: Library) -> None:
    """The chooser as Wagtail has it."""
    without_hook(library, "construct_page_chooser_queryset")


@channel(48, "Choosers", fault=list_all_pages)
def choosers_offer_what_one_may_read(library: Library) -> None:
    """Lists are the same bytes with and without hidden things; numbers choose nothing."""
    group = inner_circle(library.cast)
    pages = f"/admin/choose-page/{section_of('kent')}/", f"/admin/choose-page/search/?q={TOKEN}"
    files = [f"/admin/{kind}/chooser/results/?q={TOKEN}" for kind in ("images", "documents")]
    clients = [client_of(outside_author()), client_of(person("essex", Role.AUTHOR))]
    asked = [(clients[0], path) for path in (*pages, *files)]
    asked += [(clients[1], path) for path in pages]
    for client in clients:
        warm(client, pages[0])
    before = [ask(client, path).body for client, path in asked]
    hidden = hidden_document(library.cast, group=group)
    assert [ask(client, path).body for client, path in asked] == before
    for client in clients:
        for path in of(hidden, *CHOICES):
            assert client.get(path).status_code == 404, path


def explore_everything(library: Library) -> None:
    """The list of a section as Wagtail has it: its editors may edit all of it."""
    without_hook(library, "construct_explorer_page_queryset")


@channel(49, "Lists and reports of the admin", fault=explore_everything)
def lists_of_the_admin_hold_what_one_may_read(library: Library) -> None:
    """One's own section, too, is the same bytes; what lists all sections is not there."""
    cast = library.cast
    group, client = inner_circle(cast), client_of(outside_author())
    at = f"/admin/pages/{section_of('kent')}/"
    paths = ["/admin/", at, f"{at}results/?q={TOKEN}&ordering=title"]
    warm(client, *paths)
    before = [ask(client, path).body for path in paths]
    hidden = hidden_document(cast, group=group)
    assert [ask(client, path).body for path in paths] == before
    for one in (client, client_of(cast.hub_approver)):
        for path in of(hidden, *REPORTS):
            assert one.get(path).status_code == 404, path


def open_the_api(library: Library) -> None:
    """The page explorer of a newer Wagtail asks for it."""
    names = [f"wagtailadmin_api:{kind}:listing" for kind in ("pages", "images", "documents")]
    open_views(library, *names)


@channel(50, "Interfaces for programs", fault=open_the_api)
def there_is_no_interface_for_programs(library: Library) -> None:
    """Neither Wagtail's own, nor one for tokens."""
    hidden, outsider = needs_to_know(library.cast)
    found = routes_named("api|v2|v3|graphql|rest|token-auth")
    assert found == of_directories(found), "there is one for directories, which knows no document"
    for user in (outsider, library.cast.hub_approver, library.cast.kent_officer):
        client = client_of(user)
        for path in of(hidden, *(f"api/main/{path}" for path in API)):
            assert client.get(path).status_code == 404, path
        assert client.get("/api/v2/pages/").status_code == 404
    for header in ("Bearer x", "Token x", "Basic eDp4"):
        answer = ask(Client(), hidden.page.address, headers={"Authorization": header})
        assert (answer.status, TOKEN in answer.text) == (302, False)


def mail_the_title(library: Library) -> None:
    """The text of Wagtail's mails: people want to know what it is about."""
    folder = library.folder / "wagtailadmin" / "notifications"
    folder.mkdir(parents=True)
    for name in ("task_state_submitted", "workflow_state_approved", "workflow_state_rejected"):
        (folder / f"{name}.txt").write_text("{{ page.get_admin_display_title }} {{ comment }}")
    templates = library.settings.TEMPLATES[0]
    library.settings.TEMPLATES = [{**templates, "DIRS": [library.folder, *templates["DIRS"]]}]


@channel(51, "Tasks and mails of the workflow", fault=mail_the_title)
def tasks_and_mails_name_a_reference(library: Library) -> None:
    """Mails hold a reference; the list of tasks is for those who may read what it lists."""
    cast = library.cast
    group = inner_circle(cast)
    lead = person("kent", Role.APPROVER, name="outside-lead")
    page = draft(cast.kent_author, **texts())
    page.groups.set([group])
    page.save_revision(user=cast.kent_author, clean=False)
    services.submit(page, by=cast.kent_author)
    for user in (lead, person("essex", Role.APPROVER), cast.hub_approver):
        text = ask(client_of(user), "/admin/").text
        assert not [word for word in (TOKEN, page.ref.casefold()) if word in text]
    assert TOKEN in ask(client_of(cast.kent_lead), "/admin/").text
    state = page.current_workflow_task_state
    task = state.task.specific
    task.on_action(state, strengthened(cast.kent_lead), "reject", comment=f"Not {TOKEN}.")
    page.current_workflow_state.resume(user=cast.kent_author)
    approve_all(page, cast.kent_lead)
    assert len(mail.outbox) == 2, "sent back, then approved"
    for message in mail.outbox:
        whole = message.message().as_string()
        assert page.ref in whole
        assert TOKEN not in f"{whole} {message.body} {message.attachments}"
    assert not routes_named("comments?")


def refuse_same_titles(library: Library) -> None:
    """Two pages of one title confuse people."""

    def clean(page: Document) -> None:
        if Document.objects.filter(title=page.title).exclude(pk=page.pk).exists():
            raise ValidationError({"title": "A page of this title is in use already."})

    library.monkeypatch.setattr(Document, "clean", clean)


@channel(52, "Titles in use", fault=refuse_same_titles)
def a_hidden_title_may_be_used_again(library: Library) -> None:
    """Saving a page under a hidden title and address answers like any other."""
    hidden, outsider = needs_to_know(library.cast)
    for user, section in ((outsider, "kent"), (person("essex", Role.AUTHOR), "essex")):
        client = client_of(user)
        at = f"/admin/pages/add/guidance/guidancepage/{section_of(section)}/"
        warm(client, "/admin/")
        told = []
        for title, slug in ((hidden.page.title, hidden.page.slug), ("Another", "gd-22222")):
            form = posted(title=title, slug=slug)
            answer = client.post(at, form)
            told.append((answer.status_code, re.sub(r"\d+", "", answer.get("Location", ""))))
        assert told[0] == told[1]
        assert told[0][0] == 302


def tag_pictures(library: Library) -> None:
    """Tags on pictures, as Wagtail has them: one list for all forces."""
    fields = (*StoredImage.admin_form_fields, "tags")
    library.monkeypatch.setattr(StoredImage, "admin_form_fields", fields)
    open_views(library, "wagtailadmin_tag_autocomplete", "wagtailadmin_tag_model_autocomplete")


@channel(53, "Tags and keywords", fault=tag_pictures)
def words_of_others_are_not_offered(library: Library) -> None:
    """There are no free tags: what somebody writes comes up in nobody else's form."""
    cast = library.cast
    upload(
        client_of(cast.kent_author),
        "image",
        specimens.picture("PNG"),
        "a.png",
        description="A",
        tags=TOKEN,
    )
    assert StoredImage.objects.exists()
    client = client_of(person("essex", Role.AUTHOR))
    asked = [f"/admin/tag-autocomplete/{path}?term={TOKEN[:4]}" for path in ("", "taggit/tag/")]
    for path in (*asked, "/admin/images/chooser/", "/admin/images/chooser/?tag=" + TOKEN):
        assert f'"{TOKEN}"' not in ask(client, path).text, path
        assert f">{TOKEN}<" not in ask(client, path).text, path
    assert [client.get(path).status_code for path in asked] == [404, 404]
    # Of titles and terms of the trade, which channel 10 asks about.
    assert routes_named("autocomplete|tags?|suggest|mentions?") == ["/search/suggest/"]


def open_sessions(library: Library) -> None:
    """Who is editing is no secret among editors."""
    monkeypatch = library.monkeypatch
    monkeypatch.setattr(admin_policy, "_is_session_of_document", lambda _kwargs: False)


@channel(54, "Who is editing", fault=open_sessions)
def nobody_hears_who_edits_a_hidden_page(library: Library) -> None:
    """A ping for a page one may not edit is answered as for a page that is not there."""
    cast = library.cast
    hidden, outsider = needs_to_know(cast)
    assert (
        client_of(cast.kent_author).get(f"/admin/pages/{hidden.page.pk}/edit/").status_code == 200
    )
    for user in (outsider, person("essex", Role.AUTHOR)):
        client = client_of(user)
        warm(client, "/admin/")
        for model in ("wagtailcore/page", "guidance/document", "guidance/guidancepage"):
            told = [_ping(client, model, pk) for pk in (hidden.page.pk, 999_999)]
            assert told[0] == told[1]
            assert (told[0].status, cast.kent_author.name.casefold() in told[0].text) == (
                404,
                False,
            )
    lead = _ping(client_of(cast.kent_lead), "wagtailcore/page", hidden.page.pk)
    assert cast.kent_author.name.casefold() in lead.text


def _ping(client: Client, model: str, pk: Any) -> Answer:
    return ask(client, f"/admin/editing-sessions/ping/{model}/{pk}/1/", method="post")


def leave_groups_out(library: Library) -> None:
    """A serialiser that knows the table's columns and not what hangs on them."""
    library.monkeypatch.setattr(Document._meta.get_field("groups"), "serialize", False)


@channel(55, "Imports and round trips", fault=leave_groups_out)
def round_trips_lose_no_restriction(library: Library) -> None:
    """Written out and read in again, a page has the facts it had."""
    cast = library.cast
    hidden, outsider = needs_to_know(cast)
    page, dump = hidden.page, library.folder / "dump.json"
    facts = audience_facts(page)
    again = GuidancePage.from_json(page.to_json())
    assert audience_facts(again) == facts
    models = ("guidance.guidancepage", "guidance.document", "guidance.attachment")
    call_command("dumpdata", *models, "wagtailcore.page", "wagtailcore.revision", output=str(dump))
    delete(GuidancePage.objects.get(pk=page.pk))
    call_command("loaddata", str(dump), verbosity=0)
    assert audience_facts(GuidancePage.objects.get(pk=page.pk)) == facts
    client = client_of(outsider)
    for path in (page.address, f"/admin/pages/{page.pk}/edit/"):
        assert client.get(path).status_code == 404
    text = library.folder / "plan.txt"
    text.write_text(
        f"About {TOKEN}\n\nPreserve first, then refer. It takes a day.\n", encoding="utf-8"
    )
    options = {"section": "kent", "type_slug": "guidance", "stdout": io.StringIO()}
    call_command("import_document", text, **options)
    imported = GuidancePage.objects.latest("pk")
    assert imported.state == "draft"
    assert audience_facts(imported).audience == {"own"}
