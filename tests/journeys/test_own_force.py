"""An own-force page is there for its own force and absent for another: everywhere."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.kents_own_page import ALTERNATIVE, FILE_WORDS, RARE_WORD, TITLE, Addresses
from tests.journeys.searching import facet_counts, search_for, titles, total, wait_until_found
from tests.journeys.visitors import KENT_OFFICER, MET_OFFICER, Visitors
from tests.services.chromium import take_picture

ABSENT = "GD-22222"


def test_it_is_there_for_its_own_force(visitors: Visitors, kents: Addresses) -> None:
    """Found, counted, read, with its file and its picture."""
    officer = visitors.page(KENT_OFFICER)
    search_for(officer, RARE_WORD)
    wait_until_found(officer, TITLE)
    assert facet_counts(officer)["force"] == {"kent": 1}
    officer.get_by_role("link", name=TITLE).click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text(TITLE)
    picture = officer.get_by_role("img", name=ALTERNATIVE)
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    take_picture(officer, "c-own-force")
    assert _fetch(officer, kents.file) == (200, FILE_WORDS)
    assert officer.request.get(kents.picture).headers["content-type"] == "image/png"
    officer.goto("/forces/kent/")
    expect(officer.get_by_role("link", name=TITLE)).to_be_visible()


def test_it_is_absent_for_another_force(visitors: Visitors, kents: Addresses) -> None:
    """No page, no hit, no count, no file, no picture; nor a word that it might exist."""
    kent = visitors.page(KENT_OFFICER)
    search_for(kent, RARE_WORD)
    wait_until_found(kent, TITLE)

    stranger = visitors.page(MET_OFFICER)
    search_for(stranger, RARE_WORD)
    assert TITLE not in titles(stranger)
    take_picture(stranger, "c-other-force")
    kents_own = _counted_for_kent(stranger)
    stranger.goto("/forces/kent/")
    assert TITLE not in stranger.content()
    for address in kents.all:
        answer = stranger.goto(address)
        assert answer is not None
        assert answer.status == 404, address
    assert kents_own < _counted_for_kent(kent)


def test_its_addresses_answer_as_if_it_had_never_been(visitors: Visitors, kents: Addresses) -> None:
    """Byte for byte the page that an address without a document gives."""
    stranger = visitors.page(MET_OFFICER)
    reference = kents.page.strip("/")
    for address in kents.all:
        nowhere = address.replace(reference, ABSENT)
        assert _fetch(stranger, address) == _fetch(stranger, nowhere)


def _counted_for_kent(page: Page) -> int:
    """What the facet "Force: Kent" says in a search for everything."""
    page.goto("/search/")
    assert total(page) > 0
    return facet_counts(page)["force"].get("kent", 0)


def _fetch(page: Page, address: str) -> tuple[int, str]:
    answer = page.request.get(address)
    return answer.status, answer.text()
