"""Any text at all gives results or a clear refusal, and sees nothing it should not."""

from collections.abc import Iterator
from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.rules import rules_for
from search.engines.base import Engine, EngineUnavailableError
from search.indexing import rebuild
from search.query import NothingToSearchError, QueryTooLongError
from tests.guidance.scene import Cast, draft
from tests.search.engines import EVERY_ENGINE, engines_of
from tests.search.shelf import NOON, WORDS, ask, fill, hidden, library, reader, refs
from tests.sign_in import client_of
from tests.turns import part_of

VISIBLE, HIDDEN = 60, 40
OPERATORS = [
    *("AND", "OR", "NOT", "+", "-", "!", "(", ")", "[", "]", "{", "}", "^", "~", "*", "?"),
    *(":", "\\", "/", '"', "“", "”", "'", "||", "&&", "<", ">", "TO", "IN", "|", "\0"),
    *("audience:force", "owner:essex", "state:draft", "impacts:", "knife|f", "*:*", "_exists_:"),
    *("ref:GD", "keys:1|draft|-|own", "[* TO *]", "/.*/", "knife~2", "kni*", "quartzlight"),
]
PIECES = st.one_of(
    st.sampled_from(OPERATORS), st.sampled_from(WORDS), st.text(max_size=12), st.integers().map(str)
)
TYPED = st.one_of(
    st.text(),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=14).map("".join),
    st.binary(max_size=60).map(lambda some: some.decode("utf-8", "surrogateescape")),
)


@pytest.fixture(scope="module", params=EVERY_ENGINE)
def shelf(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Visible documents, and hidden ones with a word of their own."""
    with engines_of(request, folder=tmp_path_factory.mktemp("fuzz")) as make:
        engine = make()
        unseen = [
            hidden(VISIBLE + one, "Quartzlight knife", "quartzlight") for one in range(HIDDEN)
        ]
        fill(engine, [*library(VISIBLE), *unseen])
        yield engine


@settings(max_examples=part_of(150), deadline=None)
@given(TYPED)
def test_any_text_gives_visible_documents_or_a_clear_refusal(shelf: Engine, text: str) -> None:
    try:
        hits = ask(shelf, text, limit=100)
    except (NothingToSearchError, QueryTooLongError):
        return
    assert hits.total == len(hits.hits) <= VISIBLE
    assert all(hit.pk < VISIBLE for hit in hits.hits)
    assert "quartzlight" not in "".join(piece.text for hit in hits.hits for piece in hit.title)


@settings(max_examples=part_of(50), deadline=None)
@given(st.lists(st.sampled_from([*OPERATORS, *WORDS]), min_size=1, max_size=8))
def test_signs_around_words_change_nothing(shelf: Engine, pieces: list[str]) -> None:
    """A word finds the same with and without wildcards and the like beside it."""
    words = [piece for piece in pieces if piece in WORDS]
    signs = [
        sign for sign in OPERATORS if not any(char.isalnum() or char in '"“”' for char in sign)
    ]
    decorated = " ".join(f"{signs[place % len(signs)]} {word}" for place, word in enumerate(words))
    assert refs(ask(shelf, " ".join(words))) == refs(ask(shelf, decorated))


@settings(max_examples=part_of(100), deadline=None)
@given(st.lists(PIECES.filter(bool), max_size=6))
def test_any_words_complete_visible_titles_only(shelf: Engine, words: list[str]) -> None:
    """Whatever the words hold: the engine does not count on who takes them apart."""
    encodable = [word for word in words if word == word.encode(errors="ignore").decode()]
    rules = rules_for(reader(), at=NOON)
    found = shelf.titles_beginning(encodable, conjunctions=rules, limit=8)
    assert all(pk < VISIBLE for pk in found)


@settings(
    max_examples=part_of(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(TYPED)
def test_any_text_is_answered_or_refused_by_the_page(cast: Cast, index: Engine, text: str) -> None:
    """Never an error of the server, and never a page that says search is down."""
    if not _indexed(index):
        draft(cast.kent_author, title="Knife video")
        rebuild()
    officer = client_of(cast.kent_author)
    address = "/search/?" + urlencode({"q": text}, errors="surrogatepass")
    assert officer.get(address).status_code in {200, 400}


@settings(
    max_examples=part_of(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.one_of(TYPED.map(lambda text: text.encode(errors="surrogatepass")), st.binary()))
def test_any_bytes_are_completed_or_refused(cast: Cast, index: Engine, typed: bytes) -> None:
    if not _indexed(index):
        draft(cast.kent_author, title="Knife video")
        rebuild()
    address = f"/search/suggest/?q={quote_from_bytes(typed)}"
    assert client_of(cast.kent_author).get(address).status_code in {200, 400}


def _indexed(index: Engine) -> bool:
    try:
        return bool(index.count())
    except EngineUnavailableError:
        return False
