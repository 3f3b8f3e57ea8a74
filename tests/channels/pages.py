"""Channels of page serving: what one learns of a hidden page from its address and neighbours."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils.text import slugify
from wagtail.models import ReferenceIndex

from access.policy import Decision, Reason
from guidance.models import Document, GuidancePage
from guidance.models.references import ALPHABET
from guidance.serving import Refused, open_document
from tests.channels.answers import TOKEN, UNKNOWN_FILE, UNKNOWN_REF, Answer, ask, warm
from tests.channels.hidden import hidden_document, hidden_page, hidden_platform
from tests.channels.register import Library, channel
from tests.channels.routes import readers_routes
from tests.guidance.editor_form import posted
from tests.guidance.scene import draft, published
from tests.sign_in import client_of

_HREF = re.compile(r'(?:href|src|action|content)="([^"]*)"')
NEIGHBOURS = ("/", "/guidance/", "/lessons/", "/platforms/", "/forces/", "/forces/kent/")


def national_page(library: Library, **fields: Any) -> GuidancePage:
    """A page of the hub that every officer reads."""
    cast = library.cast
    return published(cast.hub_editor, cast.hub_approver, audience=("national",), **fields)


def answers(client: Client, *paths: str) -> list[Answer]:
    """What each address says now."""
    return [ask(client, path) for path in paths]


def link_to(page: Document) -> str:
    """A text with a link as the editor stores it."""
    return f'<p><a linktype="page" id="{page.pk}">See there</a></p>'


def forbid_instead(library: Library) -> None:
    """A 403 for what is there, a 404 for what is not."""

    def opened(viewer: Any, ref: str, **more: Any) -> Any:
        try:
            return open_document(viewer, ref, **more)
        except Refused:
            if GuidancePage.objects.filter(ref=ref).exists():
                raise PermissionDenied from None
            raise

    library.monkeypatch.setattr("portal.reading.views.open_document", opened)


@channel(24, "Hidden or absent", fault=forbid_instead)
def hidden_is_as_absent(library: Library) -> None:
    """Status, headers, cookies, body and statements are those of an unknown reference."""
    hidden, platform = hidden_document(library.cast), hidden_platform(library.cast)
    words = (*hidden.references(), platform.ref, TOKEN)
    unknown = (UNKNOWN_REF, UNKNOWN_FILE, "PL-22222", "absentmere")
    cards = [f"/platforms/{word}/preservation/" for word in words[3:] + unknown[2:]]
    pairs = list(zip(hidden.addresses(), hidden.absent(UNKNOWN_REF), strict=True))
    pairs += zip(cards[:2], cards[2:], strict=True)
    for client in (client_of(library.cast.essex_officer), Client()):
        warm(client)
        for path, other in pairs:
            one, two = ask(client, path), ask(client, other)
            assert one.status in (302, 404)
            assert one.without(*words) == two.without(*unknown), path
    own = ask(client_of(library.cast.kent_officer), hidden.addresses()[0])
    assert (own.status, TOKEN in own.text) == (200, True), "it is there for its own force"


def title_in_address(library: Library) -> None:
    """Addresses that people can read."""
    address = property(lambda page: f"/{page.ref}/{slugify(page.title)}/")
    library.monkeypatch.setattr(Document, "address", address)


@channel(25, "Titles in addresses", fault=title_in_address)
def addresses_hold_no_title(library: Library) -> None:
    """Neither links nor redirects, and renaming leaves no old address behind."""
    cast = library.cast
    page = hidden_page(cast)
    form = {**posted(page, title=f"Renamed {TOKEN}"), "slug": f"renamed-{TOKEN}"}
    saved = client_of(cast.kent_author).post(f"/admin/pages/{page.pk}/edit/", form)
    assert (saved.status_code, TOKEN in saved["Location"]) == (302, False)
    page.refresh_from_db()
    assert TOKEN not in f"{page.slug} {page.url_path}"
    own = client_of(cast.kent_officer)
    for path in ("/", "/guidance/", "/forces/kent/", f"/{page.ref}/"):
        text = ask(own, path).text
        assert page.ref.casefold() in text
        assert not [href for href in _HREF.findall(text) if TOKEN in href], path
    for client in (own, client_of(cast.essex_officer)):
        for word in (f"about-{TOKEN}", f"renamed-{TOKEN}", page.slug):
            assert client.get(f"/{word}/").status_code == 404
    assert TOKEN not in Client().get(f"/{page.ref}/")["Location"]


def number_them(library: Library) -> None:
    """References in the order of writing, easier to say on the telephone."""
    given: list[str] = []

    def issue(prefix: str) -> str:
        given.append(prefix)
        count, ref = len(given), ""
        for _ in range(5):
            count, digit = divmod(count, len(ALPHABET))
            ref = ALPHABET[digit] + ref
        return f"{prefix}-{ref}"

    library.monkeypatch.setattr("guidance.models.document.issue_reference", issue)


@channel(26, "Ids in sequence", fault=number_them)
def ids_are_in_no_sequence(library: Library) -> None:
    """References say nothing of how many others there are, and readers see no other ids."""
    pages = [draft(library.cast.kent_author) for _ in range(6)]
    numbers = []
    for page in pages:
        digits = [ALPHABET.index(letter) for letter in page.ref.partition("-")[2]]
        numbers.append(sum(digit * len(ALPHABET) ** at for at, digit in enumerate(digits[::-1])))
    assert max(abs(two - one) for one, two in pairwise(numbers)) > 1000, "next to each other"
    for route, _ in readers_routes():
        # One's own passkeys are numbered: they are no documents.
        if not route.startswith("accounts/"):
            assert set(re.findall(r"<int:(\w+)>", route)) <= {"width"}, route
    seen = national_page(library)
    client = client_of(library.cast.essex_officer)
    for path in (seen.address, "/guidance/", "/"):
        assert not re.findall(r'href="/[^"]*/\d+/[^"]*"', ask(client, path).text), path


def count_all(library: Library) -> None:
    """Numbers for a force's page, straight from the table."""

    def counts(slug: str, *_: Any, **__: Any) -> list[tuple[str, int]]:
        return [("Guidance", GuidancePage.objects.filter(owner_org=slug).count())]

    library.monkeypatch.setattr("portal.home.forces.counts_of", counts)


