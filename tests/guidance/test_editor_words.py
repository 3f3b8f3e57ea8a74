"""What the editor says of who may read a page is true of this portal."""

from __future__ import annotations

import re
from html import unescape

from allauth.mfa.totp.internal.auth import TOTP

from guidance import services
from guidance.models import ForceSection
from tests.guidance.scene import Cast, approve_all, draft, published
from tests.sign_in import client_of

# Wagtail's words for a page without one of its own restrictions, which the portal never uses.
UNTRUE = re.compile(
    r"visible to all|anyone can view|change privacy|not visible to the public", re.I
)


def test_no_page_of_the_editor_says_that_anyone_may_read_it(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    section = ForceSection.objects.get(organisation_id="kent").pk
    client = client_of(cast.kent_author)
    form = f"/admin/pages/{page.pk}/edit/"
    pages = {
        address: client.get(address).content.decode()
        for address in (
            form,
            f"/admin/pages/add/guidance/guidancepage/{section}/",
            f"/admin/pages/{section}/",
            f"/admin/pages/{page.pk}/history/",
        )
    }
    for address, html in pages.items():
        assert "<main" in html, address
        assert UNTRUE.findall(html) == [], address
    assert "Only those its audience names" in pages[form]


def test_the_writing_pages_say_what_a_session_without_a_second_factor_lacks(cast: Cast) -> None:
    TOTP.activate(cast.kent_author, "JBSWY3DPEHPK3PXP")  # pragma: allowlist secret
    told = "This session shows OFFICIAL pages only."
    weak = client_of(cast.kent_author, second_factor=False).get("/admin/").content.decode()
    assert told in weak
    assert "/accounts/prove/?next=%2Fadmin%2F" in weak
    assert told not in client_of(cast.kent_author).get("/admin/").content.decode()


def test_a_reviewer_is_led_to_the_step_and_offered_nothing_that_is_refused(cast: Cast) -> None:
    """Wagtail says that reviewers can edit, and offers them to take back what is not theirs."""
    page = draft(cast.kent_author, audience=("national",))
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    shown = {
        user: client_of(user).get(f"/admin/pages/{page.pk}/edit/").content.decode()
        for user in (cast.kent_author, cast.kent_lead, cast.hub_approver)
    }
    decide, take_back = '<a class="button" href="/admin/"', "action-cancel-workflow"
    offered = {
        user: (decide in " ".join(html.split()), take_back in html) for user, html in shown.items()
    }
    assert offered == {
        cast.kent_author: (False, True),
        cast.kent_lead: (False, False),
        cast.hub_approver: (True, False),
    }
    for html in shown.values():
        assert "This page is awaiting 'Hub approver'" in unescape(html)
        assert "reviewers for this task can edit" not in html
