"""What documents mean: kept level with them, compared only where they may be seen."""

import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from access.rules import matches, rules_for
from access.specimens import sample
from guidance import services as guidance_services
from guidance.facts import audience_facts
from guidance.models import Document, GuidancePage
from search.engines.base import Engine, IndexedDocument
from search.indexing import drain, rebuild
from search.meaning.facts import FactColumns
from search.meaning.keeping import facts_as_text, keep, learn
from search.meaning.matrix import Mirror, current_mirror, similarities, sorted_first
from search.meaning.model import TOKENIZER, current_model
from search.meaning.nearest import nearest, nearest_to_document, text_to_embed
from search.meaning.passages import PASSAGE_WORDS, passages_of
from search.meaning.wordpiece import WordPieces
from search.models import Meaning
from search.query import Vocabulary, analyse
from search.services import Request, find
from search.thesaurus import thesaurus
from search.verify import Drift, repair, verify
from tests.guidance.scene import Cast, published, seen_by
from tests.search.shelf import NOON, document, hidden, reader
from tests.services.databases import ROOT

TEXTS = (
    "Officers take down footage of stabbings from video platforms.",
    "How to write to a phone company for the records of a subscriber.",
    "A cake of flour, butter and eggs is baked in the oven for an hour.",
)
ASKED = "removing clips that show a knife attack"


def learnt(documents: Collection[IndexedDocument]) -> None:
    keep(learn(documents), of=[one.pk for one in documents])


def near(text: str, *, excluded: frozenset[int] = frozenset()) -> dict[int, int]:
    rules = rules_for(reader(), at=NOON)
    return dict(nearest(text, conjunctions=rules, exclude_pks=excluded))


def test_columns_agree_with_the_rule() -> None:
    """Every viewer and document of a sample, row by row."""
    found = sample(5, viewers=60, documents=300)
    rows = [
        (place, one.ref, facts_as_text(IndexedDocument(pk=place, access=one, title="")))
        for place, one in enumerate(found.documents)
    ]
    columns = FactColumns().with_rows(rows, size=len(rows))
    allowed = 0
    for viewer, at in found.viewers:
        rules = rules_for(viewer, at=at)
        expected = [matches(one, rules) for one in found.documents]
        assert columns.visible(rules).tolist() == expected
        allowed += sum(expected)
    assert 0.05 < allowed / (60 * 300) < 0.95


def test_what_is_gone_is_seen_by_nobody() -> None:
    """A document without facts is in no answer, whatever stood in its place."""
    text = facts_as_text(document(1))
    columns = FactColumns().with_rows([(0, "GD-22222", text)], size=1)
    rules = rules_for(reader(), at=NOON)
    assert columns.visible(rules).tolist() == [True]
    assert columns.with_rows([(0, "GD-22222", "")], size=1).visible(rules).tolist() == [False]
    assert columns.visible(()).tolist() == [False]


def test_passages_are_of_one_length_and_carry_the_title() -> None:
    """181 words are three passages, none of them a remnant."""
    cut = passages_of(document(1, "Title", " ".join(["word"] * 181)))
    assert [len(one.split()) - 1 for one in cut] == [61, 61, 59]
    assert all(one.startswith("Title. word") for one in cut)
    assert len(passages_of(document(1, "-", " ".join(["word"] * PASSAGE_WORDS)))) == 1
    assert passages_of(document(1, "Title", "")) == ["Title"]


def test_the_highest_come_first_and_ties_by_reference() -> None:
    """Also where the cut goes through a tie."""
    points, codes = np.array([5, 9, 5, 5, 1]), np.array([40, 50, 20, 30, 10])
    assert list(sorted_first(points, codes, most=3)) == [1, 2, 3]


