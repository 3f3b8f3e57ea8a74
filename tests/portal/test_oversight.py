"""Oversight sees the trail and the facts of everything, and the text of nothing."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.vocabulary import Marking, Role
from access.widening import AudienceFacts
from audit.events import Event
from audit.models import Entry
from audit.record import record
from audit.sealing import seal
from forces.models import User
from forces.strength import add_second_factor, forget_second_factor
from guidance import services
from guidance.facts import audience_facts
from portal.oversight.export import COLUMNS
from tests.guidance.scene import Cast, person, published
from tests.sign_in import client_of

TOKEN = "quillonvane"
PAGES = ("", "export/", "verification/", "documents/")


@pytest.fixture
def auditor(cast: Cast) -> User:
    return person("oversight", Role.AUDITOR)


@pytest.fixture
def page(cast: Cast) -> Any:
    return published(
        cast.kent_author,
        cast.kent_lead,
        title=f"About {TOKEN}",
        summary=TOKEN,
        purpose=f"<p>{TOKEN}</p>",
    )


def shown(client: Client, path: str = "") -> str:
    answer = client.get(f"/oversight/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "role", [Role.OFFICER, Role.ADMINISTRATOR, Role.HUB_APPROVER, Role.INFORMATION_RIGHTS]
)
def test_for_everybody_else_it_does_not_exist(cast: Cast, path: str, role: Role) -> None:
    client = client_of(person("hub", role, name="somebody"))
    hidden, absent = client.get(f"/oversight/{path}"), client.get("/oversight/no-such-page/")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content


def test_a_weak_session_of_an_auditor_sees_nothing(auditor: User) -> None:
    TOTP.activate(auditor, "JBSWY3DPEHPK3PXP")
    assert client_of(auditor, second_factor=False).get("/oversight/").status_code == 404


def test_facts_without_a_word_of_the_text(cast: Cast, auditor: User, page: Any) -> None:
    client = client_of(auditor)
    for path in ("", "documents/", "verification/"):
        assert TOKEN not in shown(client, path)
    told = shown(client, "documents/")
    for fact in (page.ref, "Kent", "published", "OFFICIAL", "own", "force"):
        assert fact in told
    assert client.get(f"/{page.ref}/").status_code == 404
    assert cast.kent_author.name not in shown(client)


def test_documents_are_narrowed_by_facts(cast: Cast, auditor: User, page: Any) -> None:
    client = client_of(auditor)
    assert page.ref in shown(client, "documents/?owner=kent&marking=1&state=published")
    for query in ("owner=essex", "marking=2", "state=withdrawn"):
        assert page.ref not in shown(client, f"documents/?{query}")
    assert client.get("/oversight/documents/?state=no-such").status_code == 400


def test_the_list_of_facts_costs_the_same_for_two_and_for_ten(
    cast: Cast, auditor: User, page: Any
) -> None:
    client = client_of(auditor)
    counts = []
    shown(client)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            shown(client, "documents/")
        counts.append(len(queries))
        for _more in range(4):
            published(cast.kent_author, cast.kent_lead)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("event=narrowing", True),
        ("event=sign-out", False),
        ("action_object=GD-22222", False),
        ("since=2026-01-01&until=2099-12-31", True),
        ("until=2026-01-01", False),
        ("actor=P-222222", False),
        ("order=oldest", True),
    ],
)
def test_the_trail_is_narrowed(auditor: User, cast: Cast, query: str, found: bool) -> None:
    record(Event.NARROWING, actor=cast.kent_lead.public_id, action_object="GD-8G4L3")
    assert ("GD-8G4L3" in shown(client_of(auditor), f"?{query}")) is found


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=1066-10-14", "between 2019 and 2100"),
        ("since=2026-05-02&until=2026-05-01", "Swap them"),
        ("actor=Chief%20Smith", "P-7F3K2M"),
        ("event=no-such", "no-such"),
        ("action_object=%27%20OR%201=1", "GD-7F3K2"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_explained(auditor: User, query: str, said: str) -> None:
    for path in ("", "export/"):
        answer = client_of(auditor).get(f"/oversight/{path}?{query}")
        assert answer.status_code == 400
        assert said in answer.content.decode()


def test_order_and_pages(auditor: User) -> None:
    for number in range(60):
        record(Event.SEARCH, actor="system", action_object=f"n{number:02}")
    client = client_of(auditor)
    newest, oldest = shown(client, "?event=search"), shown(client, "?event=search&order=oldest")
    assert newest.index("n59") < newest.index("n58")
    assert oldest.index("n00") < oldest.index("n01")
    assert "n05" in shown(client, "?event=search&page=2")


def test_narrowing_tells_before_and_after(cast: Cast, auditor: User, page: Any) -> None:
    facts = audience_facts(page)
    narrower = {
        **{name: getattr(facts, name) for name in AudienceFacts.__dataclass_fields__},
        "marking": Marking.OFFICIAL_SENSITIVE,
    }
    services.narrow(page, to=AudienceFacts(**narrower), by=cast.kent_lead, reason="Names somebody")
    assert "marking: official → official-sensitive" in shown(
        client_of(auditor), f"?action_object={page.ref}&event=narrowing"
    )


def test_the_export_is_the_rows_asked_for_and_is_itself_a_row(auditor: User, cast: Cast) -> None:
    record(Event.NARROWING, actor=cast.kent_lead.public_id, action_object="GD-7F3K2")
    record(Event.SEARCH, actor="system")
    seal()
    answer = client_of(auditor).get("/oversight/export/?event=narrowing")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "OFFICIAL" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [row["action_object"] for row in rows] == ["GD-7F3K2"]
    assert tuple(rows[0]) == COLUMNS
    exported = Entry.objects.get(event="export")
    assert (exported.actor, exported.detail) == (auditor.public_id, {"rows": 1})


def test_an_export_needs_a_fresh_proof(auditor: User) -> None:
    TOTP.activate(auditor, "JBSWY3DPEHPK3PXP")
    client = client_of(auditor)
    session = client.session
    forget_second_factor(session)
    add_second_factor(session, auditor, at=(timezone.now() - timedelta(hours=1)).timestamp())
    session.save()
    answer = client.get("/oversight/export/?event=search")
    assert answer.headers["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    assert not Entry.objects.filter(event="export").exists()


def test_verification_says_whether_the_chain_holds(
    auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(Event.SEARCH, actor="system")
    seal()
    client = client_of(auditor)
    assert "The chain holds" in shown(client, "verification/")
    monkeypatch.setattr("audit.verify.hash_of", lambda *args, **kwargs: "0" * 64)
    assert "The chain is broken at number 1" in shown(client, "verification/")
