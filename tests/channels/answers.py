"""What somebody is answered, byte for byte, without the few fields that are random."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# Stands in every text of what must not be seen, and nowhere else.
TOKEN = "quillonvane"
UNKNOWN_REF = "GD-22222"
UNKNOWN_FILE = "F-22222"
RANDOM = (
    re.compile(rb'name=\\?"csrfmiddlewaretoken\\?" value=\\?"\w+'),
    re.compile(rb'"CSRF_TOKEN": "[^"]+"'),
    re.compile(rb'<span class="app-opened-at">.*?</span>', re.DOTALL),
)


@dataclass(frozen=True)
class Answer:
    """An answer with the work it took; two that are equal tell nothing apart."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[str, ...]
    body: bytes
    statements: int

    @property
    def text(self) -> str:
        """All that crosses the wire, in small letters."""
        headers = " ".join(f"{name}: {value}" for name, value in self.headers)
        return f"{headers} {self.body.decode('utf-8', 'replace')}".casefold()

    def without(self, *words: str) -> Answer:
        """The same answer with what the asker sent, such as the reference, taken out."""
        headers, body = repr(self.headers), self.body
        for word in words:
            headers, body = headers.replace(word, ""), body.replace(word.encode(), b"")
        return Answer(self.status, (("all", headers),), self.cookies, body, self.statements)


def ask(client: Client, path: str, *, method: str = "get", **more: Any) -> Answer:
    """Ask as a browser would; streamed files are read to the end."""
    with CaptureQueriesContext(connection) as queries:
        response: Any = getattr(client, method)(path, **more)
    streamed = getattr(response, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else response.content
    for pattern in RANDOM:
        body = pattern.sub(b"", body)
    headers = sorted(pair for pair in response.items() if pair[0] != "Expires")
    cookies = tuple(sorted(response.cookies))
    return Answer(response.status_code, tuple(headers), cookies, body, len(queries))


def warm(client: Client, *paths: str) -> None:
    """Ask once for what a process or session remembers after its first pages."""
    for path in ("/", "/no-such-page/", *paths):
        client.get(path)
