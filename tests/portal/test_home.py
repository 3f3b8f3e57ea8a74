"""Home, the pages of forces, and the account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.vocabulary import Role
from forces.models import Organisation, RolloutPhase
from guidance import services
from guidance.models import GuidancePage, LessonPage, PlatformPage, Term
from portal.frame import forget_names
from tests.guidance.scene import Cast, draft, person
from tests.portal.publishing import page_of, publish
from tests.sign_in import client_of


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    """Names of organisations are kept by the process, tests each have their own."""
    forget_names()


# -------------------------------------------------------------------------------------- the home


def test_home_starts_with_the_search_box(cast: Cast) -> None:
    """And has no second one in its header."""
    html = page_of(client_of(cast.kent_officer), "/")
    assert html.count('role="search"') == 1
    assert html.index('id="search"') < html.index('id="newest"')


def test_home_tells_what_was_withdrawn_lately(cast: Cast) -> None:
    """To who could read it, for a fortnight."""
    old, hidden = (
        publish(GuidancePage, cast, title=title, audience=(audience,))
        for title, audience in (("Stop this", "national"), ("Hidden stop", "hub"))
    )
    for page in (old, hidden):
        services.withdraw(page, by=cast.hub_approver, reason="The route has closed.")
    html = page_of(client_of(cast.kent_officer), "/")
    assert "Withdrawn: stop using it." in html
    assert "Stop this" in html
    assert "Hidden stop" not in html
    long_ago = timezone.now() - timedelta(days=15)
    GuidancePage.objects.filter(pk=old.pk).update(withdrawn_at=long_ago)
    assert "Withdrawn: stop using it." not in page_of(client_of(cast.kent_officer), "/")


def test_home_shows_approvers_what_waits_for_them(cast: Cast) -> None:
    """With the way to the draft, and to nobody else."""
    page = draft(cast.kent_author, title="Waits for review")
    services.submit(page, by=cast.kent_author)
    html = page_of(client_of(cast.kent_lead), "/")
    assert "Waits for review" in html
    assert f'href="{page.address}preview/"' in html
    page_of(client_of(cast.kent_lead), f"{page.address}preview/")
    assert "Waits for review" not in page_of(client_of(cast.kent_officer), "/")
    assert "Waits for review" not in page_of(client_of(cast.essex_officer), "/")


def test_home_shows_authors_what_was_sent_back(cast: Cast) -> None:
    """To who submitted it, until it is submitted again; to no colleague and no other force."""
    page = draft(cast.kent_author, title="Needs a second look")
    services.submit(page, by=cast.kent_author)
    state = page.current_workflow_state.current_task_state
    state.task.specific.on_action(state, cast.kent_lead, "reject", comment="Say when not to.")
    html = page_of(client_of(cast.kent_author), "/")
    assert "Needs a second look" in html.partition('id="to-review"')[2].partition("</section>")[0]
    assert f'href="/admin/pages/{page.pk}/edit/"' in html
    for other in (cast.kent_lead, cast.kent_officer, cast.hub_editor, cast.essex_officer):
        assert "Needs a second look" not in page_of(client_of(other), "/")
    fresh = GuidancePage.objects.get(pk=page.pk)
    fresh.current_workflow_state.resume(user=cast.kent_author)
    assert "Needs a second look" not in page_of(client_of(cast.kent_author), "/")


def test_home_leads_to_everything_on_a_platform_and_of_a_stage(cast: Cast) -> None:
    """A stage is a family of tactics: its link asks for any of them."""
    Term.objects.all().delete()
    kinds = Term.Vocabulary
    for vocabulary, slug, family in (
        (kinds.PLATFORM, "snapchat", ""),
        (kinds.TACTIC, "capture", "Evidence"),
        (kinds.TACTIC, "preserve", "Evidence"),
    ):
        Term.objects.create(vocabulary=vocabulary, slug=slug, label=slug, family=family)
    html = page_of(client_of(cast.kent_officer), "/")
    assert 'href="/search/?platform=snapchat"' in html
    # Harms stand between the two; without one, there is no list of tactics either.
    Term.objects.create(vocabulary=kinds.CONTENT_TYPE, slug="threat", label="threat")
    html = page_of(client_of(cast.kent_officer), "/")
    assert 'href="/search/?tactic=capture&amp;tactic=preserve"' in html


def test_the_menu_leads_officers_to_the_hub(cast: Cast) -> None:
    """The hub's own people have it as their own place; partners have none."""
    html = page_of(client_of(cast.kent_officer), "/forces/hub/")
    menu = html.partition('id="navigation"')[2].partition("</ul>")[0]
    assert menu.count('href="/forces/hub/"') == 1
    assert menu.count('aria-current="true"') == 1
    assert "/forces/hub/" not in page_of(client_of(cast.hub_editor), "/").partition("</header>")[0]


