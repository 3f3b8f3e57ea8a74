"""Channels of delivery: exports, feeds, conditional requests, outside sites and errors."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils.http import http_date
from django.views.decorators.http import condition

# Importing it registers the converter of references.
import guidance.urls  # noqa: F401
from access.vocabulary import Role
from guidance.models import Document, GuidancePage
from portal.reading import views
from tests.channels.answers import TOKEN, UNKNOWN_REF, ask, warm
from tests.channels.hidden import hidden_document, hidden_page, index_all
from tests.channels.register import Library, channel
from tests.channels.routes import add_pattern, add_route, routes_named
from tests.guidance.scene import person
from tests.sign_in import client_of

EXPORTS = "csv|xlsx?|pdf|docx|zip|exports?|print|bulk|downloads?|backups?|dump"
# Of nobody's texts: the trail, for auditors, and one's own codes. Of texts: one's own results, and
# the figures of an evaluation, which go through the gate of its page.
RESULTS = "/search/export/"
ALLOWED_EXPORTS = {
    "/oversight/export/",
    "/accounts/2fa/recovery-codes/download/",
    "/<ref:ref>/figures.csv",
    RESULTS,
}
FEEDS = r"feeds?|rss|atom|sitemaps?|robots|oembed|embeds?|json|api|graphql|index\.xml"


def titles(*_: Any) -> HttpResponse:
    """What a careless view answers: the titles of all pages."""
    return HttpResponse("\n".join(GuidancePage.objects.values_list("title", flat=True)))


def add_export(library: Library) -> None:
    """A list for the quarterly report."""
    add_route(library, "export.csv", titles, name="export")


@channel(36, "Exports and downloads", fault=add_export)
def nothing_is_exported(library: Library) -> None:
    """No list turns into a file, but for the results of a search: those of the reader alone."""
    cast = library.cast
    page = hidden_page(cast)
    index_all()
    asked = f"{RESULTS}?q={TOKEN}"
    taken, own = (ask(client_of(one), asked) for one in (cast.essex_officer, cast.kent_officer))
    assert (taken.status, own.status) == (200, 200)
    assert [text in taken.text for text in (TOKEN, page.ref.casefold())] == [False, False]
    assert page.ref.casefold() in own.text
    names = ("export.csv", "export/", "data.zip", "my-data/", "guidance.csv", "oversight/export/")
    assert set(routes_named(EXPORTS)) <= ALLOWED_EXPORTS
    client = client_of(person("essex", Role.AUTHOR))
    assert [client.get(f"/{name}").status_code for name in names] == [404] * len(names)
    for place in ("/guidance/", "/search/", "/forces/kent/", "/admin/"):
        for asked in ("export=csv", "format=xlsx", "format=json"):
            answer = ask(client, f"{place}?{asked}")
            assert dict(answer.headers)["Content-Type"].startswith("text/html"), (place, asked)
            assert TOKEN not in answer.text


def add_sitemap(library: Library) -> None:
    """For the intranet's search, which has no account."""

    @login_not_required
    def sitemap(request: HttpRequest) -> HttpResponse:
        return titles(request)

    add_route(library, "sitemap.xml", sitemap)


@channel(37, "Feeds, sitemaps and meta data", fault=add_sitemap)
def machines_are_told_nothing(library: Library) -> None:
    """No address for machines; pages describe themselves to people only."""
    cast = library.cast
    page = hidden_page(cast)
    assert not routes_named(FEEDS)
    names = ("sitemap.xml", "robots.txt", "feed/", "rss.xml", "oembed/", "api/v2/pages/")
    for client in (Client(), client_of(cast.essex_officer)):
        for name in names:
            answer = ask(client, f"/{name}")
            assert (answer.status, TOKEN in answer.text) in ((302, False), (404, False)), name
        for method in ("get", "head"):
            assert TOKEN not in ask(client, page.address, method=method).text
    own = ask(client_of(cast.kent_officer), page.address).text
    assert not re.findall(r"og:|twitter:|ld\+json|rel=\"alternate\"|rel=\"canonical\"", own)
    assert not [meta for meta in re.findall(r"<meta[^>]*>", own) if TOKEN in meta]


def answer_304_first(library: Library) -> None:
    """Pages change rarely: let browsers keep them."""

    def changed(_request: HttpRequest, ref: str) -> Any:
        found = GuidancePage.objects.filter(ref=ref).first()
        return found.latest_revision_created_at if found else None

    kept = condition(last_modified_func=changed)(views.document)
    add_pattern(library, path("<ref:ref>/", kept))


