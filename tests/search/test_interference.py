"""Hidden documents move nothing: two worlds, the second with 500 hidden documents more."""

import random
from collections.abc import Callable

import pytest

from access.policy import Viewer
from access.vocabulary import OrganisationKind, Role
from search.engines.base import Engine, Facet, Hits, Sort
from search.query import Vocabulary, analyse
from search.thesaurus import thesaurus
from tests.search.shelf import WORDS, ask, fill, hidden, library, reader, refs

VISIBLE = 300
HIDDEN = 500

VIEWERS = {
    "officer": reader(),
    "weak session": reader(second_factor=False),
    "author": reader(roles=frozenset({Role.AUTHOR})),
    "hub": reader(organisation="hub", organisation_kind=OrganisationKind.HUB, phase=0),
}


def _queries(count: int) -> list[str]:
    chance = random.Random(4)
    queries = [" ".join(chance.choices(WORDS, k=chance.choice([1, 2, 3, 8]))) for _ in range(count)]
    queries[:6] = [
        "",
        '"knife video"',
        "presevation leter",
        "cbo",
        "knife knife video",
        "zebrafish",
    ]
    return queries


# The first six are the odd ones. Elasticsearch takes a minute for sixty.
SOME = 20
MANY = 60


@pytest.fixture(params=[SOME, pytest.param(MANY, marks=pytest.mark.soak)])
def queries(request: pytest.FixtureRequest) -> list[str]:
    """What readers ask in both worlds."""
    return _queries(request.param)


def _stuffed(number: int) -> tuple[str, str]:
    chance = random.Random(number)
    words = [*chance.choices(WORDS, k=40), "zebrafish", "presevashion", "lettter"]
    return " ".join(words[:6]), " ".join(words * 3)


def _answers(engine: Engine, viewer: Viewer, queries: list[str]) -> list[object]:
    return [_all_of(engine, text, viewer) for text in queries]


def _all_of(engine: Engine, text: str, viewer: Viewer) -> object:
    chosen = {Facet.TYPE: frozenset({"guidance"})}
    asked: list[Hits] = [
        ask(engine, text, viewer=viewer),
        ask(engine, text, viewer=viewer, offset=20),
        ask(engine, text, viewer=viewer, filters=chosen),
        ask(engine, text, viewer=viewer, sort=Sort.NEWEST),
    ]
    vocabulary = Vocabulary(
        thesaurus(), lambda stems: engine.baseline(stems).frequencies, engine.baseline_words_like
    )
    suggested = analyse(text, vocabulary=vocabulary).corrections
    return [(one.total, refs(one), one.hits, one.facets) for one in asked], suggested


@pytest.fixture
def worlds(make_engine: Callable[[], Engine]) -> tuple[Engine, Engine]:
    """The same documents; in the second world hidden ones before, between and after them."""
    engine, other = make_engine(), make_engine()
    visible = library(VISIBLE)
    fill(engine, visible)
    unseen = [hidden(VISIBLE + one, *_stuffed(one)) for one in range(HIDDEN)]
    fill(other, unseen[:100])
    for start in range(0, VISIBLE, 100):
        with other.writer() as writer:
            writer.write(visible[start : start + 100])
            writer.write(unseen[100 + start : 200 + start])
            writer.commit()
    with other.writer() as writer:
        writer.write(unseen[400:])
        writer.commit()
    assert other.count() == VISIBLE + HIDDEN
    return engine, other


@pytest.mark.parametrize("who", VIEWERS)
def test_queries_answer_alike_in_both_worlds(
    worlds: tuple[Engine, Engine], queries: list[str], who: str
) -> None:
    one, other = worlds
    if who == "author":
        # An author sees the drafts of the own force; none of the hidden ones is of Kent.
        assert ask(other, "", viewer=VIEWERS[who]).total == VISIBLE
    assert _answers(one, VIEWERS[who], queries) == _answers(other, VIEWERS[who], queries)


def test_deleting_the_hidden_documents_again_changes_nothing(
    worlds: tuple[Engine, Engine], queries: list[str]
) -> None:
    one, other = worlds
    with other.writer() as writer:
        writer.delete(range(VISIBLE, VISIBLE + HIDDEN))
        writer.commit()
    officer = VIEWERS["officer"]
    assert _answers(one, officer, queries) == _answers(other, officer, queries)


def test_a_word_of_hidden_documents_is_never_suggested(worlds: tuple[Engine, Engine]) -> None:
    _, other = worlds
    assert ask(other, "zebrafish").total == 0
    assert other.baseline(["zebrafish"]).frequencies == {"zebrafish": 0}
    assert "zebrafish" not in other.baseline_words_like("z")


def test_the_comparison_would_see_a_leak(worlds: tuple[Engine, Engine]) -> None:
    """Seen red: the same comparison, when one hidden document is opened to the reader."""
    one, other = worlds
    with other.writer() as writer:
        writer.write([hidden(VISIBLE, *_stuffed(0), audience=frozenset({"force:kent"}))])
        writer.commit()
    officer, asked = VIEWERS["officer"], _queries(SOME)
    assert _answers(one, officer, asked) != _answers(other, officer, asked)
