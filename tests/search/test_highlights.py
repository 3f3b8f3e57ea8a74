"""The lines that show why a document was found."""

from search.engines.base import Alternative, Line, SearchQuery, WeighedTerm
from search.highlights import LINE_LENGTH, Highlighter


def _highlighter(*stems: str, phrases: tuple[tuple[str, ...], ...] = ()) -> Highlighter:
    slots = tuple((Alternative(terms=(WeighedTerm(stem, 1),)),) for stem in stems)
    return Highlighter(SearchQuery(slots=slots, phrases=phrases))


def _text(line: Line) -> str:
    return "".join(piece.text for piece in line)


def _matches(line: Line) -> list[str]:
    return [piece.text for piece in line if piece.is_match]


def test_every_form_of_a_word_is_marked_and_no_other_word() -> None:
    (line,) = _highlighter("polici").lines("Policy, policies; police and polite politicians.")
    assert _matches(line) == ["Policy", "policies"]


def test_inner_parts_of_words_are_not_marked() -> None:
    (line,) = _highlighter("age").lines("The message on the page is about age, ages and aged.")
    assert _matches(line) == ["age", "ages", "aged"]


def test_phrases_are_marked_as_a_whole_across_punctuation() -> None:
    (line,) = _highlighter(phrases=(("threat", "to", "life"),)).lines(
        "Any threat-to-life, and going to life classes."
    )
    assert _matches(line) == ["threat-to-life"]


def test_the_line_with_most_of_the_words_is_shown() -> None:
    text = (
        "Knife. "
        + "Filling words without end. " * 40
        + "A knife video from a gang. "
        + "End. " * 90
    )
    lines = _highlighter("knife", "video", "gang").lines(text)
    assert _matches(lines[-1]) == ["knife", "video", "gang"]
    assert all(len(_text(line)) <= LINE_LENGTH + 40 for line in lines)
    assert len(lines) == 2


def test_lines_do_not_overlap() -> None:
    text = "knife " * 300
    first, second = _highlighter("knife").lines(text)
    assert len(_text(first)) + len(_text(second)) < 2 * LINE_LENGTH + 10


def test_without_a_match_the_beginning_is_shown() -> None:
    (line,) = _highlighter("gang").lines("What a page is about. " * 20)
    assert _matches(line) == []
    assert _text(line).startswith("What a page")


def test_what_a_text_says_of_the_query_is_counted_once() -> None:
    asked = _highlighter("form", "gang", phrases=(("threat", "to", "life"),))
    assert asked.asked == 3
    assert asked.says("Forms, a form and a threat to life.") == {
        ("form",),
        ("threat", "to", "life"),
    }
    assert _highlighter().asked == len(_highlighter().says("Some text.")) == 0


def test_offsets_hold_in_text_that_grows_in_lower_case() -> None:
    """The capital İ becomes two characters in lower case."""
    (line,) = _highlighter("knife").lines("İİİİ İ knife adverts")
    assert _matches(line) == ["knife"]
    assert _text(line) == "İİİİ İ knife adverts"


def test_nothing_comes_of_nothing() -> None:
    assert _highlighter("knife").lines("") == ()
    assert _highlighter().lines("Some text.") == (((("Some text."), False),),)
    assert _highlighter("knife").whole("") == ()