def test_text_is_cut_into_pieces_as_bert_does(model_files: Path) -> None:
    """As the model's own tokenizer numbers them, accents, signs and unknown words included."""
    pieces = WordPieces(model_files / TOKENIZER)
    text = "Mayor’s Tŷ naïve £5 _under_score \u200b日本語 😀"
    expected = [101, 3664, 1521, 1055, 5939, 15743, 27813, 1035, 2104, 1035, 3556, 1864, 1876]
    assert pieces.numbers(text, most=256) == [*expected, 1950, 100, 102]
    assert pieces.numbers("x" * 200, most=256) == [101, 100, 102]
    assert len(pieces.numbers("word " * 900, most=256)) == 256


def test_other_names_and_mended_slips_reach_the_model() -> None:
    """The model knows no abbreviation of the trade, and no slip."""
    known = Vocabulary(
        thesaurus(),
        lambda stems: dict.fromkeys(stems, 0),
        lambda prefix: {word: 1 for word in ("removal",) if word.startswith(prefix)},
    )
    text = text_to_embed("cbo remowal", analyse("cbo remowal", vocabulary=known))
    assert text.startswith("cbo removal")
    assert "criminal behaviour order" in text


@pytest.mark.django_db
def test_nearest_in_other_words(language_model: Path) -> None:
    """No word in common; what has nothing to do with it is left out."""
    learnt([document(pk, f"Page {pk}", text) for pk, text in enumerate(TEXTS, start=1)])
    found = near(ASKED)
    assert next(iter(found)) == 1
    assert 3 not in found
    assert near(ASKED, excluded=frozenset({1})).keys() == found.keys() - {1}


@pytest.mark.django_db
def test_a_document_finds_what_means_the_same(language_model: Path) -> None:
    """By what the database keeps of it; hidden documents that say the same move nothing."""
    texts = [*TEXTS, "Clips of knife attacks are removed from social media."]
    learnt([document(pk, f"Page {pk}", text) for pk, text in enumerate(texts, start=1)])

    def like(pk: int) -> dict[int, int]:
        rules = rules_for(reader(), at=NOON)
        exclude = frozenset({pk})
        return dict(nearest_to_document(pk, conjunctions=rules, exclude_pks=exclude))

    found = like(1)
    assert next(iter(found)) == 4
    assert not {1, 3} & found.keys()
    assert like(99) == {}
    learnt([hidden(pk, "Page 1", TEXTS[0]) for pk in range(100, 112)])
    assert like(1) == found


@pytest.mark.django_db
def test_hidden_meanings_move_nothing(language_model: Path) -> None:
    """Documents that say exactly what is asked, and that the reader may not see."""
    learnt([document(pk, f"Page {pk}", text) for pk, text in enumerate(TEXTS, start=1)])
    before = near(ASKED)
    stuffed = [hidden(pk, ASKED, f"{ASKED} {pk}") for pk in range(100, 112)]
    learnt(stuffed)
    assert near(ASKED) == before
    keep([], of=[one.pk for one in stuffed])
    assert near(ASKED) == before


@pytest.mark.django_db
def test_a_host_follows_the_database_and_erases_what_is_gone(
    language_model: Path, settings: Settings, tmp_path: Path
) -> None:
    """Two hosts: the one that looks later has the same, and neither keeps a deleted vector."""
    learnt([document(pk, f"Page {pk}", text) for pk, text in enumerate(TEXTS, start=1)])
    here, there = current_mirror(), Mirror(tmp_path / "there")
    assert len(here.read().vectors) == 3
    keep([], of=[2])
    learnt([document(1, "Page 1", "Other words")])
    for mirror in (here, there):
        matrix = mirror.read()
        assert [bool(row.any()) for row in matrix.vectors] == [False, False, True, True]
        assert matrix.place_of.tolist()[:2] == [-1, -1]
        assert mirror.unlike_the_database() == set()
    asked = np.ones(384, dtype=np.float32)
    everybody = np.ones(3, dtype=np.bool_)
    places, products = similarities(here.read(), asked, visible=everybody)
    assert len(places) == len(products) == 2


