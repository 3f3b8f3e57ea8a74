"""A provider's description of itself is read where its row says, and must name that issuer."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from forces.models import IdentityProvider
from tests.forces.provisioning.test_people_lists import SERVE

PLACE = ".well-known/openid-configuration"


@pytest.fixture
def issuer(tmp_path: Path, kent: IdentityProvider) -> Iterator[str]:
    """Kent's provider moves to a server of files in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-u", "-c", SERVE],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        assert child.stdout is not None
        port = re.findall(r"port (\d+)", child.stdout.readline())[0]
        address = f"http://127.0.0.1:{port}"
        IdentityProvider.objects.update(issuer=address)
        yield address
        child.kill()


def described(issuer: str) -> str:
    """What a provider says of itself."""
    places = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    return json.dumps({"issuer": issuer, **{name: f"{issuer}/{name}" for name in places}})


def setting_out() -> int:
    """Whether somebody can set out for the provider."""
    return Client().post("/accounts/force/", {"force": "kent"}).status_code


def test_a_description_of_another_issuer_is_refused(issuer: str, tmp_path: Path) -> None:
    """Or a provider could speak as another one."""
    file = tmp_path / PLACE
    file.parent.mkdir()
    file.write_text(described(issuer), encoding="utf-8")
    assert setting_out() == 200
    file.write_text(described("https://login.example/essex"), encoding="utf-8")
    assert setting_out() == 503


def test_nobody_is_followed_elsewhere(issuer: str, tmp_path: Path) -> None:
    """The server of files sends whoever asks for a folder on to its index."""
    folder = tmp_path / PLACE
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(described(issuer), encoding="utf-8")
    assert setting_out() == 503
