"""Home, forces, account, the standing pages, and the frame around all of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from django.utils import timezone

from access.policy import ANONYMOUS, Viewer
from access.vocabulary import Marking, Role
from forces.models import Organisation, RolloutPhase
from forces.viewers import viewer_for
from guidance import services
from guidance.models import GuidancePage, LessonPage, PlatformPage
from portal import urls as portal_urls
from portal.frame import Frame, forget_names, short_name
from tests.guidance.scene import LONG_AGO, Cast, draft, person
from tests.portal.publishing import publish
from tests.sign_in import client_of

PUBLIC = ("/risk-to-life/", "/help/", "/accessibility/", "/privacy/", "/handling/")
SIGNED_IN = ("/", "/account/", "/guidance/", "/lessons/", "/evaluations/", "/platforms/", "/forces/")


def _raise(request: Any) -> Any:
    raise RuntimeError("secret words")


urlpatterns = [*portal_urls.urlpatterns, path("broken/", _raise)]
handler404 = portal_urls.handler404
handler500 = portal_urls.handler500


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    """Names of organisations are kept by the process, tests each have their own."""
    forget_names()


def page_of(client: Client, address: str, *, status: int = 200) -> str:
    """The text of a page in one line."""
    response = client.get(address)
    assert response.status_code == status, address
    return " ".join(response.content.decode().split())


# ------------------------------------------------------------------------------------ the frame


@pytest.mark.parametrize("address", SIGNED_IN)
def test_pages_are_for_people_who_signed_in(db: None, client: Client, address: str) -> None:
    """Everybody else is led to sign-in."""
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("address", PUBLIC)
def test_standing_pages_are_for_everybody(
    db: None, client: Client, address: str
) -> None:
    """Signed out, they show no navigation and ask the database nothing."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        html = page_of(client, address)
    assert len(queries) == 0
    assert html.count("<h1") == 1
    assert 'id="navigation"' not in html
    assert html.count("<strong>OFFICIAL</strong>") == 2


@pytest.mark.parametrize("address", [*SIGNED_IN, *PUBLIC, "/search/", "/GD-22222/"])
def test_risk_to_life_is_one_tap_away(cast: Cast, address: str) -> None:
    """On every page, in the header; and from there the call."""
    response = client_of(cast.kent_officer).get(address)
    html = response.content.decode()
    assert 'class="app-urgent" href="/risk-to-life/"' in html
    assert len(re.findall("<h1", html)) == 1
    assert html.index("app-skip" if "app-skip" in html else "govuk-skip-link") < html.index("<h1")


def test_who_is_called_stands_first(db: None, client: Client) -> None:
    """As a telephone link, before anything else, and no form to fill in."""
    html = page_of(client, "/risk-to-life/")
    main = html.partition('id="main-content"')[2]
    assert main.index('href="tel:999"') < main.index("<li>")
    assert "<form" not in main.partition("</main>")[0]


NAVIGATION = [
    ("kent", Role.OFFICER, ["Search", "Guidance", "Lessons", "Evaluations", "Platforms", "My force"]),
    (
        "kent",
        Role.AUTHOR,
        ["Search", "Guidance", "Lessons", "Evaluations", "Platforms", "My force", "Write"],
    ),
    (
        "hub",
        Role.HUB_APPROVER,
        [
            *("Search", "Guidance", "Lessons", "Evaluations", "Platforms"),
            *("The hub", "Write", "People"),
        ],
    ),
    ("hub", Role.ADMINISTRATOR, ["People"]),
    ("oversight", Role.AUDITOR, []),
    ("riverside", Role.PARTNER, ["Search", "Guidance", "Lessons", "Evaluations", "Platforms"]),
]


def frame_of(viewer: Viewer, address: str = "/") -> Frame:
    """The frame of a request that somebody makes."""
    request = RequestFactory().get(address)
    request.viewer = viewer  # type: ignore[attr-defined]
    return Frame(request)


@pytest.mark.parametrize(("organisation", "role", "labels"), NAVIGATION)
def test_the_navigation_leads_only_where_there_is_something(
    cast: Cast, organisation: str, role: Role, labels: list[str]
) -> None:
    """And each entry's page is there for that person."""
    user = person(organisation, role, name="newcomer")
    viewer = viewer_for(user, second_factor=True, at=timezone.now())
    entries = frame_of(viewer).navigation
    assert [str(entry.label) for entry in entries] == labels
    client = client_of(user)
    answers = [client.get(entry.address, follow=True).status_code for entry in entries]
    assert set(answers) <= {200}


