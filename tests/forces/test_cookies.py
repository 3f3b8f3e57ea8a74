"""Over https our cookies have names that a browser guards."""

from __future__ import annotations

import ast

from django.test import Client
from pytest_django import Settings

from forces.cookies import cookie_name
from tests.guidance.scene import Cast
from tests.house.tree import ROOMS, modules_of, parsed, place
from tests.sign_in import client_of


def test_every_cookie_is_named_for_https(cast: Cast, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    assert cookie_name("opened") == "__Host-opened"
    assert cookie_name("answer", path="/accounts/") == "__Secure-answer"
    client: Client = client_of(cast.kent_officer)
    client.post("/account/shortcut/", {"shortcut": "off"}, secure=True)
    cookie = client.cookies["__Host-search-shortcut"]
    assert (cookie["path"], cookie["domain"], cookie["secure"]) == ("/", "", True)
    assert 'data-search-shortcut="off"' in client.get("/", secure=True).content.decode()
    plain = [
        place(path, node)
        for path in modules_of(*ROOMS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("set_cookie", "set_signed_cookie", "delete_cookie")
        and not _is_named(node.args[0])
    ]
    assert not plain


def _is_named(argument: ast.expr) -> bool:
    return (
        isinstance(argument, ast.Call)
        and isinstance(argument.func, ast.Name)
        and argument.func.id == "cookie_name"
    )