@channel(27, "Neighbours and counts", fault=count_all)
def neighbours_do_not_move(library: Library) -> None:
    """Lists, breadcrumbs and counts are the same bytes with and without hidden pages."""
    cast = library.cast
    paths = (*NEIGHBOURS, national_page(library).address)
    client = client_of(cast.essex_officer)
    warm(client, *paths)
    before = answers(client, *paths)
    hidden_page(cast, tactics=["evidence-capture"], platforms=["youtube"])
    draft(cast.hub_editor, title=f"Draft {TOKEN}")
    assert answers(client, *paths) == before


def ask_nobody(library: Library) -> None:
    """Links are links: the author knows what to link to."""
    yes = Decision(True, Reason.AUDIENCE)
    library.monkeypatch.setattr("guidance.linking.decide", lambda *_, **__: yes)


@channel(28, "Links to hidden pages", fault=ask_nobody)
def links_to_hidden_pages_are_text(library: Library) -> None:
    """Neither title nor reference of what a text or card points at."""
    hidden = hidden_page(library.cast)
    card = ("platform_card", {"platform": hidden, "purpose": "", "note": "A note."})
    seen = national_page(library, purpose=link_to(hidden), body=[card])
    text = ask(client_of(library.cast.essex_officer), seen.address).text
    assert "see there" in text
    assert not [word for word in (TOKEN, hidden.ref.casefold()) if word in text]
    own = ask(client_of(library.cast.kent_officer), seen.address).text
    assert f'href="{hidden.address.casefold()}"' in own, "who may read it gets the link"


def index_references(library: Library) -> None:
    """Wagtail's own index of references, which counts all pages there are."""
    save = Document.save

    def saved(page: Document, *args: Any, **kwargs: Any) -> None:
        save(page, *args, **kwargs)
        ReferenceIndex.create_or_update_for_object(page)

    library.monkeypatch.setattr(Document, "wagtail_reference_index_ignore", False)
    library.monkeypatch.setattr(Document, "save", saved)


@channel(29, "Pages that point here", fault=index_references)
def what_points_here_is_not_told(library: Library) -> None:
    """Neither to readers nor to the page's own editors, by count or by successor."""
    cast = library.cast
    seen, own = national_page(library), draft(cast.hub_editor)
    reader, editor = client_of(cast.essex_officer), client_of(cast.hub_editor)
    admin = [f"/admin/pages/{own.pk}/{path}/" for path in ("history", "usage")]
    warm(editor, *admin)
    warm(reader)
    before = answers(reader, seen.address), answers(editor, *admin)
    hidden = hidden_page(cast, purpose=link_to(seen))
    hidden_page(cast, purpose=link_to(own))
    assert (answers(reader, seen.address), answers(editor, *admin)) == before
    # Whatever Wagtail shows of it, now or in its next version, it takes from there.
    assert not ReferenceIndex.get_references_to(own).exists()
    told = []
    for successor in (hidden.ref, UNKNOWN_REF):
        # By the row: the service refuses a successor that is not there, or no longer.
        Document.objects.filter(pk=seen.pk).update(state="superseded", successor_ref=successor)
        told.append(ask(reader, seen.address))
    assert told[0] == told[1]
