"""The commands on people: they print no secret, and sessions only where nothing is real."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from access.vocabulary import Marking
from audit.models import Entry
from forces.models import DirectoryKey, Organisation, User
from forces.provisioning import directory
from tests.guidance.scene import Cast, published, seen_by


def create(*more: str, organisation: str = "kent", role: str = "officer") -> None:
    call_command(
        "create_person",
        "New@Kent.Example",
        "--name=New officer",
        f"--organisation={organisation}",
        f"--role={role}",
        *more,
    )


def test_a_person_is_added_without_a_password(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    create()
    user = User.objects.get(email="new@kent.example")
    assert not user.has_usable_password()
    viewer = seen_by(user)
    assert (viewer.organisation, viewer.ceiling) == ("kent", Marking.OFFICIAL)
    told = capsys.readouterr().out
    assert user.public_id in told
    assert "/accounts/password/reset/key/" not in told
    row = Entry.objects.get(event="person-created", action_object=user.public_id)
    assert row.actor == "system"


def test_the_printed_link_sets_the_password_once(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    create("--print-reset-link", "--official-sensitive")
    user = User.objects.get(email="new@kent.example")
    assert seen_by(user).ceiling == Marking.OFFICIAL_SENSITIVE
    link = re.search(r"/accounts/password/reset/key/\S+", capsys.readouterr().out)
    assert link is not None
    client = Client()
    form = client.get(link[0], follow=True).redirect_chain[-1][0]
    answers = {"password1": "a long enough password", "password2": "a long enough password"}
    assert client.post(form, answers).status_code == 302
    assert User.objects.get(pk=user.pk).check_password("a long enough password")
    again = Client().get(link[0], follow=True)
    assert b"password1" not in again.content


@pytest.mark.parametrize(
    ("organisation", "role", "words"),
    [("atlantis", "officer", "no organisation atlantis"), ("kent", "auditor", "Choose from")],
)
def test_what_is_wrong_is_said(cast: Cast, organisation: str, role: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        create(organisation=organisation, role=role)
    assert not User.objects.filter(email="new@kent.example").exists()


def test_a_taken_address_is_refused(cast: Cast) -> None:
    create()
    with pytest.raises(CommandError, match="already exists"):
        create()


def cookie(capsys: pytest.CaptureFixture[str], user: User, *more: str) -> Client:
    call_command("session_cookie", user.email.upper(), *more)
    name, _, value = capsys.readouterr().out.strip().partition("=")
    client = Client()
    client.cookies[name] = value
    return client


def test_a_printed_session_is_as_strong_as_asked(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    page = published(cast.kent_author, cast.kent_lead, marking=Marking.OFFICIAL_SENSITIVE)
    strong = cookie(capsys, cast.kent_officer, "--second-factor")
    assert strong.get(page.address).status_code == 200
    weak = cookie(capsys, cast.kent_officer)
    assert weak.get(page.address)["Location"] == "/accounts/2fa/totp/activate/"


def test_an_unknown_address_gets_no_session(cast: Cast) -> None:
    with pytest.raises(CommandError, match="no person"):
        call_command("session_cookie", "nobody@kent.example")


def test_outside_demo_settings_no_session_is_printed(cast: Cast) -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="demo and test"):
        call_command("session_cookie", cast.kent_officer.email)


def test_demo_conveniences_and_missing_keys_stop_a_deployment() -> None:
    with override_settings(DEMO=True, MFA_SECRET_KEYS=[], SSO_INSECURE_ISSUERS=True):
        found = {message.id for message in run_checks(include_deployment_checks=True)}
    assert {"forces.E001", "forces.E002", "forces.E003"} <= found


def test_a_directorys_key_is_told_once_and_can_be_ended(cast: Cast) -> None:
    told = StringIO()
    call_command("directory_key", "kent", stdout=told)
    token = told.getvalue().strip()
    assert directory.organisation_with(token) == Organisation.objects.get(slug="kent")
    assert token not in str(list(DirectoryKey.objects.values()))
    call_command("directory_key", "kent", "--end", stdout=told)
    assert directory.organisation_with(token) is None
    with pytest.raises(CommandError, match="no organisation"):
        call_command("directory_key", "nowhere")
