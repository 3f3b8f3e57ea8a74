"""The SCIM endpoint as Entra ID speaks to it, and as somebody without a key does."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from access.vocabulary import Role
from audit.models import Entry
from forces.models import DirectoryPerson, EmailDomain, Invitation, Organisation, User
from forces.provisioning import scim
from forces.provisioning.directory import Entry as Told
from forces.provisioning.directory import end_keys, new_key
from forces.provisioning.scim import ScimError
from tests.guidance.scene import Cast, person
from tests.sign_in import client_of
from tests.turns import part_of

USERS = "/scim/v2/Users"


class Directory:
    """A force's directory with its key."""

    def __init__(self, slug: str) -> None:
        self.organisation = Organisation.objects.get(slug=slug)
        EmailDomain.objects.create(domain=f"{slug}.police.example", organisation=self.organisation)
        self.token = new_key(self.organisation)
        self.client = Client()

    def ask(self, method: str, path: str, told: Any = None) -> Any:
        return self.client.generic(
            method,
            path,
            json.dumps(told) if told is not None else "",
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.token}"},
        )

    def add(self, name: str, **more: Any) -> str:
        answer = self.ask("POST", USERS, {"userName": name, **more})
        assert answer.status_code == 201, answer.content
        ref: str = answer.json()["id"]
        return ref

    def set_active(self, ref: str, value: Any) -> Any:
        """As Entra ID writes it."""
        operation = {"op": "Replace", "path": "active", "value": value}
        return self.ask(
            "PATCH", f"{USERS}/{ref}", {"schemas": [scim.PATCH], "Operations": [operation]}
        )


@pytest.fixture
def kent(cast: Cast) -> Directory:
    return Directory("kent")


@pytest.fixture
def officer(cast: Cast) -> User:
    """Somebody of Kent's whose address the directory knows."""
    User.objects.filter(pk=cast.kent_officer.pk).update(email="sam@kent.police.example")
    return User.objects.get(pk=cast.kent_officer.pk)


def test_a_joiner_asks_and_has_no_role_by_it(kent: Directory) -> None:
    ref = kent.add("Sam@Kent.police.example", displayName="Sam", externalId="x-1")
    read = kent.ask("GET", f"{USERS}/{ref}").json()
    assert (read["userName"], read["displayName"], read["active"]) == (
        "sam@kent.police.example",
        "Sam",
        True,
    )
    assert read["meta"]["location"].endswith(f"{USERS}/{ref}")
    asked = Invitation.objects.get()
    assert (asked.email, asked.state, asked.roles) == (read["userName"], "asked", ["officer"])
    assert not User.objects.filter(email=read["userName"]).exists()
    kent.set_active(ref, "False")
    assert Invitation.objects.get().state == "closed"


@pytest.mark.parametrize("value", [False, "False", "false"])
def test_a_leaver_is_out_at_the_next_request(kent: Directory, officer: User, value: Any) -> None:
    ref = kent.add(officer.email)
    assert not Invitation.objects.exists(), "who is here already asks for nothing"
    browser = client_of(officer)
    assert browser.get("/search/").status_code in (200, 503)
    assert kent.set_active(ref, value).json()["active"] is False
    assert browser.get("/search/").status_code == 302
    assert not User.objects.get(pk=officer.pk).is_active
    decisions = Entry.objects.filter(event="directory").order_by("pk")
    assert [row.decision for row in decisions] == ["key-made", "known", "leaves"]
    assert officer.email not in str(list(Entry.objects.values()))


def test_removal_ends_access_too_and_coming_back_means_asking(
    kent: Directory, officer: User
) -> None:
    ref = kent.add(officer.email)
    assert kent.ask("DELETE", f"{USERS}/{ref}").status_code == 204
    assert not User.objects.get(pk=officer.pk).is_active
    assert kent.ask("GET", f"{USERS}/{ref}").status_code == 404
    kent.add(officer.email)
    assert not User.objects.get(pk=officer.pk).is_active
    assert Invitation.objects.get().state == "asked"


def test_what_another_force_has_given_is_not_theirs_to_end(
    cast: Cast, kent: Directory, officer: User
) -> None:
    """A mover: Kent's entry goes after Essex has taken them over."""
    ref = kent.add(officer.email)
    officer.memberships.update(organisation=Organisation.objects.get(slug="essex"))
    kent.set_active(ref, value=False)
    assert User.objects.get(pk=officer.pk).is_active


def test_an_entry_whose_name_changes_stays_the_same_person(kent: Directory, officer: User) -> None:
    """And the address they sign in with here does not change by it."""
    ref = kent.add(officer.email)
    changed = {"userName": "sam.wed@kent.police.example", "active": True}
    assert kent.ask("PUT", f"{USERS}/{ref}", changed).json()["userName"] == changed["userName"]
    assert User.objects.get(pk=officer.pk).email == officer.email
    assert not Invitation.objects.exists()
    kent.set_active(ref, value=False)
    assert not User.objects.get(pk=officer.pk).is_active


def test_each_directory_sees_its_own(cast: Cast, kent: Directory) -> None:
    essex = Directory("essex")
    ref = kent.add("sam@kent.police.example")
    assert essex.ask("GET", f"{USERS}/{ref}").status_code == 404
    assert essex.ask("DELETE", f"{USERS}/{ref}").status_code == 404
    assert essex.set_active(ref, value=False).status_code == 404
    assert essex.ask("GET", USERS).json()["totalResults"] == 0
    refused = essex.ask("POST", USERS, {"userName": "sam@kent.police.example"})
    assert refused.status_code == 400
    assert "domains" in refused.json()["detail"]
    unknown = essex.ask("GET", f"{USERS}/D-ABCDEFGHJK")
    foreign = essex.ask("GET", f"{USERS}/{ref}")
    assert unknown.content == foreign.content


