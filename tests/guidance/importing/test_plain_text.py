"""Headings, lists and paragraphs are told apart in plain text, where only the lines show them."""

from pathlib import Path

import pytest

from guidance.files.inspection import inspect
from guidance.files.kinds import FileRefused, Refusal
from guidance.files.plain import clean
from guidance.importing.outline import ImportedDraft, draft_from
from guidance.importing.plain_text import looks_like_heading, pieces_of

DOCUMENTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "documents"
SENTENCE = "Capture the post before anybody asks for it to be removed, and note who captured it."


def parts(text: str) -> list[tuple[str, str]]:
    """What each piece was taken for."""
    return [(piece.part.value, piece.text) for piece in pieces_of(text)]


def imported(text: str, *, name: str = "a file") -> ImportedDraft:
    """The draft that a text becomes."""
    return draft_from(pieces_of(text), name=name)


@pytest.mark.parametrize(
    "line",
    [
        "Executive summary",
        "1.    Introduction and background",
        "2) Issues for consideration",
        "7. Background/supporting papers",
        "5. GDPR and Data Privacy",
        "EQUALITY",
        "When not to use this",
        "What works?",
        "Non-confidential facts and advice to the Deputy Mayor (DMPC)",
    ],
)
def test_headings(line: str) -> None:
    assert looks_like_heading(line)


@pytest.mark.parametrize(
    "line",
    [
        SENTENCE,
        "A short sentence.",
        "the start of nothing",
        "12 March 2019",
        "June 12 2024",
        "Tuesday, 3rd May 2022",
        "01/02/2024",
        "Provide the following:",
        "A crew. Photo: @somebody",
        "See https://www.gov.uk",
        "1.1. The funding enables a hub",
        "• Build capabilities",
        "Ab" + "c" * 120,
        "12",
    ],
)
def test_no_headings(line: str) -> None:
    assert not looks_like_heading(line)


def test_bullets_of_every_shape() -> None:
    text = "\n".join(f"{mark} item" for mark in "•·▪*-–")
    assert parts(text) == [("bullet", "item")] * 6


def test_bullets_behind_hard_blanks() -> None:
    assert parts("•\u00a0 \u00a0 item\u00a0") == [("bullet", "item")]


def test_numbered_lines_are_a_list_and_numbered_headings_are_not() -> None:
    steps = "1. Capture\n2. Preserve\n3. Refer"
    assert [part for part, _ in parts(steps)] == ["numbered"] * 3
    apart = "1. Capture\n\n2. Preserve\n\n3. Refer"
    assert parts(apart) == [
        ("numbered", "Capture"),
        ("numbered", "Preserve"),
        ("numbered", "Refer"),
    ]
    chapters = f"1. Capture\n\n{SENTENCE}\n\n2. Preserve\n\n{SENTENCE}"
    assert [part for part, _ in parts(chapters)] == ["heading", "paragraph"] * 2


def test_letters_are_numbers_too() -> None:
    assert parts("a) first thing\nb) second thing") == [
        ("numbered", "first thing"),
        ("numbered", "second thing"),
    ]


def test_a_label_and_its_value_stand_together() -> None:
    assert parts("Date signed:\n12 March 2019\nSigned by:\nThe Deputy Mayor") == [
        ("paragraph", "Date signed: 12 March 2019"),
        ("paragraph", "Signed by: The Deputy Mayor"),
    ]


def test_lines_broken_at_a_width_are_joined() -> None:
    text = (
        "Capture the post before anybody asks for it to be removed, and\n"
        "note who captured it, when, and with which tool.\n\n"
        "- Ask the platform to preserve what it holds, through its own\n"
        "  portal and never by a private account.\n"
        "- Then refer it."
    )
    found = parts(text)
    assert [part for part, _ in found] == ["paragraph", "bullet", "bullet"]
    assert found[0][1].endswith("removed, and note who captured it, when, and with which tool.")
    assert found[1][1].endswith("through its own portal and never by a private account.")


