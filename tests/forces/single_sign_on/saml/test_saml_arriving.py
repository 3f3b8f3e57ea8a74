"""Who gets in by SAML, as whom, and how strong the session is."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from lxml import etree
from pytest_django import Settings

from access.vocabulary import Marking
from audit.models import Entry
from forces.models import IdentityProvider, Invitation, PersonSession
from forces.single_sign_on.claims import uid_of
from forces.single_sign_on.saml_answers import METHODS, SUBJECT_ID
from guidance.models import LessonPage
from portal.canary.documents import publish, write
from tests.forces.single_sign_on.conftest import last_refusal, onward_in
from tests.forces.single_sign_on.saml.conftest import ACS, Visit, tie
from tests.guidance.scene import Cast
from tests.services.saml_provider.answers import NAMESPACES, PASSWORD
from tests.services.saml_provider.keys import key_and_certificate
from tests.services.saml_provider.process import SamlProvider

Visiting = Callable[[], Visit]
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


def question_in(address: str) -> etree._Element:
    query = parse_qs(urlsplit(address).query)
    return etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))


def test_a_stranger_asks_with_what_their_groups_suggest(
    visit: Visiting, kents_saml: SamlProvider
) -> None:
    kents_saml.tell("sam", attributes={"groups": ["all", "Portal.Author"]})
    first = visit().sign_in()
    assert "Your lead has been asked" in first.content.decode()
    asked = Invitation.objects.get()
    assert (asked.email, asked.roles, asked.force_account.name) == (
        "sam@kent.police.example",
        ["author", "officer"],
        "Sam",
    )
    assert "sam@" not in str(list(Entry.objects.values()))


def test_who_is_tied_comes_to_the_page_they_wanted(
    cast: Cast, visit: Visiting, kent: IdentityProvider
) -> None:
    tie(cast.kent_author, kent)
    browser = visit()
    answer = browser.sign_in(next="/help/")
    assert answer.request["PATH_INFO"] == "/help/"
    assert browser.person == str(cast.kent_author.pk)
    assert SocialAccount.objects.get().extra_data == {}
    # What the provider said is not kept.
    assert browser.browser.cookies["force-answer"].value == ""
    assert PersonSession.objects.count() == 1


def test_a_second_factor_at_the_provider_is_one_here(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_saml: SamlProvider
) -> None:
    author = cast.kent_author
    lesson = write("own", LessonPage, by=author, marking=Marking.OFFICIAL_SENSITIVE)
    page = publish(lesson, cast.kent_lead, by=author)
    tie(author, kent)
    strong = visit()
    strong.sign_in()
    assert strong.browser.get(f"/{page.ref}/").status_code == 200
    kents_saml.tell("sam", strength=PASSWORD)
    weak = visit()
    assert "Set up your second factor" in weak.sign_in().content.decode()
    assert weak.browser.get(f"/{page.ref}/").status_code == 302
    kents_saml.tell("sam", strength=PASSWORD, attributes={METHODS[0]: ["pwd", "mfa"]})
    assert visit().sign_in().request["PATH_INFO"] == "/"


def test_a_subject_id_stands_in_for_a_persistent_name(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_saml: SamlProvider
) -> None:
    """And is not taken for one: what a transient name says is nobody's."""
    tie(cast.kent_author, kent, subject=f"{SUBJECT_ID} sam@kent")
    kents_saml.tell("sam", name_id_format=TRANSIENT, attributes={SUBJECT_ID: "sam@kent"})
    browser = visit()
    browser.sign_in()
    assert browser.person == str(cast.kent_author.pk)
    kents_saml.tell("sam", name_id="sam@kent")
    assert "Your lead has been asked" in visit().sign_in().content.decode()


@pytest.mark.parametrize("sign", ["assertion", "both"])
def test_what_providers_differ_in_is_taken(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_saml: SamlProvider, sign: str
) -> None:
    """The response signed besides, a qualifier that says its own name, another e-mail's name."""
    tie(cast.kent_author, kent)
    attributes = {"mail": None, "urn:oid:0.9.2342.19200300.100.1.3": "SAM@Kent.police.example"}
    kents_saml.tell("sam", sign=sign, name_qualifier=kent.issuer, attributes=attributes)
    browser = visit()
    browser.sign_in()
    assert browser.person == str(cast.kent_author.pk)


def test_while_a_force_changes_its_certificate_both_are_good(
    cast: Cast, visit: Visiting, kent: IdentityProvider
) -> None:
    tie(cast.kent_author, kent)
    kent.certificate = f"{key_and_certificate()[1]}\n{kent.certificate}"
    kent.full_clean()
    kent.save()
    browser = visit()
    browser.sign_in()
    assert browser.person