def test_nobody_has_no_navigation_and_no_force() -> None:
    """Also where a request failed before it was known who asks."""
    frame = frame_of(ANONYMOUS)
    assert (frame.navigation, frame.organisation, frame.search_address) == ([], "", "")
    assert Frame(RequestFactory().get("/")).is_signed_in is False


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("/GD-7F3K2/", "Guidance"),
        ("/EV-7F3K2/files/", "Evaluations"),
        ("/platforms/snapchat/preservation/", "Platforms"),
        ("/forces/kent/", "My force"),
        ("/forces/essex/", ""),
        ("/", ""),
    ],
)
def test_the_navigation_shows_where_one_is(cast: Cast, address: str, label: str) -> None:
    """By the address alone."""
    viewer = viewer_for(cast.kent_officer, second_factor=True, at=timezone.now())
    current = [str(one.label) for one in frame_of(viewer, address).navigation if one.is_current]
    assert current == ([label] if label else [])


def test_a_renamed_force_is_shown_by_its_new_name(cast: Cast) -> None:
    """Names are kept in the process until one changes."""
    assert short_name("kent") == "Kent"
    organisation = Organisation.objects.get(slug="kent")
    organisation.short_name = "Kent and Medway"
    organisation.save()
    assert short_name("kent") == "Kent and Medway"
    assert short_name("nowhere") == ""


def test_the_policy_allows_nothing_but_ourselves(cast: Cast) -> None:
    """No inline code, no other host, no frame around us."""
    response = client_of(cast.kent_officer).get("/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


# --------------------------------------------------------------------------------- what goes wrong


def test_a_fault_says_so_without_the_database(client: Client) -> None:
    """Whatever broke, 999 is there, and no word of the fault."""
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__):
        response = client.get("/broken/")
    html = response.content.decode()
    assert response.status_code == 500
    assert 'href="tel:999"' in html
    assert "secret words" not in html
    assert html.count("<strong>OFFICIAL</strong>") == 2


@pytest.fixture
def _broken_view_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_raise, "login_required", False, raising=False)


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
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    ("organisation", "role"), [("hub", Role.ADMINISTRATOR), ("oversight", Role.AUDITOR)]
)
def test_who_has_no_right_to_content_is_told_so(
    cast: Cast, organisation: str, role: Role
) -> None:
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


# -------------------------------------------------------------------------------------- the forms


class Trial(forms.Form):
    """One control of each kind."""

    name = forms.CharField(label="Full name", help_text="As on the badge.")
    secret = forms.CharField(widget=forms.PasswordInput)
    text = forms.CharField(widget=forms.Textarea, required=False)
    force = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
    way = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    marks = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField()
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_forms_come_in_the_kits_markup() -> None:
    """Every control has its label and the kit's class; hidden ones come along."""
    html = str(Trial())
    for name in ("govuk-input", "govuk-textarea", "govuk-select", "govuk-password-input"):
        assert name in html
    assert html.count("govuk-radios__input") == 2
    assert html.count("govuk-checkboxes__input") == 3
    assert html.count("<legend") == 2
    assert 'name="token"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    controls = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html))
    assert controls - {"id_token"} == labelled


def test_errors_say_what_to_do_and_lead_to_the_field() -> None:
    """Not "this field is required"."""
    html = str(Trial({"force": "nowhere"}))
    assert "Fill in: Full name" in html
    assert "Choose: Way" in html
    assert "is required" not in html
    assert '<a href="#id_name">' in html
    targets = set(re.findall(r'<a href="#([^"]+)"', html))
    assert all(f'id="{target}"' in html for target in targets)
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html


def test_what_somebody_typed_comes_back_escaped() -> None:
    """In the control and in the error that quotes it."""
    html = str(Trial({"name": "<b>", "force": "<i>"}))
    assert "<b>" not in html
    assert "<i>" not in html


def test_signing_in_asks_for_what_is_missing(db: None, client: Client) -> None:
    """allauth's forms come the same way."""
    html = " ".join(client.post("/accounts/login/", {}).content.decode().split())
    assert "Fill in: Email" in html
    assert "govuk-error-summary" in html
    assert LONG_AGO < timezone.now()
    assert Marking.OFFICIAL.name in html
