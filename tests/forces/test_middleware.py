"""What every request meets: a door that is shut unless it is listed, and answers nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.formats import date_format
from structlog.contextvars import get_contextvars

from access.vocabulary import Role
from forces.middleware import RequestIdMiddleware, _is_public
from forces.models import Organisation, RolloutPhase
from tests.guidance.scene import Cast, in_future, person, published
from tests.sign_in import client_of

# Everything that a visitor may call. A new public address is reviewed, and added here.
PUBLIC = frozenset(
    {
        *("urgent", "help", "accessibility", "privacy", "handling"),
        *("account_login", "account_logout", "account_inactive"),
        # These two lead to sign-in.
        *("account_signup", "account_email"),
        *("account_reset_password", "account_reset_password_done"),
        *("account_reset_password_from_key", "account_reset_password_from_key_done"),
        *("join", "ask_for_access"),
        # The link in a digest: a signed token that can only stop e-mails.
        "stop_mails",
        *("force_account", "force_account_callback"),
        *("force_account_acs", "force_account_finish", "force_account_metadata"),
        # These ask for a directory's key instead.
        *("scim_users", "scim_user"),
        *("scim_service_provider", "scim_resource_types", "scim_schemas"),
        *("mfa_authenticate", "mfa_login_webauthn"),
    }
)
METHODS = ("get", "head", "options", "post", "put", "delete")


def _routes(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns)
        else:
            yield pattern


def test_the_public_addresses_are_those_that_were_reviewed() -> None:
    routes = list(_routes(get_resolver().url_patterns))
    assert len(routes) > 100
    assert {route.name for route in routes if _is_public(route.callback)} == PUBLIC


def test_wagtails_own_word_opens_nothing(cast: Cast) -> None:
    """Its admin's API is marked public; to a visitor it is as absent as everything else."""
    for path in ("/admin/api/main/pages/", "/admin/api/main/documents/find/", "/admin/login/"):
        assert Client().get(path)["Location"] == f"/accounts/login/?next={path}"
        assert client_of(cast.kent_officer).get(path).status_code in (302, 404)


@pytest.mark.parametrize("method", METHODS)
def test_a_visitor_cannot_tell_what_is_there(cast: Cast, method: str) -> None:
    hidden = published(cast.kent_author, cast.kent_lead).address
    addresses = [hidden, "/GD-22222/", "/GD-22222", "/no-such-address/", "/admin/no/such/"]
    for path in (*addresses, "/people/", "/forces/kent/", "/forces/nowhere/"):
        answer = getattr(Client(), method)(path)
        assert (answer.status_code, answer.content) == (302, b""), path
        assert answer["Location"] == f"/accounts/login/?next={path}"
        assert answer["Cache-Control"] == "private, no-store"
        assert "Set-Cookie" not in answer


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/search", 301),
        ("/no-such-address/", 404),
        ("/GD-22222/", 404),
        ("/account/shortcut/", 405),
        ("/accounts/logout/", 200),
        ("/people/", 404),
    ],
)
def test_no_cache_keeps_what_a_reader_saw(cast: Cast, path: str, status: int) -> None:
    for method in ("get", "head"):
        answer = getattr(client_of(cast.kent_officer), method)(path)
        assert answer.status_code == status
        assert answer["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer


def test_answers_from_outside_the_views_are_not_kept_either(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    wrong_host = client.get("/", headers={"host": "elsewhere.example"})
    no_token = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    for answer, status in ((wrong_host, 400), (no_token, 403)):
        assert (answer.status_code, answer["Cache-Control"]) == (status, "private, no-store")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("why", ["not open", "no phase", "ended"])
def test_a_force_that_is_not_admitted_gets_nothing(cast: Cast, method: str, why: str) -> None:
    page = published(cast.hub_editor, cast.hub_approver)
    kent = Organisation.objects.filter(slug="kent")
    if why == "not open":
        RolloutPhase.objects.update(opens_at=in_future(days=1))
    elif why == "no phase":
        kent.update(phase=None)
    else:
        kent.update(ended_at=in_future(days=-1))
    for user in (cast.kent_officer, cast.kent_author):
        for path in ("/", page.address, "/admin/", "/search/?q=a"):
            answer = getattr(client_of(user), method)(path)
            assert answer.status_code == 403, path
            assert page.title.encode() not in answer.content


def test_the_waiting_page_says_the_planned_day_where_there_is_one(cast: Cast) -> None:
    opens_at = in_future(days=40)
    RolloutPhase.objects.update(opens_at=opens_at)
    told = client_of(cast.kent_officer).get("/").content.decode()
    assert date_format(timezone.localtime(opens_at), "j F Y") in told
    Organisation.objects.filter(slug="kent").update(phase=None)
    told = client_of(cast.kent_officer).get("/").content.decode()
    assert "No day is set yet" in told


@pytest.mark.parametrize("organisation", ["hub", "riverside", "oversight"])
def test_who_is_not_in_the_roll_out_needs_no_phase(cast: Cast, organisation: str) -> None:
    RolloutPhase.objects.update(opens_at=in_future(days=1))
    roles = {"hub": Role.OFFICER, "riverside": Role.PARTNER, "oversight": Role.AUDITOR}
    user = person(organisation, roles[organisation])
    assert client_of(user).get("/").status_code == 200


def test_log_lines_of_a_request_carry_its_id_and_no_other_line_does() -> None:
    seen: list[dict[str, object]] = []

    def handler(request: HttpRequest) -> HttpResponse:
        seen.append(get_contextvars())
        return HttpResponse()

    request = RequestFactory().get("/", headers={"x-request-id": "chosen-by-the-caller"})
    RequestIdMiddleware(handler)(request)  # type: ignore[arg-type]
    assert seen == [{"request_id": request.request_id}]  # type: ignore[attr-defined]
    assert seen[0]["request_id"] != "chosen-by-the-caller"
    assert get_contextvars() == {}


def test_signing_out_empties_the_browser(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    assert "Clear-Site-Data" not in client.get("/").headers
    left = client.post("/accounts/logout/")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_other_sites_may_show_nothing_of_ours(client: Client) -> None:
    for path in ("/accounts/login/", "/", "/no-such-page/"):
        assert client.get(path).headers["Cross-Origin-Resource-Policy"] == "same-origin"
