"""What a reader takes out of the portal: the figures of an evaluation, and their own data."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any

from django.test import Client
from django.utils import timezone

from access.vocabulary import Marking
from audit.models import Entry
from forces.services import join_group
from guidance.models import EvaluationPage, GuidancePage
from search.models import SavedSearch
from tests.guidance.scene import Cast, draft, need_to_know
from tests.portal.publishing import ESTIMATE, page_of, publish, stream
from tests.sign_in import client_of

FALL = {**ESTIMATE, "label": "=cmd()", "estimate": -0.2, "low": -0.3, "high": -0.1}


def taken(client: Client, address: str) -> tuple[str, str]:
    """The name and the text of a file."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer["Cache-Control"] == "private, no-store"
    return answer["Content-Disposition"], answer.content.decode()


# ---------------------------------------------------------------------------------- the figures


def test_figures_are_a_table_with_their_marking_and_source(cast: Cast) -> None:
    """Numbers stay numbers, and words stay words: a spreadsheet runs neither."""
    page = publish(
        EvaluationPage,
        cast,
        title="Does it?",
        synthetic=True,
        marking=Marking.OFFICIAL_SENSITIVE,
        estimates=stream(("estimate", FALL)),
    )
    reader = client_of(cast.kent_officer)
    assert f'href="{page.address}figures.csv"' in page_of(reader, page.address)
    name, text = taken(reader, f"{page.address}figures.csv")
    assert f'filename="OFFICIAL-SENSITIVE {page.ref} figures ' in name
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == rows[-1] == ["OFFICIAL-SENSITIVE"]
    assert rows[1] == ["Does it?"]
    assert page.ref in rows[2][0]
    assert "synthetic" in rows[3][0]
    assert rows[-2] == ["'=cmd()", "Rate ratio", "-0.2", "-0.3", "-0.1", "100", ""]


def test_that_figures_were_taken_is_in_the_trail(cast: Cast) -> None:
    """Of an OFFICIAL page, too."""
    page = publish(EvaluationPage, cast, estimates=stream(("estimate", ESTIMATE)))
    client_of(cast.kent_officer).get(f"{page.address}figures.csv")
    row = Entry.objects.get(event="export")
    assert (row.actor, row.action_object) == (cast.kent_officer.public_id, page.ref)
    assert row.detail == {"rows": 1}


def test_figures_go_through_the_gate_of_their_page(cast: Cast) -> None:
    """Hidden, absent, and of a page that has none: the one 404, and no row of an export."""
    hidden = publish(
        EvaluationPage, cast, audience=("hub",), estimates=stream(("estimate", ESTIMATE))
    )
    bare, other = publish(EvaluationPage, cast), publish(GuidancePage, cast)
    reader = client_of(cast.kent_officer)
    nowhere = reader.get("/EV-22222/figures.csv")
    assert nowhere.status_code == 404
    for page in (hidden, bare, other):
        answer = reader.get(f"{page.address}figures.csv")
        assert (answer.status_code, answer.content) == (404, nowhere.content)
    assert not Entry.objects.filter(event="export").exists()


# --------------------------------------------------------------------------------- one's own data


def own(client: Client) -> dict[str, Any]:
    """What somebody takes away."""
    name, text = taken(client, "/account/data/")
    assert "OFFICIAL my data " in name
    held: dict[str, Any] = json.loads(text)
    return held


def test_ones_own_data_are_whole(cast: Cast) -> None:
    """Person, force, roles, groups, sessions, searches and rows; and the taking is a row."""
    reader = cast.kent_officer
    group = need_to_know("circle", "Inner circle")
    join_group(reader, group, by="system", at=timezone.now())
    SavedSearch.objects.create(
        user=reader, name="Mine", asked="q=weapons", covered_until_at=reader.created_at
    )
    SavedSearch.objects.create(
        user=cast.kent_author, name="Other", asked="q=other", covered_until_at=reader.created_at
    )
    client = client_of(reader)
    held = own(client)
    assert held["marking"] == "OFFICIAL"
    assert held["person"]["email"] == reader.email
    assert held["memberships"][0]["organisation"] == "Kent"
    assert held["memberships"][0]["roles"] == ["officer"]
    assert [one["group"] for one in held["need_to_know_groups"]] == ["Inner circle"]
    assert [one["asked"] for one in held["saved_searches"]] == ["q=weapons"]
    assert len(held["sessions"]) == 1
    assert held["trail_of_what_you_did"][-1]["event"] == "export"
    assert cast.kent_author.public_id not in json.dumps(held)


def test_ones_own_rows_tell_nothing_of_what_was_refused(cast: Cast) -> None:
    """Neither which page nor why: a reason would tell hidden from absent."""
    page = draft(cast.kent_author)
    client = client_of(cast.essex_officer)
    for address in (page.address, "/GD-22222/"):
        assert client.get(address).status_code == 404
    rows = [one for one in own(client)["trail_of_what_you_did"] if one["event"] == "refusal"]
    assert [sorted(one) for one in rows] == [["at", "event"], ["at", "event"]]


def test_ones_own_data_need_a_fresh_proof(cast: Cast) -> None:
    """A session may be hours old, and its phone in another's hand."""
    client = client_of(cast.kent_officer)
    session = client.session
    for one in session["account_authentication_methods"]:
        one["at"] = time.time() - 3600
    session.save()
    answer = client.get("/account/data/")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not Entry.objects.filter(event="export").exists()