def test_home_shows_editors_the_reviews_due_in_their_own_house(cast: Cast) -> None:
    """Officers are not asked to review."""
    publish(LessonPage, cast, title="Due here", review_by_date="2026-01-02")
    assert "Reviews due" in page_of(client_of(cast.hub_approver), "/")
    assert "Reviews due" not in page_of(client_of(cast.kent_lead), "/")
    assert "Reviews due" not in page_of(client_of(cast.kent_officer), "/")


def test_home_keeps_platforms_apart_from_what_is_new(cast: Cast) -> None:
    """Entries change every few weeks; they have a row of their own."""
    publish(PlatformPage, cast, title="Snapchat")
    html = page_of(client_of(cast.kent_officer), "/")
    assert "Snapchat" in html.partition('id="platforms"')[2].partition("</section>")[0]
    assert "Snapchat" not in html.partition('id="newest"')[2].partition("</section>")[0]


def test_home_costs_the_same_however_much_there_is(cast: Cast) -> None:
    """One statement for each of its parts."""
    client = client_of(cast.hub_approver)
    client.get("/")
    counts = []
    for size in (1, 4):
        for number in range(size):
            publish(GuidancePage, cast, title=f"Page {size}-{number}", review_by_date="2026-01-02")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/").status_code == 200
        counts.append(len(queries))
    # Five of them say what waits for who looks after people and pages.
    assert counts[0] == counts[1] <= 17


@pytest.mark.parametrize(
    ("organisation", "role"), [("hub", Role.ADMINISTRATOR), ("oversight", Role.AUDITOR)]
)
def test_who_has_no_right_to_content_is_told_so(cast: Cast, organisation: str, role: Role) -> None:
    """No search box, no titles."""
    publish(GuidancePage, cast, title="A title")
    html = page_of(client_of(person(organisation, role)), "/")
    assert "Your role has no right to content." in html
    assert 'role="search"' not in html
    assert "A title" not in html


# ------------------------------------------------------------------------------------- the forces


def test_a_forces_page_counts_only_what_one_may_see(cast: Cast) -> None:
    """The same page looks different to two readers, and neither can tell."""
    publish(GuidancePage, cast, title="For all")
    publish(GuidancePage, cast, title="For the hub", audience=("own",))
    officers, hubs = (
        page_of(client_of(user), "/forces/hub/") for user in (cast.kent_officer, cast.hub_editor)
    )
    assert "Guidance: 1" in officers
    assert "For the hub" not in officers
    assert "Guidance: 2" in hubs


@pytest.mark.parametrize("slug", ["nowhere", "riverside", "oversight"])
def test_only_forces_and_the_hub_have_a_page(cast: Cast, slug: str) -> None:
    """A partner's existence is not everybody's business."""
    client = client_of(cast.kent_officer)
    page_of(client, f"/forces/{slug}/", status=404)
    assert slug not in page_of(client, "/forces/").lower()


def test_a_force_says_what_is_unverified_and_when_it_joins(cast: Cast) -> None:
    """Regions come from general knowledge."""
    later = RolloutPhase.objects.create(
        number=2, name="Later", opens_at=timezone.now() + timedelta(days=40)
    )
    Organisation.objects.filter(slug="essex").update(region_unverified=True, phase=later)
    html = page_of(client_of(cast.kent_officer), "/forces/essex/")
    assert "Unverified" in html
    assert "opens on" in html


def test_my_force_leads_to_ones_own(cast: Cast) -> None:
    """By the membership of this moment."""
    assert client_of(cast.kent_officer).get("/my-force/")["Location"] == "/forces/kent/"


# ------------------------------------------------------------------------------------ the account


def test_the_account_says_why_one_sees_what_one_sees(cast: Cast) -> None:
    """Audiences, marking and groups in words."""
    html = page_of(client_of(cast.kent_officer), "/account/")
    for words in ("pages for all forces", "pages for Kent", "pages for the region ersou"):
        assert words in html
    assert cast.kent_officer.public_id in html
    assert "drafts of Kent" not in html
    assert "drafts of Kent" in page_of(client_of(cast.kent_author), "/account/")


def test_the_slash_key_can_be_turned_off_and_on(cast: Cast) -> None:
    """WCAG 2.1.4; in this browser, without the database."""
    client = client_of(cast.kent_officer)
    assert "data-search-shortcut" not in page_of(client, "/")
    assert client.post("/account/shortcut/", {"shortcut": "off"})["Location"] == "/account/"
    assert 'data-search-shortcut="off"' in page_of(client, "/")
    client.post("/account/shortcut/", {"shortcut": "on"})
    assert "data-search-shortcut" not in page_of(client, "/")
    assert client.get("/account/shortcut/").status_code == 405


def test_cookies_are_out_of_reach_for_scripts(cast: Cast) -> None:
    """Both of ours."""
    client = client_of(cast.kent_officer)
    client.get(publish(GuidancePage, cast).address)
    client.post("/account/shortcut/", {"shortcut": "off"})
    for name in ("opened", "search-shortcut"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
        assert bool(client.cookies[name]["secure"]) is settings.SESSION_COOKIE_SECURE
