"""The lists that are read each night, from a server in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from access.vocabulary import Role
from audit.models import Entry
from forces.models import DirectoryPerson, EmailDomain, Invitation, Organisation, PeopleList, User
from forces.provisioning import people_lists
from forces.provisioning.people_lists import Outcome, read_due_lists, read_list
from tests.guidance.scene import Cast, person

SERVE = "import http.server; http.server.test(http.server.SimpleHTTPRequestHandler, port=0)"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Serves the folder; its address."""
    child = subprocess.Popen(
        [sys.executable, "-u", "-c", SERVE],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    port = re.findall(r"port (\d+)", child.stdout.readline())[0]
    yield f"http://127.0.0.1:{port}"
    child.kill()
    child.wait()
    child.stdout.close()


@pytest.fixture
def source(cast: Cast, server: str) -> PeopleList:
    kent = Organisation.objects.get(slug="kent")
    EmailDomain.objects.create(domain="kent.police.example", organisation=kent)
    listed = PeopleList.objects.create(organisation=kent, address=f"{server}/people.json")
    return PeopleList.objects.select_related("organisation").get(pk=listed.pk)


def publish(folder: Path, *names: str, **more: Any) -> None:
    people = [{"userName": f"{name}@kent.police.example"} for name in names]
    text = json.dumps({"Resources": people} | more)
    (folder / "people.json").write_text(text, encoding="utf-8")


def read(source: PeopleList) -> Outcome:
    return read_list(source, at=timezone.now())


def known() -> set[str]:
    rows = DirectoryPerson.objects.values_list("user_name", flat=True)
    return {name.partition("@")[0] for name in rows}


def test_who_joins_asks_and_who_is_gone_is_out(
    cast: Cast, source: PeopleList, tmp_path: Path
) -> None:
    User.objects.filter(pk=cast.kent_officer.pk).update(email="sam@kent.police.example")
    publish(tmp_path, "sam", "kim")
    assert read(source) is Outcome.READ
    assert known() == {"sam", "kim"}
    assert Invitation.objects.get().email == "kim@kent.police.example"
    publish(tmp_path, "kim")
    assert read(source) is Outcome.READ
    assert known() == {"kim"}
    assert not User.objects.get(pk=cast.kent_officer.pk).is_active
    assert Invitation.objects.count() == 1, "nothing is asked twice"


def test_who_was_here_before_the_first_list_ends_with_it(
    cast: Cast, source: PeopleList, tmp_path: Path
) -> None:
    """Invited once and never listed: without this they would stay for good."""
    for user, name in ((cast.kent_officer, "sam"), (cast.kent_author, "kim")):
        User.objects.filter(pk=user.pk).update(email=f"{name}@kent.police.example")
    publish(tmp_path, "kim")
    assert read(source) is Outcome.READ
    assert not User.objects.get(pk=cast.kent_officer.pk).is_active
    assert User.objects.get(pk=cast.kent_author.pk).is_active
    # An address that no list of this force can name is not its to end.
    assert User.objects.get(pk=cast.kent_lead.pk).is_active


def test_a_new_address_is_neither_a_leaver_nor_a_joiner(
    cast: Cast, source: PeopleList, tmp_path: Path
) -> None:
    User.objects.filter(pk=cast.kent_officer.pk).update(email="sam@kent.police.example")
    for name in ("sam", "sam.married", "sam.again"):
        one = {"userName": f"{name}@kent.police.example", "externalId": "7"}
        publish(tmp_path, Resources=[one, {"userName": "kim@kent.police.example"}])
        assert read(source) is Outcome.READ
    assert known() == {"sam.again", "kim"}
    assert User.objects.get(pk=cast.kent_officer.pk).is_active
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("names", [(), ("new",), ("p0",)])
def test_an_empty_or_half_list_ends_nobody_and_the_hub_is_told_once(
    cast: Cast, source: PeopleList, tmp_path: Path, names: tuple[str, ...]
) -> None:
    users = [person("kent", Role.OFFICER, name=f"p{number}") for number in range(4)]
    for number, user in enumerate(users):
        User.objects.filter(pk=user.pk).update(email=f"p{number}@kent.police.example")
    publish(tmp_path, *names)
    for _ in range(2):
        assert read(source) is Outcome.TOO_MANY_GONE
    assert User.objects.filter(pk__in=[one.pk for one in users], is_active=True).count() == 4
    (told,) = mail.outbox
    assert told.to == [cast.hub_approver.email]
    assert "kent" not in f"{told.subject} {told.body}".lower()


def test_a_list_is_due_once_a_day(source: PeopleList, tmp_path: Path) -> None:
    publish(tmp_path, "sam")
    assert read_due_lists() == 1
    assert read_due_lists() == 0
    PeopleList.objects.update(read_at=timezone.now() - timedelta(hours=25))
    assert read_due_lists() == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"Resources": {}}',
        '{"Resources": [1]}',
        '{"Resources": [{"userName": "sam"}]}',
        '{"Resources": [{"userName": "chief@essex.police.example"}]}',
        '{"Resources": [{"userName": "a@kent.police.example"}, {"userName": "A@kent.police.example"}]}',  # noqa: E501
    ],
)
def test_of_a_garbled_list_nothing_is_taken_over(
    source: PeopleList, tmp_path: Path, text: str
) -> None:
    publish(tmp_path, "sam")
    read(source)
    (tmp_path / "people.json").write_text(text, encoding="utf-8")
    assert read(source) is Outcome.GARBLED
    assert known() == {"sam"}
    assert PeopleList.objects.get().outcome == "garbled"


def test_a_list_that_would_end_very_many_waits_for_somebody_to_look(
    source: PeopleList, tmp_path: Path
) -> None:
    everybody = [f"p{number}" for number in range(people_lists.GONE_AT_MOST + 2)]
    publish(tmp_path, *everybody)
    assert read(source) is Outcome.READ
    publish(tmp_path, everybody[0])
    assert read(source) is Outcome.TOO_MANY_GONE
    assert known() == set(everybody)
    last = Entry.objects.filter(event="directory", decision="list").order_by("pk").last()
    assert last is not None
    assert last.reason == "too-many-gone"
    publish(tmp_path, *everybody[:2])
    assert read(source) is Outcome.READ


def test_a_list_that_is_not_there_ends_nobody(
    source: PeopleList, tmp_path: Path, settings: Settings
) -> None:
    publish(tmp_path, "sam")
    read(source)
    (tmp_path / "people.json").unlink()
    assert read(source) is Outcome.UNREACHABLE
    publish(tmp_path, "kim")
    settings.SSO_INSECURE_ISSUERS = False
    assert read(source) is Outcome.INSECURE
    source.address = "https://127.0.0.1:9/people.json"
    assert read(source) is Outcome.UNREACHABLE
    assert known() == {"sam"}


def test_a_list_without_end_is_cut_off(
    source: PeopleList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, "sam", padding="x" * 1000)
    monkeypatch.setattr(people_lists, "LARGEST", 500)
    assert read(source) is Outcome.GARBLED
    assert known() == set()