def test_the_list_is_filtered_and_paged(kent: Directory) -> None:
    for number in range(5):
        kent.add(f"p{number}@kent.police.example", externalId=f"x-{number}")
    found = kent.ask("GET", f'{USERS}?filter=userName eq "P3@kent.police.example"').json()
    assert [one["externalId"] for one in found["Resources"]] == ["x-3"]
    page = kent.ask("GET", f"{USERS}?startIndex=2&count=2").json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, 2, 2)
    assert [one["externalId"] for one in page["Resources"]] == ["x-1", "x-2"]
    assert kent.ask("GET", f"{USERS}?count=0").json()["Resources"] == []
    assert kent.ask("GET", f'{USERS}?filter=name co "p"').json()["scimType"] == "invalidFilter"


def test_nobody_gets_in_without_a_key_that_works(kent: Directory) -> None:
    ref = kent.add("sam@kent.police.example")
    for authorisation in ("", "Bearer", "Bearer x", f"Basic {kent.token}", f"Bearer {kent.token}x"):
        for path in (USERS, f"{USERS}/{ref}", "/scim/v2/Schemas"):
            answer = Client().get(path, headers={"Authorization": authorisation})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    signed_in = client_of(person("hub", Role.ADMINISTRATOR)).get(USERS)
    assert signed_in.status_code == 401, "a session is no key"
    end_keys(kent.organisation, at=timezone.now())
    assert kent.ask("GET", USERS).status_code == 401


def test_guessing_keys_is_slow(kent: Directory) -> None:
    tries = [Client().get(USERS, headers={"Authorization": "Bearer x"}) for _ in range(40)]
    statuses = [answer.status_code for answer in tries]
    assert (statuses[0], statuses[-1]) == (401, 429)
    assert kent.ask("GET", USERS).status_code == 200, "who has a key is not kept out"


def test_it_says_what_it_can_do(kent: Directory) -> None:
    config = kent.ask("GET", "/scim/v2/ServiceProviderConfig").json()
    assert config["patch"]["supported"] is True
    assert config["bulk"]["supported"] is False
    types = kent.ask("GET", "/scim/v2/ResourceTypes").json()["Resources"]
    assert [one["endpoint"] for one in types] == ["/Users"]
    names = kent.ask("GET", "/scim/v2/Schemas").json()["Resources"][0]["attributes"]
    assert [one["name"] for one in names] == ["userName", "externalId", "displayName", "active"]
    assert kent.ask("DELETE", USERS).status_code == 405


@pytest.mark.parametrize(
    ("method", "told", "status"),
    [
        ("POST", [], 400),
        ("POST", {}, 400),
        ("POST", {"userName": "no address"}, 400),
        ("POST", {"userName": ["sam@kent.police.example"]}, 400),
        ("POST", {"userName": "sam@kent.police.example\x00"}, 400),
        ("POST", {"userName": f"{'s' * 300}@kent.police.example"}, 400),
        ("POST", {"userName": "sam@kent.police.example", "active": "perhaps"}, 400),
        ("POST", {"userName": "there@kent.police.example"}, 409),
        ("PATCH", {"Operations": []}, 400),
        ("PATCH", {"Operations": ["replace"]}, 400),
        ("PATCH", {"Operations": [{"op": "move"}]}, 400),
        ("PATCH", {"Operations": [{"op": "replace", "value": 1}]}, 400),
        ("PUT", {"active": False}, 400),
    ],
)
def test_bad_input_changes_nothing_and_says_why(
    kent: Directory, method: str, told: Any, status: int
) -> None:
    ref = kent.add("there@kent.police.example")
    path = USERS if method == "POST" else f"{USERS}/{ref}"
    answer = kent.ask(method, path, told)
    assert answer.status_code == status, answer.content
    assert answer.json()["detail"]
    assert DirectoryPerson.objects.count() == 1
    assert kent.client.generic(
        method, path, "{", headers={"Authorization": f"Bearer {kent.token}"}
    ).status_code in (400, 415)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["op", "path", "value", "active", "userName", "Operations", "name"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=part_of(300), deadline=timedelta(seconds=5))
@given(told=_JSON)
def test_any_json_is_an_entry_or_a_clear_refusal(told: Any) -> None:
    for reading in (scim.entry_in, lambda one: scim.patched(Told(user_name="a@b.example"), one)):
        with suppress(ScimError):
            assert "@" in reading(told).user_name


_NUMBERS = st.integers().map(str) | st.text("-+0123456789 ٣x.e\x00", max_size=10)
_FILTERS = st.text(max_size=20) | st.builds(
    '{} {} "{}"'.format,
    st.sampled_from(["userName", "id", "externalId", "active", "meta.created", ""]),
    st.sampled_from(["eq", "EQ", "ne", "co", ""]),
    st.text(max_size=12),
)


@settings(
    max_examples=part_of(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(start="1", count="--5", asked="")
@example(start="--1", count="5", asked="")
@example(start="-", count="²", asked="")
@example(start="99999999", count="-3", asked='userName eq "\x00"')
@given(start=_NUMBERS, count=_NUMBERS, asked=_FILTERS)
def test_any_question_for_a_page_is_answered_or_refused(
    kent: Directory, start: str, count: str, asked: str
) -> None:
    query = urlencode({"startIndex": start, "count": count, "filter": asked}, errors="replace")
    answer = kent.ask("GET", f"{USERS}?{query}")
    assert answer.status_code in (200, 400), answer.content
    told = answer.json()
    assert told["schemas"] == [scim.LIST if answer.status_code == 200 else scim.ERROR]
