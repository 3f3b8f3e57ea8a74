"""Starts a provider, tells it what to claim, and walks through its sign-in as a browser does."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.house.tree import ROOT

CLIENT_ID, SECRET = "the-portal", "a secret: with a colon"
WITHHELD = ("DATABASE_URL", "DATA_DIR")


class Provider:
    """A running provider."""

    def __init__(self, issuer: str, folder: Path) -> None:
        """Claim nothing out of the ordinary."""
        self.issuer, self.folder = issuer, folder
        self.claims: dict[str, dict[str, Any]] = {}

    def claim(self, subject: str, **claims: Any) -> None:
        """From the next token on, claim this of somebody; None takes a claim away."""
        self.claims[subject] = claims
        text = json.dumps(self.claims)
        (self.folder / "claims.json").write_text(text, encoding="utf-8")

    def forget(self) -> None:
        """Claim nothing out of the ordinary of anybody."""
        self.claims = {}
        (self.folder / "claims.json").write_text("{}", encoding="utf-8")

    def sign_in(self, address: str, *, subject: str) -> str:
        """Go where the portal sends a browser, sign in there; where it sends the browser then."""
        with requests.Session() as browser:
            answer = browser.get(address, allow_redirects=False, timeout=10)
            while answer.is_redirect and answer.headers["Location"].startswith("/"):
                answer = self._follow(browser, answer.headers["Location"], subject=subject)
            return answer.headers.get("Location", f"{answer.status_code} {answer.text[:400]}")

    def _follow(self, browser: requests.Session, path: str, *, subject: str) -> requests.Response:
        address = f"{self.issuer}{path}"
        if not path.startswith("/sign-in/"):
            return browser.get(address, allow_redirects=False, timeout=10)
        form = browser.get(address, timeout=10).text
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[0]
        posted = {"name": subject, "csrfmiddlewaretoken": token}
        return browser.post(address, posted, allow_redirects=False, timeout=10)


def key_in_pem() -> str:
    """A fresh key to sign with."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_provider(folder: Path, *, redirects: list[str]) -> Iterator[Provider]:
    """A provider that knows the portal as a client, for as long as the block lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "key.pem").write_text(key_in_pem(), encoding="ascii")
    (folder / "claims.json").write_text("{}", encoding="utf-8")
    port = _free_port()
    kept = {name: value for name, value in os.environ.items() if name not in WITHHELD}
    environment = {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tests.services.identity_provider.settings",
        "PROVIDER_FOLDER": str(folder),
    }
    words = [sys.executable, "-m", "tests.services.identity_provider"]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [*words, str(port), CLIENT_ID, SECRET, *redirects],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        said = child.stdout.readline() if child.stdout else ""
        if said != "ready\n":
            raise RuntimeError((folder / "log").read_text(encoding="utf-8"))
        yield Provider(f"http://127.0.0.1:{port}", folder)
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()
