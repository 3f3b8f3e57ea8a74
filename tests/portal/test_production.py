"""Production starts with all its secrets or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.services.databases import ROOT

SECRETS = {
    "ALLOWED_HOSTS": "portal.example",
    "BASE_URL": "https://portal.example",
    "EMAIL_HOST": "mail.example",
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
