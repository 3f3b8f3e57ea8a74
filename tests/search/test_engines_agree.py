"""The same question from the same reader: the same answer from every engine, to the last count."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from access.rules import rules_for
from access.vocabulary import Marking, OrganisationKind, Role
from search.engines.base import Engine, Facet, IndexedDocument, IndexedFile, SearchQuery, Sort
from search.engines.elasticsearch import ElasticsearchEngine, queries
from search.engines.tantivy import TantivyEngine
from search.likeness import slots_of
from tests import turns
from tests.search.engines import engines_of
from tests.search.shelf import NOON, WORDS, ask, fill, hidden, library, question, reader, ref_of

pytestmark = pytest.mark.services

SIZE = 400
HIDDEN = 150
PERSONAS = {
    "officer": reader(),
    "officer elsewhere": reader(organisation="essex", region="", phase=3),
    "weak session": reader(second_factor=False),
    "author": reader(roles=frozenset({Role.AUTHOR})),
    "in a group": reader(groups=frozenset({"operation"})),
    "granted": reader(grants=frozenset({ref_of(SIZE + 3), ref_of(SIZE + 4)})),
    "hub": reader(organisation="hub", organisation_kind=OrganisationKind.HUB, phase=0),
    "partner": reader(organisation="charity", organisation_kind=OrganisationKind.PARTNER),
    "inactive": reader(active=False),
}
FIND_NOTHING = {"partner", "inactive"}
CHOSEN = {Facet.TYPE: frozenset({"guidance"}), Facet.PLATFORM: frozenset({"x", "tiktok"})}
# Hidden ones among them: the list may be older than the index.
NEAR = {pk: 3_000 + 37 * pk % 5_000 for pk in range(0, SIZE + 50, 3)}
ASKED: dict[str, dict[str, Any]] = {
    "first page": {},
    "second page": {"offset": 20},
    "filtered": {"filters": CHOSEN},
    "newest": {"sort": Sort.NEWEST},
    "reviewed, dated": {"sort": Sort.REVIEWED, "published_from_date": date(2026, 6, 10)},
    "some excluded": {"exclude_pks": frozenset(range(0, SIZE, 7))},
    "without facets": {"with_facets": False, "limit": 1},
    "by meaning": {"nearest": NEAR},
    "by meaning, filtered": {"nearest": NEAR, "filters": CHOSEN, "offset": 20},
    "by meaning, the end": {"nearest": NEAR, "offset": 240, "exclude_pks": frozenset({3, 12})},
    "by meaning, newest": {"nearest": NEAR, "sort": Sort.NEWEST},
}


def _shelf() -> list[IndexedDocument]:
    unseen = [hidden(SIZE + one, *_texts(one), facets=_facets(one)) for one in range(HIDDEN)]
    return [_with_files(one) for one in (*library(SIZE, seed=11), *unseen)]


def _with_files(one: IndexedDocument) -> IndexedDocument:
    """One in three has files, with words that its own text may lack."""
    pages = tuple(" ".join(_texts(one.pk * page)) for page in range(2, 5))
    files = IndexedFile("F-22222", f"Form {one.pk}", pages), IndexedFile("F-33333", "Letter", pages)
    return one if one.pk % 3 else replace(one, files=files)


def _texts(number: int) -> tuple[str, str]:
    chance = random.Random(number)
    return " ".join(chance.choices(WORDS, k=5)), " ".join(chance.choices(WORDS, k=60))


def _facets(number: int) -> dict[Facet, tuple[str, ...]]:
    sensitive = Marking.OFFICIAL_SENSITIVE.name.lower()
    return {Facet.TYPE: ("lesson",), Facet.MARKING: (sensitive,), Facet.NATION: (f"n{number % 3}",)}


def _queries(drawn_at_random: int) -> list[str]:
    chance = random.Random(21)
    lengths = [chance.choice([1, 2, 3, 6]) for _ in range(drawn_at_random)]
    drawn = [" ".join(chance.choices(WORDS, k=length)) for length in lengths]
    odd = ['"knife video" order', "presevation leter", "cbo", "knife knife knife video", "the of"]
    return ["", *drawn, *odd, " ".join(WORDS * 3), "zz zy zx " * 90, ref_of(3)]


@pytest.fixture(scope="module")
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """The same shelf on both; on the server some of it is written later and in another order."""
    folder = tmp_path_factory.mktemp("both")
    embedded = TantivyEngine(folder / "index")
    with engines_of(request, kind="elasticsearch", folder=folder) as make:
        server = make()
        shelf = _shelf()
        fill(embedded, shelf)
        fill(server, reversed(shelf[100:]))
        with server.writer() as writer:
            writer.write(shelf[50:100])
            writer.delete([60])
            writer.write(shelf[:61])
            writer.commit()
        yield embedded, server


@pytest.mark.parametrize("who", PERSONAS)
def test_both_engines_complete_alike_and_find_alike(both: tuple[Engine, Engine], who: str) -> None:
    """Titles by one word and by two, and pages like another; hits in files among them."""
    rules = rules_for(PERSONAS[who], at=NOON)
    typed = [[word[:2]] for word in WORDS] + [["knife", word[:1]] for word in WORDS[:12]]
    titles = [
        [engine.titles_beginning(words, conjunctions=rules, limit=8) for words in typed]
        for engine in both
    ]
    assert titles[0] == titles[1]
    likes = []
    for engine in both:
        asked = [
            SearchQuery(slots=slots_of(seed, engine=engine), exclude_pks=frozenset({seed.pk}))
            for seed in _shelf()[:60:10]
        ]
        likes.append([engine.search(one, conjunctions=rules) for one in asked])
    assert likes[0] == likes[1]
    assert any(titles[0]) == any(one.total for one in likes[0]) == (who not in FIND_NOTHING)


@pytest.mark.parametrize("drawn_at_random", [1, pytest.param(34, marks=pytest.mark.soak)])
@pytest.mark.parametrize("who", PERSONAS)
def test_both_engines_answer_alike(
    both: tuple[Engine, Engine], who: str, drawn_at_random: int
) -> None:
    """References in their order, totals, facets and highlights."""
    one, other = both
    found = 0
    for number, text in enumerate(_queries(drawn_at_random)):
        for name, more in ASKED.items():
            if not turns.is_in_turn(f"{who} {number} {name}"):
                continue
            answers = [ask(engine, text, viewer=PERSONAS[who], **more) for engine in both]
            assert answers[0] == answers[1], (text, name)
            found += answers[0].total
    assert bool(found) == (who not in FIND_NOTHING)
    rules = rules_for(PERSONAS[who], at=NOON)
    assert one.visible(rules) == other.visible(rules)


def test_both_engines_hold_and_count_alike(both: tuple[Engine, Engine]) -> None:
    """What they hold, and what everybody may know of it."""
    one, other = both
    assert sorted(one.held()) == sorted(other.held())
    assert one.count() == other.count() == SIZE + HIDDEN
    for excluded in (frozenset[int](), frozenset(range(0, SIZE, 3))):
        counts = [engine.baseline(WORDS, exclude_pks=excluded) for engine in both]
        assert counts[0] == counts[1]
        for prefix in ("k", "pre", "z", "."):
            words = [engine.baseline_words_like(prefix, exclude_pks=excluded) for engine in both]
            assert words[0] == words[1]


def test_scores_are_the_same_whole_numbers(both: tuple[Engine, Engine]) -> None:
    """Equal order alone would not show a score that is off by a half."""
    embedded, server = both
    assert isinstance(embedded, TantivyEngine)
    assert isinstance(server, ElasticsearchEngine)
    words = "preservation request knife video county lines order review"
    query = question(embedded, words, limit=100)
    rules = rules_for(reader(), at=NOON)
    snapshot = embedded._read()
    _, rows = embedded._rows(snapshot, query, embedded._compile.access(rules))
    (answer,) = server._ask([server._hits(query, queries.access(rules))])
    scores = [row["_score"] for row in answer.to_dict()["hits"]["hits"]]
    assert scores == [float(row.score) for row in rows]
    assert len(set(scores)) > 5
