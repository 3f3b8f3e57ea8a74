"""Channels of people and operations: mails, groups, sign-in, caches, logs, messages."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from typing import Any

from django.contrib.auth import hashers
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from access.policy import Decision, Reason
from access.vocabulary import Marking, Role
from audit.models import Entry
from forces.backends import PersonBackend
from forces.models import Organisation, User
from forces.services import end_membership, move_person
from guidance import services
from guidance.forms import DocumentForm
from guidance.models import BreakGlassRequest, GuidancePage
from guidance.serving import open_document
from portal.logs import LOGGING
from tests.channels.answers import TOKEN, UNKNOWN_REF, Answer, ask, warm
from tests.channels.editing import section_of
from tests.channels.hidden import (
    hidden_page,
    index_all,
    inner_circle,
    outside_author,
    texts,
)
from tests.channels.register import Library, channel
from tests.channels.routes import add_route, of_directories, routes_named
from tests.guidance.editor_form import posted
from tests.guidance.scene import LONG_AGO, approve_all, draft, person
from tests.sign_in import client_of

PASSWORD = "a long enough password of nobody"
PRIVATE = "private, no-store"
REQUESTS = "request-access|request|ask|apply|unsubscribe|subscribe|waitlist|appeal"


def move_to_essex(user: User) -> None:
    """Somebody changes force, at once."""
    move_person(
        user,
        organisation=Organisation.objects.get(slug="essex"),
        roles=[Role.AUTHOR],
        ceiling=Marking.OFFICIAL_SENSITIVE,
        by="system",
        at=timezone.now(),
    )


def mail_who_asked(library: Library) -> None:
    """Whoever asked for a review hears of it: that was decided when they asked."""
    yes = Decision(True, Reason.AUTHOR)
    library.monkeypatch.setattr("guidance.notifications.decide", lambda *_, **__: yes)


@channel(56, "Mails after access has ended", fault=mail_who_asked)
def mails_go_to_those_who_may_read(library: Library) -> None:
    """Whoever has moved or left since hears nothing; the others get a reference."""
    cast = library.cast
    mover, leaver = (person("kent", Role.AUTHOR, name=name) for name in ("mover", "leaver"))
    pages = [draft(author, **texts()) for author in (cast.kent_author, mover, leaver)]
    for page in pages:
        services.submit(page, by=page.owner)
    move_to_essex(mover)
    end_membership(leaver, by="system", at=timezone.now())
    for page in pages:
        approve_all(page, cast.kent_lead)
    assert [message.to for message in mail.outbox] == [[cast.kent_author.email]]
    message = mail.outbox[0]
    assert TOKEN not in f"{message.subject} {message.message().as_string()}"


def add_request_form(library: Library) -> None:
    """Help those who meet a closed door."""

    def asked(_request: HttpRequest, ref: str) -> HttpResponse:
        found = GuidancePage.objects.filter(ref=ref).values_list("title", flat=True)
        return HttpResponse(f"Ask for access to {', '.join(found)}")

    add_route(library, "request-access/<str:ref>/", asked, name="request_access")


@channel(57, "Asking for access and unsubscribing", fault=add_request_form)
def no_page_names_what_one_may_not_read(library: Library) -> None:
    """The one form that asks for a page is answered alike for every reference, like the doors."""
    cast = library.cast
    page = hidden_page(cast)
    # Who has no account asks for one, and names no page.
    glass = {"/break-glass/requests/", "/break-glass/requests/<slug:glass>/"}
    assert set(routes_named(REQUESTS)) <= {"/join/", "/search/asked/"} | glass
    asking = client_of(cast.essex_officer)
    warm(asking)
    answers = []
    for ref in (page.ref, UNKNOWN_REF):
        sent = {"document_ref": ref, "reason": "For a case that cannot wait a day."}
        asking.post("/break-glass/", sent)
        BreakGlassRequest.objects.filter(document_ref=ref).update(asked_at=LONG_AGO)
        answers.append(ask(asking, "/break-glass/").without(ref))
        BreakGlassRequest.objects.all().delete()
    assert answers[0] == answers[1]
    for place in ("request-access/{}/", "{}/request-access/", "unsubscribe/{}/", "{}/request/"):
        for user in (cast.essex_officer, cast.hub_editor):
            assert client_of(user).get(f"/{place.format(page.ref)}").status_code == 404
    leaver = person("kent", name="leaver")
    strangers = [Client(), client_of(leaver), client_of(cast.met_officer, second_factor=False)]
    end_membership(leaver, by="system", at=timezone.now())
    for client in strangers:
        warm(client)
        for place in ("/{}/", "/join/?next=/{}/"):
            told = [ask(client, place.format(ref)).without(ref) for ref in (page.ref, UNKNOWN_REF)]
            assert told[0] == told[1]
            assert TOKEN not in told[0].text


def offer_all_groups(library: Library) -> None:
    """The form as Django makes it: every group there is."""
    library.monkeypatch.setattr(DocumentForm, "_offer_groups", lambda _form: None)


@channel(58, "People and groups", fault=offer_all_groups)
def groups_are_known_to_their_members(library: Library) -> None:
    """Neither names nor numbers of groups one is not in, and no list of people."""
    cast = library.cast
    group, outsider = inner_circle(cast), outside_author()
    own, client = draft(outsider), client_of(outsider)
    index_all()
    at, section = f"/admin/pages/{own.pk}", section_of("kent")
    forms = (f"{at}/edit/", f"/admin/pages/add/guidance/guidancepage/{section}/", "/account/")
    for path in (*forms, "/forces/kent/", "/search/"):
        text = ask(client, path).text
        assert not [word for word in (TOKEN, group.slug) if word in text], path
    told = [_refused_group(client, own, number) for number in (group.pk, 99_999)]
    assert told[0] == told[1]
    reach = [
        client.post(f"/admin/guidance/reach/{own.pk}/", {"marking": "1", "groups": [str(number)]})
        for number in (group.pk, 99_999)
    ]
    assert reach[0].content == reach[1].content
    for one in (client, client_of(cast.hub_editor), client_of(cast.kent_officer)):
        for path in ("/people/", f"/people/{cast.kent_author.public_id}/groups/", "/admin/users/"):
            assert one.get(path).status_code == 404, path
        assert TOKEN not in ask(one, "/admin/need_to_know/").text
    found = routes_named("users?|directory|members?|mentions?|profiles?")
    assert found == of_directories(found)
    for one in (Client(), client, client_of(cast.hub_approver)):
        assert one.get("/scim/v2/Users").status_code == 401, "a directory's key alone opens it"


def _refused_group(client: Client, own: GuidancePage, number: int) -> list[str]:
    answer = ask(
        client,
        f"/admin/pages/{own.pk}/edit/",
        method="post",
        data={**posted(own), "groups": [str(number)]},
    )
    assert answer.status == 400
    said = re.findall(r'class="error-message">\s*([^<]+)', answer.text)
    assert said
    return [words.replace(str(number), "") for words in said]


def forget_the_dummy(library: Library) -> None:
    """No such person: nothing to compute."""

    def authenticate(backend: Any, request: HttpRequest, **credentials: Any) -> Any:
        if not User.objects.filter(email=credentials.get("email", "")).exists():
            return None
        return super(PersonBackend, backend).authenticate(request, **credentials)

    library.monkeypatch.setattr(PersonBackend, "authenticate", authenticate)


@channel(59, "Who has an account", fault=forget_the_dummy)
def sign_in_does_not_tell_who_is_known(library: Library) -> None:
    """Sign-in and reset: same bytes, statements and hash computations for any address."""
    known, unset = library.cast.kent_officer, library.cast.essex_officer
    known.set_password(PASSWORD)
    known.save()
    hashed = _count_hashes(library)
    attempts = {"/accounts/login/": "login", "/accounts/password/reset/": "email"}
    for path, field in attempts.items():
        _asked_about(path, field, "nobody@kent.example", hashed)
        told = [
            _asked_about(path, field, email, hashed)
            for email in (known.email, unset.email, "someone@kent.example", "someone@essex.example")
        ]
        assert told[0] == told[2], path
        assert told[1] == told[3], path
        assert told[0][1] == (1 if field == "login" else 0)
    assert [message.to for message in mail.outbox] == [[known.email], [unset.email]]


def _asked_about(path: str, field: str, email: str, hashed: list[str]) -> tuple[Answer, int]:
    cache.clear()
    client = Client()
    client.get(path)
    hashed.clear()
    data = {field: email, "password": "wrong password entirely"}
    return ask(client, path, method="post", data=data).without(email), len(hashed)


def _count_hashes(library: Library) -> list[str]:
    done: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def counted(hasher: Any, password: str, salt: str, *more: Any) -> str:
        done.append(salt)
        return encode(hasher, password, salt, *more)

    library.monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    return done


def forget_no_store(library: Library) -> None:
    """Caching makes pages quick."""
    ours = "forces.middleware.NoStoreMiddleware"
    library.settings.MIDDLEWARE = [name for name in library.settings.MIDDLEWARE if name != ours]


@channel(60, "Caches, back button and service workers", fault=forget_no_store)
def no_cache_keeps_a_page(library: Library) -> None:
    """Every answer forbids keeping it; two people behind one shared cache get their own."""
    cast = library.cast
    page = hidden_page(cast)
    index_all()
    cache.clear()
    before = library.settings.MIDDLEWARE
    around = [f"django.middleware.cache.{name}" for name in (UPDATE, FETCH)]
    library.settings.MIDDLEWARE = [around[0], *before, around[1]]
    own, other = client_of(cast.kent_officer), client_of(cast.essex_officer)
    places = (page.address, "/guidance/", "/", "/search/?q=use", "/account/", "/help/")
    for address in places:
        answer = ask(own, address)
        assert (answer.status, dict(answer.headers).get("Cache-Control")) == (200, PRIVATE), address
    for client in (other, Client()):
        for address in places:
            assert TOKEN not in ask(client, address).text, address
    for client in (own, Client()):
        for name in ("sw.js", "service-worker.js", "manifest.json", "offline/"):
            assert client.get(f"/{name}").status_code in (302, 404)
    assert not routes_named("sw|service-worker|manifest|offline|worker")
    own.post("/accounts/logout/")
    assert TOKEN not in ask(own, page.address).text
    assert not any(TOKEN in str(kept) for kept in cache._cache.values())  # type: ignore[attr-defined]


UPDATE, FETCH = "UpdateCacheMiddleware", "FetchFromCacheMiddleware"


def log_titles(library: Library) -> None:
    """To see in the log what people read."""
    logger = logging.getLogger("portal.reading.views")

    def opened(*args: Any, **more: Any) -> Any:
        found = open_document(*args, **more)
        logger.warning("opened %s", found.document.title)
        return found

    library.monkeypatch.setattr("portal.reading.views.open_document", opened)


@channel(61, "Logs, trail and oversight", fault=log_titles)
def records_hold_references_only(library: Library) -> None:
    """Reading, refusing, searching, failing and publishing leave no title behind."""
    cast = library.cast
    written = _log_lines(library)
    page = hidden_page(cast, marking=Marking.OFFICIAL_SENSITIVE)
    index_all()
    own, other = client_of(cast.kent_officer), client_of(person("essex", Role.AUTHOR))
    for client in (own, other):
        for path in (page.address, f"/search/?q={TOKEN}", f"/admin/pages/{page.pk}/edit/"):
            client.get(path)
    services.withdraw(page, by=cast.kent_lead, reason=f"Nobody uses {TOKEN} any more.")

    def breaks(document: Any, *_: Any, **__: Any) -> Any:
        raise ValueError(document.title)

    library.monkeypatch.setattr("portal.reading.views.compose", breaks)
    own.raise_request_exception = False
    assert own.get(page.address).status_code == 500
    rows = json.dumps(list(Entry.objects.values()), default=str)
    assert page.ref in rows
    assert "ValueError" in written.getvalue()
    for name, text in (("trail", rows), ("log", written.getvalue())):
        assert TOKEN not in text.casefold(), name
    auditor = client_of(person("oversight", Role.AUDITOR))
    for path in ("/oversight/", "/oversight/export/", "/oversight/documents/", page.address):
        assert TOKEN not in ask(auditor, path).text, path
    assert page.ref.casefold() in ask(auditor, "/oversight/").text


def _log_lines(library: Library) -> io.StringIO:
    """What the processes' own handler writes, line by line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    configurator = logging.config.DictConfigurator(LOGGING)
    lines = dict(LOGGING["formatters"]["lines"])
    handler.setFormatter(configurator.configure_formatter(lines))
    root = logging.getLogger()
    library.monkeypatch.setattr(root, "handlers", [*root.handlers, handler])
    return stream


def keep_messages_in_cookies(library: Library) -> None:
    """Messages in the browser: no row for each."""
    library.settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"


@channel(62, "Sessions, messages and tokens", fault=keep_messages_in_cookies)
def the_next_person_finds_nothing(library: Library) -> None:
    """What one person was told is gone when the next one signs in to the same browser."""
    cast = library.cast
    page = hidden_page(cast)
    browser = client_of(cast.kent_author)
    saved = browser.post(f"/admin/pages/{page.pk}/edit/", posted(page))
    assert saved.status_code == 302
    browser.post("/accounts/logout/")
    browser.cookies["sessionid"] = client_of(person("essex", Role.AUTHOR)).cookies["sessionid"]
    for path in ("/", "/account/", "/admin/", page.address):
        text = ask(browser, path).text
        assert not [word for word in (TOKEN, page.ref.casefold()) if word in text], path
    theirs = client_of(cast.kent_officer)
    theirs.get("/account/")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["sessionid"] = browser.cookies["sessionid"]
    strict.get("/account/")
    for client, status in ((theirs, 403), (strict, 302)):
        sent = client.cookies["csrftoken"].value
        answer = strict.post("/account/shortcut/", {"csrfmiddlewaretoken": sent})
        assert answer.status_code == status