def test_ruled_and_marked_headings() -> None:
    assert parts(f"Before you refer\n=====\n{SENTENCE}")[0] == ("heading", "Before you refer")
    assert parts("## capture first")[0] == ("heading", "capture first")
    assert parts(f"{SENTENCE}\n\n-----\n\n{SENTENCE}") == [("paragraph", SENTENCE)] * 2


def test_a_heading_right_above_its_text() -> None:
    assert parts(f"Before you refer\n{SENTENCE}") == [
        ("heading", "Before you refer"),
        ("paragraph", SENTENCE),
    ]


def test_the_first_heading_is_the_title_and_stands_there_once() -> None:
    draft = imported(f"A title\n\nA title\n\nFirst part\n\n{SENTENCE}")
    assert draft.title == "A title"
    assert [block["type"] for block in draft.blocks] == ["heading", "paragraph"]


def test_without_a_title_the_name_stands_in_and_the_editor_is_told() -> None:
    draft = imported(f"{SENTENCE}\n\n{SENTENCE}", name="aide memoire")
    assert draft.title == "aide memoire"
    assert any("Write a title" in note for note in draft.notes)


def test_the_summary_is_cut_at_a_sentence() -> None:
    draft = imported("A title\n\n" + f"{SENTENCE} " * 10)
    assert draft.summary == f"{SENTENCE} {SENTENCE} {SENTENCE}"
    draft = imported("A title\n\n" + "word " * 200)
    assert len(draft.summary) <= 300
    assert draft.summary.endswith("…")


def test_what_belongs_to_a_web_page_is_left_out_and_said() -> None:
    draft = imported(f"A title\n\n{SENTENCE}\n\nShare this page")
    assert "Share this page" not in str(draft.blocks)
    assert any("Share this page" in note for note in draft.notes)


def test_markup_in_the_text_is_only_text() -> None:
    draft = imported(f"A title\n\n{SENTENCE} <script>alert(1)</script> & more")
    assert "&lt;script&gt;" in draft.blocks[0]["value"]
    assert "<script>" not in draft.blocks[0]["value"]


def test_a_very_long_item_and_heading_still_fit_their_blocks() -> None:
    draft = imported(f"A title\n\n- {'word ' * 200}\n- short")
    assert draft.blocks[0]["value"].startswith("<ul><li>word")
    assert draft.blocks[1] == {"type": "list", "value": ["short"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n  \n",
        "x",
        "12 34 56 78 90 " * 50,
        "A title\n\nAnother title",
        "aGVsbG8gd29ybGQ0NTY3OA==" * 90,
    ],
)
def test_garbage_is_refused_with_a_clear_message(text: str) -> None:
    with pytest.raises(FileRefused, match="nothing was saved") as caught:
        imported(text)
    assert caught.value.reason is Refusal.NO_TEXT


def read_shared(name: str) -> ImportedDraft:
    """One of the texts that the project was given."""
    path = DOCUMENTS / name
    if not path.exists():
        pytest.skip(f"{name} lies outside the repository and is not here")
    with path.open("rb") as stream:
        inspect(stream, name)
    return imported(clean(path.read_bytes()).decode())


def test_a_decision_paper_keeps_its_chapters_and_lists() -> None:
    draft = read_shared("pcd-545-social-media-hub.txt")
    assert draft.title == "Social Media Hub to tackle Serious Gang Violence"
    assert draft.summary.startswith("This paper requests approval")
    headings = [block["value"] for block in draft.blocks if block["type"] == "heading"]
    assert headings[0] == "Executive summary"
    assert "1. Introduction and background" in headings
    assert [heading[0] for heading in headings[3:]] == list("1234567")
    lists = [block["value"] for block in draft.blocks if block["type"] == "list"]
    assert [len(items) for items in lists] == [3, 3, 4]
    assert not any("•" in item for items in lists for item in items)
    assert "<p>Reference code: PCD 545</p>" in draft.blocks[0]["value"]
    assert "Share this page" not in str(draft.blocks)


def test_an_article_keeps_every_paragraph() -> None:
    draft = read_shared("project-alpha-article.txt")
    assert draft.title.startswith("New details revealed about Met scheme")
    assert [block["type"] for block in draft.blocks] == ["paragraph"]
    assert draft.blocks[0]["value"].count("<p>") == 11