@pytest.mark.django_db
def test_what_has_not_changed_is_not_embedded_again(language_model: Path) -> None:
    """Other facts, the same words: the vectors stay where they are."""
    learnt([document(1, "Page", TEXTS[0])])
    before = Meaning.objects.get()
    learnt([document(1, "Page", TEXTS[0], audience=frozenset({"force:essex"}))])
    after = Meaning.objects.get()
    assert (after.start, after.vectors) == (before.start, before.vectors)
    assert near(ASKED) == {}


def test_without_the_model_nothing_is_near(db: None) -> None:
    """The portal goes by words, and says so."""
    assert current_model() is None
    assert near(ASKED) == {}


@pytest.fixture
def page(cast: Cast, index: Engine, language_model: Path) -> GuidancePage:
    """A page of Kent that a colleague of another force finds by what it means."""
    found = published(
        cast.kent_author,
        cast.kent_lead,
        cast.hub_approver,
        title="Footage of stabbings",
        summary=TEXTS[0],
        audience=("national",),
    )
    rebuild()
    while drain():
        pass
    return found


def found_by(cast: Cast, words: str) -> list[int]:
    """What a colleague in Essex finds."""
    viewer = seen_by(cast.essex_officer)
    results = find(viewer, Request(words=words), at=timezone.now())
    assert results.total == len(results.results)
    return [one.document.pk for one in results.results]


def test_narrowed_is_gone_at_once_and_for_good(page: GuidancePage, cast: Cast) -> None:
    """By meaning as by words, before the drain and after it."""
    asked = "attack with a blade, clip"
    assert found_by(cast, asked) == [page.pk]
    own = replace(audience_facts(page), audience=frozenset({"own"}))
    guidance_services.narrow(page, to=own, by=cast.kent_lead, reason="Counsel")
    assert found_by(cast, asked) == []
    while drain():
        pass
    assert found_by(cast, asked) == []
    assert '"audience": ["own"]' in Meaning.objects.get(pk=page.pk).facts


def test_drift_of_meanings_is_named_and_put_right(page: GuidancePage) -> None:
    """Lost rows, rows of other facts, and a file that holds other numbers."""
    assert verify().faults == ()
    kept = Meaning.objects.filter(pk=page.pk)
    spoils: list[Callable[[], object]] = [
        kept.delete,
        lambda: kept.update(facts="{}"),
        lambda: current_mirror().read().vectors.__setitem__(slice(None), 1),
    ]
    for spoil in spoils:
        spoil()
        assert [one.drift for one in verify().faults] == [Drift.MEANING]
        assert repair().faults == ()


def test_an_installation_without_the_model_pays_nothing_for_it() -> None:
    """Neither the network's program nor its numbers are loaded to serve pages and to drain."""
    program = (
        "import django, sys; django.setup();"
        "import portal.urls, search.services, search.indexing, search.verify;"
        "print(sorted({'numpy', 'onnxruntime'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_a_search_by_meaning_asks_one_statement_more(
    page: GuidancePage, cast: Cast, settings: Settings
) -> None:
    """Whether anything is new, and nothing for each document or passage."""
    found_by(cast, "footage")
    with CaptureQueriesContext(connection) as with_model:
        found_by(cast, "footage")
    settings.SEARCH_MODEL_DIR = Path(settings.SEARCH_VECTORS_DIR) / "none"
    with CaptureQueriesContext(connection) as without:
        found_by(cast, "footage")
    assert len(with_model) == len(without) + 1


def test_what_the_database_refuses_is_left_out_of_everything(
    page: GuidancePage, cast: Cast
) -> None:
    """The index lags and the database refuses: the answer is as if it had never been near."""
    viewer = seen_by(cast.essex_officer)
    Document.visible.filter(pk=page.pk).update(state="draft")
    results = find(viewer, Request(words="attack with a blade, clip"), at=timezone.now())
    assert (results.total, results.results) == (0, ())
    assert not any(results.facets.values())
