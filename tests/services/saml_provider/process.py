"""Starts a SAML provider, tells it what to claim, and walks through its sign-in as people do."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.house.tree import ROOT
from tests.services.running_portal import free_port
from tests.services.saml_provider.keys import key_and_certificate


@dataclass(frozen=True, slots=True)
class Back:
    """What the provider has the browser post, and where."""

    address: str
    answer: str


class SamlProvider:
    """A running provider."""

    def __init__(self, issuer: str, address: str, folder: Path) -> None:
        """Claim nothing out of the ordinary."""
        self.issuer, self.address, self.folder = issuer, address, folder
        self.told: dict[str, dict[str, Any]] = {}

    @property
    def certificate(self) -> str:
        """What it signs with, in PEM."""
        return (self.folder / "certificate.pem").read_text(encoding="ascii")

    def tell(self, subject: str, **words: Any) -> None:
        """From the next answer on, write this of somebody, in the words of `answers`."""
        self.told[subject] = words
        (self.folder / "told.json").write_text(json.dumps(self.told), encoding="utf-8")

    def forget(self) -> None:
        """Write nothing out of the ordinary of anybody."""
        self.told = {}
        (self.folder / "told.json").write_text("{}", encoding="utf-8")

    def sign_in(self, address: str, *, subject: str) -> Back:
        """Go where the portal sends a browser, sign in there; what is posted back then."""
        assert address.startswith(self.address), address
        page = requests.get(f"{address}&name={subject}", timeout=10).text
        found = re.search(r'action="([^"]+)".*name="SAMLResponse" value="([^"]+)"', page)
        assert found is not None, page
        return Back(html.unescape(found[1]), html.unescape(found[2]))


@contextmanager
def running_saml_provider(folder: Path) -> Iterator[SamlProvider]:
    """A provider with a key of its own, for as long as the block lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    issuer = f"https://sign-in.police.example/{folder.name}"
    for prefix in ("", "another-"):
        key, certificate = key_and_certificate()
        (folder / f"{prefix}key.pem").write_text(key, encoding="ascii")
        (folder / f"{prefix}certificate.pem").write_text(certificate, encoding="ascii")
    (folder / "issuer").write_text(issuer, encoding="utf-8")
    (folder / "told.json").write_text("{}", encoding="utf-8")
    words = [sys.executable, "-m", "tests.services.saml_provider", str(port), str(folder)]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        said = child.stdout.readline() if child.stdout else ""
        if said != "ready\n":
            raise RuntimeError((folder / "log").read_text(encoding="utf-8"))
        # By another name than the portal's in a journey, so that a browser finds another site.
        yield SamlProvider(issuer, f"http://localhost:{port}/sso?tenant=a&b=c", folder)
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()
