"""Pages for what goes wrong before a view has a say: each says what to do, and nothing else."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from portal import urls as portal_urls
from tests.guidance.scene import Cast
from tests.sign_in import client_of

SENT = "Quillonvane"


def _denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(f"{SENT} is not yours.")


urlpatterns = [*portal_urls.urlpatterns, path("denied/", _denied)]
handler400, handler403 = portal_urls.handler400, portal_urls.handler403
handler404, handler500 = portal_urls.handler404, portal_urls.handler500


@pytest.mark.urls(__name__)
def test_a_refusal_by_a_service_is_a_page_that_tells_no_reason(cast: Cast) -> None:
    answers = [client_of(user).get("/denied/") for user in (cast.kent_officer, cast.hub_approver)]
    assert [one.status_code for one in answers] == [403, 403]
    assert answers[0].content == answers[1].content
    told = answers[0].content.decode()
    assert "Nothing was changed" in told
    assert "ask a colleague" in told
    assert SENT not in told


def test_an_expired_form_says_how_to_send_it_again(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/join/", {"email": f"{SENT}@kent.example"})
    assert answer.status_code == 403
    told = answer.content.decode()
    assert "what you typed is still in the form" in told
    assert "Reload the page" in told
    assert SENT not in told
    assert answer["Cache-Control"] == "private, no-store"
    signed_in = Client(enforce_csrf_checks=True)
    signed_in.force_login(cast.kent_officer, backend="forces.backends.PersonBackend")
    assert signed_in.post("/search/saved/").content == answer.content


def test_a_host_that_is_not_ours_gets_a_page_that_repeats_nothing(
    db: None, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["portal.example"]
    answer = Client().get(f"/{SENT}/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    told = answer.content.decode()
    assert "Check the address" in told
    assert "evil.example" not in told
    assert SENT not in told
    assert answer.content == Client().get("/", headers={"host": "other.example"}).content
