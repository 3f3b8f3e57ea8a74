"""The demo library's files: known words, two people each, nothing real, every case present."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from access.vocabulary import Role
from guidance import vocabularies
from portal.demo.library import DemoDocument, read_documents, read_people
from portal.demo.prose import links_in, rich_text

DOCUMENTS = read_documents()
BY_KEY = {document.key: document for document in DOCUMENTS}
PERSONS = {row["email"]: row for row in read_people()["person"]}

VOCABULARY_OF_FIELD = {
    "platforms": "platform",
    "content_types": "content-type",
    "tactics": "tactic",
    "handling": "handling",
    "descriptors": "descriptor",
}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _words(vocabulary: str) -> set[str]:
    path = Path(vocabularies.DATA) / "vocabularies.toml"
    return {row["slug"] for row in tomllib.loads(path.read_text(encoding="utf-8"))[vocabulary]}


def _laws() -> list[dict[str, Any]]:
    path = Path(vocabularies.DATA) / "laws.toml"
    laws: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["law"]
    return laws


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.key)
def test_a_file_uses_known_words_laws_and_links(document: DemoDocument) -> None:
    """No slug is misspelt, no link leads nowhere."""
    for name, vocabulary in VOCABULARY_OF_FIELD.items():
        assert set(document.fields.get(name, ())) <= _words(vocabulary), name
    assert set(document.fields.get("laws", ())) <= {law["slug"] for law in _laws()}
    cards = {
        block["platform"]
        for block in document.fields.get("body", ())
        if block["block"] == "platform_card"
    }
    linked = {key for text in _texts(document.fields) for key in links_in(text)}
    assert linked | cards <= BY_KEY.keys()
    assert not document.successor or document.successor in BY_KEY


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.key)
def test_author_and_approver_are_two_people_of_the_owner(document: DemoDocument) -> None:
    """Or once of it: one page was written by somebody who has moved since."""
    author, approver = PERSONS[document.author], PERSONS.get(document.approver)
    places = [author, *author.get("former", ())]
    assert document.owner in {place["organisation"] for place in places}
    if document.state != "draft":
        assert approver is not None
        assert approver["organisation"] == document.owner
        assert approver["email"] != author["email"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.key)
def test_a_file_names_nobody_and_nothing_real_to_contact(document: DemoDocument) -> None:
    """No mailbox, number, address on the web or handle; no case number of the real kind."""
    text = " ".join(_texts(document.fields))
    for pattern in (r"\S+@\S+\.\w+", r"https?:", r"\b0\d{9,10}\b", r"\+44", r"(?<!\w)@\w+"):
        assert not re.search(pattern, text), pattern
    if document.type == "platform":
        assert "unverified" in document.fields["summary"].lower() or "expired" in text
        assert "Unverified" in text


@pytest.mark.parametrize(
    "document",
    [document for document in DOCUMENTS if document.type == "evaluation"],
    ids=lambda document: document.key,
)
def test_an_evaluation_says_that_its_figures_are_synthetic(document: DemoDocument) -> None:
    """In the summary, where search results show it; and its intervals hold their estimates."""
    assert document.fields["synthetic"] is True
    assert "synthetic" in document.fields["summary"].lower()
    for row in document.fields.get("estimates", ()):
        assert row["low"] <= row["estimate"] <= row["high"]


def test_laws_are_all_unchecked_with_a_date() -> None:
    """Nobody may mistake the demo for legal advice."""
    data = tomllib.loads((vocabularies.DATA / "laws.toml").read_text(encoding="utf-8"))
    assert data["checked_by"] == "unchecked"
    assert data["as_at_date"]
    statuses = {law["status"] for law in _laws()}
    assert statuses >= {"in-force", "not-commenced", "amended", "ended", "unknown"}


def test_every_case_occurs() -> None:
    """States, markings, audiences, phases, groups, embargo and expiry."""
    fields = [document.fields for document in DOCUMENTS]
    audiences = {term for told in fields for term in told["audience"]}
    assert {document.state for document in DOCUMENTS} == {
        "draft",
        "in-review",
        "published",
        "withdrawn",
        "superseded",
    }
    assert {told["marking"] for told in fields} == {"official", "official-sensitive"}
    assert {"national", "own", "hub"} <= audiences
    assert {term.partition(":")[0] for term in audiences} >= {"region", "force", "partner"}
    assert {told.get("latest_phase", 3) for told in fields} == {1, 2, 3}
    for name in ("groups", "visible_from", "visible_until", "handling", "attachments"):
        assert any(told.get(name) for told in fields), name
    assert {document.type for document in DOCUMENTS} == {
        "guidance",
        "lesson",
        "evaluation",
        "platform",
    }
    assert len({document.owner for document in DOCUMENTS} - {"hub"}) == 12
    roles = {role for row in PERSONS.values() for role in row["roles"]}
    assert roles == {role.value for role in Role}


def test_plain_text_becomes_the_rich_text_that_pages_store() -> None:
    """Paragraphs, lists, emphasis and links; markup in a text is text."""
    text = "One\ntwo & <b>\n\n- a **b**\n- [c](x)\n\n1. *d*\n2. [e](y)"
    assert rich_text(text, pages={"x": 7}) == (
        "<p>One two &amp; &lt;b&gt;</p>"
        '<ul><li>a <b>b</b></li><li><a linktype="page" id="7">c</a></li></ul>'
        "<ol><li><i>d</i></li><li>e</li></ol>"
    )