def test_a_fresh_proof_comes_from_the_provider(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_saml: SamlProvider
) -> None:
    tie(cast.kent_lead, kent)
    inside = visit()
    kents_saml.tell("sam", authn_instant=-3600)
    inside.sign_in()
    asked = inside.browser.get("/people/invitations/")
    assert asked.headers["Location"] == "/accounts/force/again/?next=%2Fpeople%2Finvitations%2F"
    wanted = {"next": "/people/invitations/"}
    onward = onward_in(inside.browser.post("/accounts/force/again/", wanted))
    assert question_in(onward).get("ForceAuthn") == "true"
    stale = kents_saml.sign_in(onward, subject="sam")
    assert inside.bring(stale.answer).status_code == 403
    assert last_refusal() == "auth-time"
    kents_saml.forget()
    onward = onward_in(inside.browser.post("/accounts/force/again/", wanted))
    answer = inside.bring(kents_saml.sign_in(onward, subject="sam").answer)
    assert (answer.request["PATH_INFO"], answer.status_code) == ("/people/invitations/", 200)


def test_who_signed_in_at_the_force_yesterday_is_asked_there_again(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_saml: SamlProvider
) -> None:
    """Once: a provider that does not ask is refused then."""
    tie(cast.kent_author, kent)
    kents_saml.tell("sam", authn_instant=-13 * 3600)
    browser = visit()
    onward = onward_in(browser.sign_in(next="/help/"))
    assert question_in(onward).get("ForceAuthn") == "true"
    stale = kents_saml.sign_in(onward, subject="sam")
    assert browser.bring(stale.answer).status_code == 403
    assert (last_refusal(), browser.person) == ("auth-time", "")
    onward = onward_in(browser.sign_in(next="/help/"))
    kents_saml.forget()
    answer = browser.bring(kents_saml.sign_in(onward, subject="sam").answer)
    assert answer.request["PATH_INFO"] == "/help/"


def test_the_question_says_who_asks_and_asks_no_more(
    visit: Visiting, kent: IdentityProvider, kents_saml: SamlProvider
) -> None:
    question = question_in(visit().onward())
    assert question.findtext("saml:Issuer", "", NAMESPACES) == ACS.replace("acs", "metadata")
    assert question.get("AssertionConsumerServiceURL") == ACS
    assert question.get("Destination") == kents_saml.address
    assert question.get("ForceAuthn") is None
    assert question.find("samlp:RequestedAuthnContext", NAMESPACES) is None


def test_a_force_can_import_who_we_are(client: Client, kent: IdentityProvider) -> None:
    answer = client.get("/accounts/force/kent/metadata/")
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    root = etree.fromstring(answer.content)
    assert root.get("entityID") == ACS.replace("acs", "metadata")
    assert "validUntil" not in root.attrib
    text = answer.content.decode()
    assert f'Location="{ACS}"' in text
    assert 'WantAssertionsSigned="true"' in text
    assert "SingleLogoutService" not in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sso_address", ""),
        ("sso_address", "http://sign-in.kent.police.example/sso"),
        ("sso_address", "https://sign-in.kent.police.example/sso#x"),
        ("sso_address", "https://somebody@sign-in.kent.police.example/sso"),
        ("sso_address", "javascript:alert(1)"),
        ("certificate", ""),
        ("certificate", "MIIC"),
        pytest.param("certificate", key_and_certificate(bits=1024)[1], id="a short key"),
        ("client_id", "the-portal"),
        ("kind", "oidc"),
    ],
    ids=str,
)
def test_a_row_that_would_guard_nothing_is_not_kept(
    kent: IdentityProvider, settings: Settings, field: str, value: Any
) -> None:
    settings.SSO_INSECURE_ISSUERS = False
    kent.sso_address = "https://sign-in.kent.police.example/sso?tenant=1"
    kent.full_clean()
    setattr(kent, field, value)
    with pytest.raises(ValidationError):
        kent.full_clean()
    if value in ("", "the-portal", "oidc"):
        with pytest.raises(IntegrityError), transaction.atomic():
            kent.save()


def test_each_protocol_has_its_own_doors(client: Client, kent: IdentityProvider) -> None:
    assert client.get("/accounts/force/kent/").status_code == 404
    IdentityProvider.objects.update(
        kind="oidc", client_id="the-portal", sso_address="", certificate=""
    )
    assert client.get("/accounts/force/kent/metadata/").status_code == 404
    assert client.get("/accounts/force/kent/finish/").status_code == 404
    assert client.post(ACS, {"SAMLResponse": "x"}).status_code == 404


def test_the_same_name_at_another_provider_is_somebody_else(kent: IdentityProvider) -> None:
    before = uid_of(kent, subject="sam")
    kent.issuer += "/another"
    assert uid_of(kent, subject="sam") != before
