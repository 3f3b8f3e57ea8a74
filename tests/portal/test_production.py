"""Production starts with all its secrets or not at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from pytest_django import Settings

from tests.services.databases import ROOT

SECRETS = {
    "ALLOWED_HOSTS": "portal.example",
    "BASE_URL": "https://portal.example",
    "EMAIL_HOST": "mail.example",
    "EMAIL_SENDER": "portal@mail.example",
    "MFA_SECRET_KEYS": Fernet.generate_key().decode(),
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": "k" * 30 + "".join(chr(code) for code in range(65, 123)),
}


def _check(secrets: dict[str, str], *, folder: Path) -> "subprocess.CompletedProcess[str]":
    shell = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder)}
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings.production"}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**shell, **settings, **secrets},
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_all_of_them_every_check_passes(tmp_path: Path) -> None:
    """Django's own checks of a deployment included, warnings too."""
    ran = _check(SECRETS, folder=tmp_path)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_a_missing_one_stops_the_start_and_is_named(missing: str, tmp_path: Path) -> None:
    """Rather than a default that everybody knows."""
    ran = _check({k: v for k, v in SECRETS.items() if k != missing}, folder=tmp_path)
    assert ran.returncode != 0
    assert missing in ran.stderr


SERVER = {
    "SEARCH_ENGINE": "elasticsearch",
    "ELASTICSEARCH_URL": "https://one.example:9200,https://two.example:9200",
    "ELASTICSEARCH_API_KEY": "key",  # pragma: allowlist secret
}


def test_a_search_server_is_asked_by_https_with_a_key(tmp_path: Path) -> None:
    """With both every check passes; nothing connects yet."""
    ran = _check({**SECRETS, **SERVER}, folder=tmp_path)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {"ELASTICSEARCH_URL": "https://one.example,http://two.example"},
        {"ELASTICSEARCH_URL": ""},
        {"ELASTICSEARCH_API_KEY": None},
        {"SEARCH_ENGINE": "elastic"},
    ],
)
def test_a_search_server_that_could_be_read_on_the_way_stops_the_start(
    tmp_path: Path, wrong: dict[str, str | None]
) -> None:
    """And so does one without a key, or an engine that there is not."""
    secrets = {**SECRETS, **SERVER, **wrong}
    ran = _check({k: v for k, v in secrets.items() if v is not None}, folder=tmp_path)
    assert ran.returncode != 0
    assert next(iter(wrong)) in ran.stderr


SHOWN = (
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "EMAIL_USE_TLS", "CACHES", "PASSWORD_HASHERS", "SECURE_REDIRECT_EXEMPT",
)  # fmt: skip


def _settings(folder: Path) -> dict[str, object]:
    code = (
        "import json; from django.conf import settings; "
        f"print(json.dumps({{name: getattr(settings, name) for name in {SHOWN!r}}}))"
    )
    shell = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), **SECRETS}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**shell, "DJANGO_SETTINGS_MODULE": "portal.settings.production"},
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, object] = json.loads(ran.stdout)
    return told


def test_passwords_are_hashed_slowly_and_mail_is_encrypted(tmp_path: Path) -> None:
    """The tests hash quickly; production does not. Its session has a name that browsers guard."""
    told = _settings(tmp_path)
    assert "PBKDF2PasswordHasher" in str(told["PASSWORD_HASHERS"][0])  # type: ignore[index]
    assert PBKDF2PasswordHasher.iterations >= 600_000
    assert told["EMAIL_USE_TLS"] is True
    assert told["SESSION_COOKIE_SECURE"] is told["CSRF_COOKIE_SECURE"] is True
    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"):
        assert str(told[name]).startswith("__Host-")
    assert "SharedCounts" in str(told["CACHES"])


@pytest.mark.django_db
def test_a_directory_is_not_led_to_https_but_refused(settings: Settings, tmp_path: Path) -> None:
    """Led on without a word, it would send its key in clear every day."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = _settings(tmp_path)["SECURE_REDIRECT_EXEMPT"]
    answer = Client().get("/scim/v2/Users")
    assert answer.status_code == 403
    assert b"https" in answer.content
    assert Client().get("/scim/v2/Users", secure=True).status_code == 401
    assert Client().get("/help/").status_code == 301