@channel(38, "Other methods and conditional requests", fault=answer_304_first)
def every_method_asks_first(library: Library) -> None:
    """HEAD, OPTIONS, ranges and conditions are answered as for an unknown reference."""
    cast = library.cast
    hidden = hidden_document(cast)
    client, own = client_of(cast.essex_officer), client_of(cast.kent_officer)
    later = http_date(2_000_000_000)
    asked: list[tuple[str, dict[str, str]]] = [
        *[(method, {}) for method in ("head", "options", "post", "put", "patch", "delete")],
        ("get", {"If-None-Match": "*"}),
        ("get", {"If-None-Match": f'"{hidden.file.sha256}"'}),
        ("get", {"If-Modified-Since": later}),
        ("get", {"If-Unmodified-Since": http_date(1)}),
        ("get", {"Range": "bytes=0-10"}),
    ]
    warm(client)
    pairs = list(zip(hidden.addresses()[::2], hidden.absent(UNKNOWN_REF)[::2], strict=True))
    for one, other in pairs:
        for method, headers in asked:
            first = ask(client, one, method=method, headers=headers)
            assert first.status in (404, 405), (one, method, headers)
            assert first == ask(client, other, method=method, headers=headers), (one, method)
    kept = {name.casefold() for name, _ in ask(own, hidden.page.address).headers}
    assert not kept & {"etag", "last-modified", "accept-ranges"}


def tell_other_sites(library: Library) -> None:
    """Some platform's form wants to know where people come from."""
    library.settings.SECURE_REFERRER_POLICY = "unsafe-url"


@channel(39, "Outside sites", fault=tell_other_sites)
def outside_sites_learn_nothing(library: Library) -> None:
    """No address goes out with a link, and a page fetches nothing from elsewhere."""
    cast = library.cast
    embed = '<embed embedtype="media" url="https://video.example/v"/>'
    outside = '<a href="https://platform.example/form">The form</a>'
    page = hidden_page(cast, when_not_to_use=f"<p>{outside}</p>{embed}")
    index_all()
    client = client_of(cast.kent_author)
    edit = f"/admin/pages/{page.pk}/edit/"
    for address in ("/", page.address, f"{page.address}preview/", "/guidance/", "/search/", edit):
        answer = ask(client, address)
        headers = dict(answer.headers)
        assert (answer.status, headers["Referrer-Policy"]) == (200, "same-origin"), address
        fetched = re.findall(
            r"<(?:img|script|iframe|link|source|object|embed)\b[^>]*>", answer.text
        )
        places = r"(?:src|srcset|href|data)=[\"']?(?:https?:)?//"
        assert not [tag for tag in fetched if re.search(places, tag)], address
        if address != edit:
            policy = headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "object-src 'none'" in policy


def show_the_stack(library: Library) -> None:
    """To find out what goes wrong in production."""
    library.settings.DEBUG = True


@channel(40, "Error pages", fault=show_the_stack)
def errors_say_nothing(library: Library) -> None:
    """Odd requests are refused plainly, and what breaks quotes no page."""
    cast = library.cast
    page = hidden_page(cast)
    index_all()
    client = client_of(cast.essex_officer)
    client.raise_request_exception = False
    odd = ("%00", "%ff%fe", "..%2f..%2fetc", "x" * 3000, "{{7*7}}", "' OR 1=1 --", "%0d%0aX-A:1")
    places = ["/{}/", "/forces/{}/", "/platforms/{}/x/", f"/{page.ref}/files/{{}}/"]
    places += ["/search/?q={}", "/guidance/?page={}", "/people/{}/move/"]
    for place in places:
        for words in odd:
            answer = ask(client, place.format(words))
            assert answer.status in (200, 400, 404), (place, words)
            assert not [word for word in (TOKEN, "traceback", "exception") if word in answer.text]

    def breaks(document: Document, *_: Any, **__: Any) -> Any:
        raise ValueError(f"{document.title} has no sections")

    library.monkeypatch.setattr("portal.reading.views.compose", breaks)
    own = client_of(cast.kent_officer)
    own.raise_request_exception = False
    broken = ask(own, page.address)
    assert (broken.status, TOKEN in broken.text, page.ref in broken.text) == (500, False, False)
