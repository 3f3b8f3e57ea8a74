"""Asks the site as people do: signed in or not, by every method, leaving nothing behind."""

from __future__ import annotations

import copy
import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase

# Django's client runs the whole stack of middleware within this process, without a port. It is
# made for tests, which is what a crawl is; nothing that serves people imports this module.
from django.test import Client

from audit.models import Entry
from forces.models import User
from forces.strength import add_password, add_second_factor

BACKEND = "forces.backends.PersonBackend"
_ZIP = b"PK\x03\x04"


def client_of(user: User, *, second_factor: bool = True) -> Client:
    """A browser that is signed in as somebody, as strong as wanted, without the forms."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    add_password(session, user, at=time.time())
    if second_factor:
        add_second_factor(session, user, at=time.time())
    session.save()
    return client


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, every word of it, and what the trail says of a request undone."""

    status: int
    text: str
    trail: str = ""


class Browser:
    """Somebody's browser."""

    def __init__(self, user: User | None, *, strong: bool) -> None:
        """Sign in, or stay a visitor."""
        self.client = Client() if user is None else client_of(user, second_factor=strong)
        self.client.raise_request_exception = False

    def ask(self, method: str, path: str, posted: dict[str, Any] | None = None) -> Answer:
        """One request; whatever one that is no GET changes is undone."""
        if method == "GET":
            return _answer(self.client.get(path))
        last = Entry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        with self._undone():
            if method == "POST":
                answer = self._post(path, posted or {})
            else:
                answer = _answer(self.client.generic(method, path))
            return replace(answer, trail=str(list(Entry.objects.filter(pk__gt=last).values())))

    def _post(self, path: str, posted: dict[str, Any]) -> Answer:
        """A form that is sent, and the page it leads to."""
        response = self.client.post(path, posted)
        first = _answer(response)
        if not 300 <= response.status_code < 400:
            return first
        then = _answer(self.client.get(response.headers["Location"]))
        return Answer(then.status, first.text + then.text)

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Roll back what a request writes, and forget the cookies it sets."""
        cookies: SimpleCookie = copy.deepcopy(self.client.cookies)
        with transaction.atomic():
            try:
                yield
            finally:
                transaction.set_rollback(True)
                self.client.cookies = cookies


def _answer(response: Any) -> Answer:
    return Answer(response.status_code, everything_in(response))


def everything_in(response: HttpResponseBase) -> str:
    """Bytes, headers and cookies of an answer; streamed files read, archives unpacked."""
    streamed: Any = getattr(response, "streaming_content", ())
    content = response.content if isinstance(response, HttpResponse) else b"".join(streamed)
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    body = b"\n".join(_unpacked(content)).decode("utf-8", "replace")
    return f"{headers} {response.cookies.output()} {body}"


def _unpacked(content: bytes) -> Iterator[bytes]:
    yield content
    if content.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)
