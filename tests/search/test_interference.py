"""Hidden documents move nothing: two worlds, the second with 500 hidden documents more."""

import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from access.policy import Viewer
from access.rules import rules_for
from access.vocabulary import OrganisationKind, Role
from search.analysis import words_of
from search.engines.base import PAGE_SIZE, Engine, Facet, Hits, IndexedDocument, SearchQuery, Sort
from search.likeness import slots_of
from search.query import Vocabulary, analyse
from search.thesaurus import thesaurus
from tests.search.engines import EVERY_ENGINE, engines_of
from tests.search.shelf import NOON, WORDS, ask, fill, hidden, library, reader, ref_of, refs

VISIBLE = 300
HIDDEN = 500

# One for each way in which the rule treats people; none of them sees a hidden document.
VIEWERS = {
    "officer": reader(),
    "weak session": reader(second_factor=False),
    "author": reader(roles=frozenset({Role.AUTHOR})),
    "approver": reader(roles=frozenset({Role.AUTHOR, Role.APPROVER})),
    "hub": reader(organisation="hub", organisation_kind=OrganisationKind.HUB, phase=0),
    "elsewhere": reader(organisation="surrey", region="south", phase=3),
    "in another group": reader(groups=frozenset({"elsewhere"})),
    "granted": reader(grants=frozenset({ref_of(3)})),
    "auditor": reader(roles=frozenset({Role.AUDITOR})),
    "partner": reader(organisation="charity", organisation_kind=OrganisationKind.PARTNER),
    "inactive": reader(active=False),
}
FIND_NOTHING = {"auditor", "partner", "inactive"}


def _queries(count: int) -> list[str]:
    """The first six are the odd ones."""
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


# Asked of an officer, and of everybody else; and of how many documents the like are sought.
SOME, FEW = 20, 8
MANY = 40


def _stuffed(number: int) -> tuple[str, str]:
    chance = random.Random(number)
    words = [*chance.choices(WORDS, k=40), "zebrafish", "presevashion", "lettter"]
    return " ".join(words[:6]), " ".join(words * 3)


def _answers(
    engine: Engine, viewer: Viewer, queries: Sequence[str], *, every_page: bool = False
) -> dict[str, list[object]]:
    """Pages with all they say, words that are offered, titles that are completed, and the like."""
    vocabulary = Vocabulary(
        thesaurus(), lambda stems: engine.baseline(stems).frequencies, engine.baseline_words_like
    )
    seeds = library(VISIBLE)[::-7][: len(queries)]
    return {
        "pages": [_pages(engine, text, viewer, every_page=every_page) for text in queries],
        "words": [analyse(text, vocabulary=vocabulary).corrections for text in queries],
        "titles": [_completed(engine, words_of(text), viewer) for text in queries],
        "likeness": [_like(engine, one, viewer) for one in seeds],
    }


def _pages(engine: Engine, text: str, viewer: Viewer, *, every_page: bool) -> object:
    chosen = {Facet.TYPE: frozenset({"guidance"})}
    first = ask(engine, text, viewer=viewer)
    offsets = range(PAGE_SIZE, first.total + PAGE_SIZE, PAGE_SIZE)
    further: list[Hits] = [
        ask(engine, text, viewer=viewer, offset=offset, with_facets=False)
        for offset in (offsets if every_page else offsets[:1])
    ]
    other = [
        ask(engine, text, viewer=viewer, filters=chosen),
        ask(engine, text, viewer=viewer, sort=Sort.NEWEST, with_facets=False),
    ]
    return [(one.total, refs(one), one.hits, one.facets) for one in (first, *further, *other)]


def _completed(engine: Engine, words: list[str], viewer: Viewer) -> list[tuple[int, ...]]:
    rules = rules_for(viewer, at=NOON)
    typed = [words[:1], words[:2], [word[:2] for word in words[-1:]]]
    return [engine.titles_beginning(one, conjunctions=rules, limit=8) for one in typed]


def _like(engine: Engine, seed: IndexedDocument, viewer: Viewer) -> object:
    asked = SearchQuery(
        slots=slots_of(seed, engine=engine), exclude_pks=frozenset({seed.pk}), limit=10
    )
    hits = engine.search(asked, conjunctions=rules_for(viewer, at=NOON))
    return hits.total, hits.hits, hits.facets


def _two_worlds(make: Callable[[], Engine]) -> tuple[Engine, Engine]:
    """The same documents; in the second world hidden ones before, between and after them."""
    engine, other = make(), make()
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


@pytest.fixture(scope="module", params=EVERY_ENGINE)
def worlds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """Two worlds that no test may change."""
    with engines_of(request, folder=tmp_path_factory.mktemp("worlds")) as make:
        yield _two_worlds(make)


@pytest.mark.parametrize("who", VIEWERS)
def test_queries_answer_alike_in_both_worlds(worlds: tuple[Engine, Engine], who: str) -> None:
    """Hits, order, totals, facets, words offered, titles completed, and what is like a page."""
    one, other = worlds
    viewer = VIEWERS[who]
    # An author sees the drafts of the own force; none of the hidden ones is of Kent.
    assert ask(other, "", viewer=viewer).total == (0 if who in FIND_NOTHING else VISIBLE)
    queries = _queries(SOME)[: SOME if who == "officer" else FEW]
    assert _answers(one, viewer, queries) == _answers(other, viewer, queries)


@pytest.mark.soak
@pytest.mark.parametrize("who", VIEWERS)
def test_every_page_of_many_queries_is_alike_in_both_worlds(
    worlds: tuple[Engine, Engine], who: str
) -> None:
    one, other = worlds
    viewer, queries = VIEWERS[who], _queries(MANY)
    before = _answers(one, viewer, queries, every_page=True)
    assert before == _answers(other, viewer, queries, every_page=True)


def test_a_word_of_hidden_documents_is_never_suggested(worlds: tuple[Engine, Engine]) -> None:
    _, other = worlds
    assert ask(other, "zebrafish").total == 0
    assert other.baseline(["zebrafish"]).frequencies == {"zebrafish": 0}
    assert "zebrafish" not in other.baseline_words_like("z")


def test_deleting_the_hidden_documents_again_changes_nothing(
    make_engine: Callable[[], Engine],
) -> None:
    one, other = _two_worlds(make_engine)
    with other.writer() as writer:
        writer.delete(range(VISIBLE, VISIBLE + HIDDEN))
        writer.commit()
    officer, queries = VIEWERS["officer"], _queries(SOME)
    assert _answers(one, officer, queries) == _answers(other, officer, queries)


def test_the_comparison_would_see_a_leak(make_engine: Callable[[], Engine]) -> None:
    """Seen red: each of the comparisons, when one hidden document is opened to the reader."""
    one, other = _two_worlds(make_engine)
    opened = hidden(VISIBLE, *_stuffed(0), audience=frozenset({"force:kent"}), published_at=NOON)
    with other.writer() as writer:
        writer.write([opened])
        writer.commit()
    officer, queries = VIEWERS["officer"], _queries(SOME)
    before, after = (_answers(engine, officer, queries) for engine in (one, other))
    assert {part for part in before if before[part] != after[part]} == {
        "pages",
        "titles",
        "likeness",
    }
