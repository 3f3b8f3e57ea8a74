"""What a hostile provider, or somebody on the way, tries by SAML: refused, recorded, nobody in."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from allauth.socialaccount.internal import statekit
from django.test import Client

from audit.models import Entry
from forces.models import EmailDomain, IdentityProvider, Invitation, Organisation, PersonSession
from forces.single_sign_on.saml_answers import SUBJECT_ID
from forces.single_sign_on.saml_views import LARGEST
from tests.forces.single_sign_on.conftest import last_refusal, onward_in
from tests.forces.single_sign_on.saml.conftest import ACS, Visit, tie
from tests.forces.single_sign_on.saml.wrapping import WRAPPINGS, changed, wrapped
from tests.guidance.scene import Cast
from tests.services.saml_provider.keys import key_and_certificate
from tests.services.saml_provider.process import SamlProvider

Visiting = Callable[[], Visit]
EVIL = "https://evil.example/"
_NESTED = "".join(
    f'<!ENTITY {outer} "{f"&{inner};" * 10}">'
    for inner, outer in zip("abcdefgh", "bcdefghi", strict=True)
)
BOMB = f'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">{_NESTED}]><r>&i;</r>'
FETCHING = f'<!DOCTYPE r SYSTEM "{EVIL}"><r/>'
READING = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><r>&a;</r>'


@pytest.fixture(autouse=True)
def people(cast: Cast, kent: IdentityProvider) -> None:
    """Somebody who could sign in if all were well, and somebody worth being."""
    tie(cast.kent_author, kent, subject="sam")
    tie(cast.kent_lead, kent, subject="chief")
    essex = Organisation.objects.get(slug="essex")
    EmailDomain.objects.create(domain="essex.police.example", organisation=essex)


def assert_refused(attempt: Visit, answer: Any, *, reason: str = "token") -> None:
    assert answer.status_code == 403
    assert "You are not signed in" in answer.content.decode()
    assert last_refusal() == reason
    assert attempt.person == ""
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("token", {"sign": "none"}),
        ("token", {"sign": "response"}),
        ("token", {"another_key": True}),
        ("token", {"another_key": True, "sign": "both"}),
        ("token", {"algorithm": "rsa-sha1"}),
        ("token", {"algorithm": "sha1-digest"}),
        ("token", {"audiences": [EVIL]}),
        ("token", {"audiences": []}),
        ("token", {"audiences": [ACS.replace("acs", "metadata"), EVIL]}),
        ("token", {"audiences": [ACS.replace("kent/acs", "essex/metadata")]}),
        ("token", {"recipient": EVIL}),
        ("token", {"recipient": None}),
        ("token", {"recipient": f"{EVIL}?{ACS}"}),
        ("token", {"recipient": ACS.replace("kent", "essex")}),
        ("token", {"destination": EVIL}),
        ("token", {"destination": None}),
        ("token", {"destination": ""}),
        ("token", {"destination": f"{ACS}.evil.example/"}),
        ("token", {"issuer": EVIL}),
        ("token", {"issuer": ""}),
        ("token", {"response_issuer": EVIL}),
        ("token", {"not_on_or_after": -90}),
        ("token", {"confirmed_until": -90}),
        ("token", {"confirmed_until": None}),
        ("token", {"not_before": 90}),
        ("token", {"confirmed_from": 90}),
        ("token", {"method": "sender-vouches"}),
        ("token", {"in_response_to": "_another"}),
        ("token", {"in_response_to": None}),
        ("not-asked-for", {"response_in_response_to": "_another"}),
        ("not-asked-for", {"response_in_response_to": None}),
        ("not-asked-for", {"response_in_response_to": None, "in_response_to": None}),
        ("auth-time", {"authn_instant": 3600}),
        ("token", {"authn_instant": "yesterday"}),
        ("token", {"authn_instant": "2026-11-23T16:00:00"}),
        ("token", {"name_qualifier": EVIL}),
        ("token", {"name_id_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}),
        ("token", {"name_id_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"}),
        ("token", {"name_id_format": None}),
        ("token", {"name_id_format": None, "attributes": {SUBJECT_ID: ["sam", "chief"]}}),
        ("token", {"name_id": ""}),
        ("token", {"name_id": "s" * 256}),
        ("email-unverified", {"attributes": {"mail": None}}),
        ("email-unverified", {"attributes": {"mail": "sam"}}),
        ("email-unverified", {"attributes": {"mail": "sam@kent.police.example@evil.example"}}),
        ("email-unverified", {"attributes": {"mail": ["a@kent.police.example", "b@evil.example"]}}),
        ("email-unverified", {"attributes": {"email": "chief@essex.police.example"}}),
        ("email-domain", {"attributes": {"mail": "chief@essex.police.example"}}),
        ("email-domain", {"attributes": {"mail": "sam@kent.police.example.evil.example"}}),
        ("cancelled", {"status": "Responder"}),
    ],
    ids=str,
)
def test_an_answer_of_which_one_word_is_wrong_opens_nothing(
    visit: Visiting, kents_saml: SamlProvider, reason: str, words: dict[str, Any]
) -> None:
    kents_saml.tell("sam", **words)
    attempt = visit()
    answer = attempt.bring(attempt.there().answer)
    if reason == "auth-time":
        # Asked once more, and told the same.
        answer = attempt.bring(kents_saml.sign_in(onward_in(answer), subject="sam").answer)
    assert_refused(attempt, answer, reason=reason)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("sign", ["assertion", "both"])
def test_a_signature_is_good_for_what_it_signs(
    visit: Visiting, kents_saml: SamlProvider, wrapping: str, sign: str
) -> None:
    kents_saml.tell("sam", sign=sign)
    attempt = visit()
    assert_refused(attempt, attempt.bring(wrapped(attempt.there().answer, wrapping=wrapping)))


def test_what_was_changed_on_the_way_is_not_signed(visit: Visiting) -> None:
    for before, after in ((">sam<", ">chief<"), ("sam@kent", "chief@kent"), (">Sam<", ">Chief<")):
        attempt = visit()
        assert_refused(attempt, attempt.bring(changed(attempt.there().answer, before, after)))


@pytest.mark.parametrize("between", ["<!---->", "<!-- x -->", "<?x y?>"])
@pytest.mark.parametrize("text", ["chief.evil", "chief@kent.police.example.evil.example"])
def test_a_comment_shortens_no_name(
    visit: Visiting, kents_saml: SamlProvider, between: str, text: str
) -> None:
    """The signature does not see it: whoever reads up to it reads somebody else."""
    kents_saml.tell("sam", name_id="chief.evil", attributes={"mail": text if "@" in text else None})
    attempt = visit()
    split = text.replace(".evil", f"{between}.evil")
    assert_refused(attempt, attempt.bring(changed(attempt.there().answer, text, split)))


@pytest.mark.parametrize("document", [BOMB, FETCHING, READING, "<![CDATA[x]]>", "", "x", "<r/>"])
def test_what_is_no_answer_is_not_even_read(visit: Visiting, document: str) -> None:
    attempt = visit()
    answer = attempt.bring(base64.b64encode(document.encode()).decode())
    reason = "not-asked-for" if document in ("x", "<r/>") else "token"
    assert_refused(attempt, answer, reason=reason)


def test_a_document_type_does_not_hide_in_an_encoding(visit: Visiting) -> None:
    """UTF-7 writes “<!” without either; a parser that believes the declaration reads it."""
    hidden = BOMB.replace("<!", "+ADwAIQ-")
    for head, reason in (("utf-7", "not-asked-for"), ("utf-16", "token")):
        text = f'<?xml version="1.0" encoding="{head}"?>{hidden}'
        coded = text.encode("utf-16" if head == "utf-16" else "ascii")
        attempt = visit()
        answer = attempt.bring(base64.b64encode(coded).decode())
        assert_refused(attempt, answer, reason=reason)


@pytest.mark.parametrize("posted", ["%%%", "PHI+", "\x00", "é"])
def test_what_is_not_base64_is_no_answer(visit: Visiting, posted: str) -> None:
    attempt = visit()
    answer = attempt.bring(posted)
    assert (answer.status_code, attempt.person) == (403, "")


@pytest.mark.parametrize("size", [LARGEST, 5 * 1024 * 1024])
def test_a_large_answer_is_not_taken_in(visit: Visiting, size: int) -> None:
    attempt = visit()
    answer = attempt.browser.post(ACS, {"SAMLResponse": "A" * size})
    assert not PersonSession.objects.exists()
    assert_refused(attempt, answer)


def test_an_answer_works_once_and_in_one_browser(cast: Cast, visit: Visiting) -> None:
    victim, thief = visit(), visit()
    back = victim.there()
    assert_refused(thief, thief.bring(back.answer), reason="not-asked-for")
    assert victim.bring(back.answer).status_code == 200
    assert victim.person == str(cast.kent_author.pk)
    again = victim.bring(back.answer)
    assert (again.status_code, last_refusal()) == (403, "not-asked-for")
    # Nor where the thief has asked too: the answer names another question.
    thief.onward()
    assert_refused(thief, thief.bring(back.answer), reason="not-asked-for")


def test_a_question_is_open_for_ten_minutes(visit: Visiting) -> None:
    attempt = visit()
    back = attempt.there()
    session = attempt.browser.session
    for state in session[statekit.STATES_SESSION_KEY].values():
        state[1] -= 601
    session.save()
    assert_refused(attempt, attempt.bring(back.answer), reason="not-asked-for")


def test_an_answer_waits_for_a_minute_and_for_nobody_else(visit: Visiting) -> None:
    attempt, other = visit(), visit()
    back = attempt.there()
    taken = attempt.browser.post(ACS, {"SAMLResponse": back.answer})
    assert taken.status_code == 303
    cookie = taken.cookies["force-answer"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["path"] == taken.headers["Location"] == "/accounts/force/kent/finish/"
    row = PersonSession.objects.get(session_key=cookie.value)
    assert (row.expire_date - row.seen_at).total_seconds() == 60
    PersonSession.objects.filter(pk=row.pk).update(expire_date=row.seen_at)
    assert_refused(attempt, attempt.browser.get(taken.headers["Location"]), reason="not-asked-for")
    assert_refused(other, other.browser.get(taken.headers["Location"]), reason="not-asked-for")


def test_the_answers_cookie_opens_no_session_and_ends_none(cast: Cast, visit: Visiting) -> None:
    """Neither is taken for the other."""
    inside = visit()
    inside.sign_in()
    key = str(inside.browser.session.session_key)
    stranger = Client()
    stranger.cookies["force-answer"] = key
    assert stranger.get("/accounts/force/kent/finish/").status_code == 403
    assert inside.browser.get("/help/").status_code == 200
    assert inside.person == str(cast.kent_author.pk)
    taken = stranger.post(ACS, {"SAMLResponse": "x"})
    stranger.cookies["sessionid"] = taken.cookies["force-answer"].value
    assert stranger.get("/").status_code == 302


def test_a_post_from_elsewhere_is_taken_and_nothing_else_is(visit: Visiting) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(ACS, {"SAMLResponse": "x"}).status_code == 303
    assert strict.get(ACS).status_code == 405
    assert strict.post(ACS.replace("acs", "finish")).status_code == 403
    assert strict.post("/accounts/force/", {"force": "kent"}).status_code == 403


def test_another_providers_answer_is_not_taken_for_this_ones(
    visit: Visiting, kents_saml: SamlProvider
) -> None:
    """Essex's provider asks Kent's people to sign in: its answers are for its own address."""
    IdentityProvider.objects.create(
        slug="essex",
        organisation=Organisation.objects.get(slug="essex"),
        kind="saml",
        issuer="https://sign-in.essex.police.example",
        sso_address=kents_saml.address,
        certificate=key_and_certificate()[1],
    )
    attempt = visit()
    onward = onward_in(attempt.browser.post("/accounts/force/", {"force": "essex"}))
    back = kents_saml.sign_in(onward, subject="sam")
    assert_refused(attempt, attempt.bring(back.answer), reason="not-asked-for")
    taken = attempt.browser.post(back.address, {"SAMLResponse": back.answer})
    assert_refused(attempt, attempt.browser.get(taken.headers["Location"]))


def test_proving_as_somebody_else_changes_nothing(cast: Cast, visit: Visiting) -> None:
    inside = visit()
    inside.sign_in("sam")
    assert inside.sign_in("chief").status_code == 403
    assert last_refusal() == "somebody-else"
    assert inside.person == str(cast.kent_author.pk)


def test_nobody_is_locked_out_by_refusals(
    cast: Cast, visit: Visiting, kents_saml: SamlProvider
) -> None:
    attempt = visit()
    kents_saml.tell("sam", sign="none")
    assert [attempt.sign_in().status_code for _ in range(12)] == [403] * 12
    kents_saml.forget()
    assert attempt.sign_in().status_code == 200
    assert attempt.person == str(cast.kent_author.pk)


def test_the_trail_says_why_and_names_nobody(visit: Visiting, kents_saml: SamlProvider) -> None:
    kents_saml.tell("sam", sign="none")
    visit().sign_in()
    row = Entry.objects.filter(event="sign-in-failed").get()
    assert (row.actor, row.reason, row.detail) == ("", "token", {"provider": "kent"})
