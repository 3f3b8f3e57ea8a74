"""What every engine must do alike: write, replace, delete, find, sort, page, swap."""

from datetime import date, timedelta

import pytest

from access.policy import Viewer
from access.rules import rules_for
from access.vocabulary import Marking, OrganisationKind, Role, State
from search.engines.base import (
    Engine,
    EngineUnavailableError,
    Facet,
    IndexedFile,
    Place,
    SearchQuery,
    Sort,
    WriterBusyError,
)
from tests.search.shelf import (
    NOON,
    ask,
    document,
    fill,
    library,
    reader,
    ref_of,
    refs,
)


def test_an_engine_without_an_index_says_so(engine: Engine) -> None:
    with pytest.raises(EngineUnavailableError):
        ask(engine, "knife")


def test_a_written_document_is_found_and_a_deleted_one_is_not(engine: Engine) -> None:
    fill(engine, [document(1, "Knife adverts"), document(2, "Drill videos")])
    assert refs(ask(engine, "knife")) == [ref_of(1)]
    with engine.writer() as writer:
        writer.delete([1, 99])
        writer.commit()
    assert refs(ask(engine, "knife")) == []
    assert engine.count() == 1


def test_writing_again_replaces(engine: Engine) -> None:
    fill(engine, [document(1, "Knife adverts")])
    with engine.writer() as writer:
        writer.write([document(1, "Weapon adverts", access_version=2)])
        writer.write([document(1, "Machete adverts", access_version=3)])
        writer.commit()
    assert engine.count() == 1
    assert refs(ask(engine, "knife")) == refs(ask(engine, "weapon")) == []
    assert refs(ask(engine, "machete")) == [ref_of(1)]
    assert [held[:3] for held in engine.held()] == [(1, ref_of(1), 3)]


def test_nothing_is_visible_before_the_commit(engine: Engine) -> None:
    fill(engine, [document(1, "Knife adverts")])
    with engine.writer() as writer:
        writer.write([document(2, "Knife letters")])
        assert ask(engine, "knife").total == 1
    assert ask(engine, "knife").total == 1


def test_the_first_writer_of_an_empty_installation_makes_an_index(engine: Engine) -> None:
    with engine.writer() as writer:
        writer.write([document(1, "Knife adverts")])
        writer.commit()
    assert ask(engine, "knife").total == 1


def test_there_is_one_writer(engine: Engine) -> None:
    fill(engine, [])
    with engine.writer(), pytest.raises(WriterBusyError), engine.writer():
        pass
    with engine.writer(), pytest.raises(WriterBusyError), engine.rebuild():
        pass


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(engine: Engine) -> None:
    fill(engine, [document(1, "Knife adverts")])
    with pytest.raises(ValueError, match="Not a reference"), engine.rebuild() as writer:
        writer.write([document(2, "Drill videos"), document(3, "A", ref="none")])
    assert refs(ask(engine, "")) == [ref_of(1)]


def test_a_rebuild_is_swapped_in_at_its_end(engine: Engine) -> None:
    fill(engine, [document(1, "Knife adverts")])
    with engine.rebuild() as writer:
        writer.write([document(2, "Drill videos")])
        assert refs(ask(engine, "")) == [ref_of(1)]
    assert refs(ask(engine, "")) == [ref_of(2)]


def test_no_rule_matches_nothing(engine: Engine) -> None:
    fill(engine, [document(1, "Knife adverts")])
    for words in ("knife", ""):
        hits = ask(engine, words, viewer=reader(active=False))
        assert (hits.total, hits.hits) == (0, ())
        assert not any(hits.facets.values())
    assert engine.visible([]) == frozenset()


ONE_OF_EACH = (
    document(1, "Knife, for all"),
    document(2, "Knife, own force", owner="kent", audience=frozenset({"own"})),
    document(3, "Knife, sensitive", marking=Marking.OFFICIAL_SENSITIVE),
    document(4, "Knife, embargoed", visible_from=NOON + timedelta(seconds=1)),
    document(5, "Knife, closing", visible_until=NOON + timedelta(microseconds=1)),
    document(6, "Knife, draft", state=State.DRAFT, owner="kent"),
    document(7, "Knife, in a group", groups=frozenset({"op"})),
    document(8, "Knife, early phase", latest_phase=1),
)


@pytest.mark.parametrize(
    ("viewer", "numbers"),
    [
        (reader(), {1, 2, 3, 5, 8}),
        (reader(organisation="essex"), {1, 3, 5, 8}),
        (reader(second_factor=False), {1, 2, 5, 8}),
        (reader(roles=frozenset({Role.AUTHOR})), {1, 2, 3, 5, 6, 8}),
        (reader(groups=frozenset({"op"})), {1, 2, 3, 5, 7, 8}),
        (reader(phase=2), {1, 2, 3, 5}),
        (reader(grants=frozenset({ref_of(4)})), {1, 2, 3, 5, 8}),
        (reader(organisation="charity", organisation_kind=OrganisationKind.PARTNER), set()),
    ],
)
def test_the_access_rule_is_inside_the_query(
    engine: Engine, viewer: Viewer, numbers: set[int]
) -> None:
    fill(engine, ONE_OF_EACH)
    seen = {ref_of(number) for number in numbers}
    assert set(refs(ask(engine, "knife", viewer=viewer))) == seen
    assert engine.visible(rules_for(viewer, at=NOON)) == seen


def test_pending_documents_are_left_out_of_totals_and_facets(engine: Engine) -> None:
    facets: dict[Facet, tuple[str, ...]] = {Facet.TYPE: ("guidance",)}
    fill(engine, [document(number, "Knife", facets=facets) for number in (1, 2, 3)])
    hits = ask(engine, "knife", exclude_pks=frozenset({2}))
    assert refs(hits) == [ref_of(1), ref_of(3)]
    assert hits.total == hits.facets[Facet.TYPE]["guidance"] == 2


def test_ties_are_broken_by_reference_whatever_the_order_on_disk(engine: Engine) -> None:
    numbers = [number * 37 % 400 for number in range(400)]
    for start in range(0, 400, 100):
        with engine.writer() as writer:
            writer.write(document(one, "Knife") for one in numbers[start : start + 100])
            writer.commit()
    wanted = [ref_of(number) for number in range(400)]
    pages = [refs(ask(engine, "knife", offset=start)) for start in range(0, 400, 20)]
    assert [ref for page in pages for ref in page] == wanted


def test_thousands_of_ties_are_settled_exactly(engine: Engine) -> None:
    """Two scores, thousands of documents each, written in no order of their references."""
    numbers = [number * 7919 % 6000 for number in range(6000)]
    fill(engine, [document(one, "Knife", "" if one % 3 else "adverts " * 50) for one in numbers])
    short = [ref_of(number) for number in range(6000) if number % 3]
    long = [ref_of(number) for number in range(6000) if not number % 3]
    for start in (0, 980, 1980, 3990, 5980):
        wanted = (short + long)[start : start + 20]
        assert refs(ask(engine, "knife", offset=start)) == wanted


def test_date_orders_are_exact(engine: Engine) -> None:
    documents = library(120)
    fill(engine, documents)
    newest = sorted(documents, key=lambda one: (-(one.published_at or NOON).timestamp(), one.ref))
    reviewed = sorted(
        documents, key=lambda one: (-(one.reviewed_on_date or date.min).toordinal(), one.ref)
    )
    for sort, wanted in ((Sort.NEWEST, newest), (Sort.REVIEWED, reviewed)):
        pages = [refs(ask(engine, "", sort=sort, offset=start)) for start in range(0, 120, 20)]
        assert [ref for page in pages for ref in page] == [one.ref for one in wanted]
    words = refs(ask(engine, "knife", sort=Sort.NEWEST, limit=120))
    assert words == [one.ref for one in newest if one.ref in set(words)]
    assert refs(ask(engine, "", limit=120)) == [one.ref for one in newest]


def test_a_document_without_dates_comes_last(engine: Engine) -> None:
    fill(
        engine, [document(1, reviewed_on_date=None), document(2, reviewed_on_date=date(2020, 1, 1))]
    )
    assert refs(ask(engine, "", sort=Sort.REVIEWED)) == [ref_of(2), ref_of(1)]


def test_dates_narrow_to_whole_days(engine: Engine) -> None:
    moments = [NOON.replace(day=day, hour=hour) for day, hour in ((1, 0), (2, 0), (2, 23), (3, 0))]
    fill(engine, [document(n, published_at=moment) for n, moment in enumerate(moments)])
    day = moments[1].date()
    hits = ask(engine, "", published_from_date=day, published_to_date=day)
    assert set(refs(hits)) == {ref_of(1), ref_of(2)}
    assert ask(engine, "", published_from_date=day).total == 3
    assert ask(engine, "", published_to_date=day).total == 3


def test_facet_counts_equal_counting_by_hand(engine: Engine) -> None:
    documents = library(150)
    fill(engine, documents)
    chosen = {Facet.TYPE: frozenset({"guidance", "lesson"}), Facet.PLATFORM: frozenset({"tiktok"})}
    for words in ("", "knife", "preservation injunction threat"):
        matching = set(refs(ask(engine, words, limit=150)))
        hits = ask(engine, words, filters=chosen, limit=150)
        held = [one for one in documents if one.ref in matching]
        assert set(refs(hits)) == {one.ref for one in held if _passes(one.facets, chosen, None)}
        for facet in Facet:
            counts: dict[str, int] = {}
            for one in held:
                if _passes(one.facets, chosen, facet):
                    for value in one.facets.get(facet, ()):
                        counts[value] = counts.get(value, 0) + 1
            assert hits.facets[facet] == counts
            assert 0 not in hits.facets[facet].values()


def _passes(held: object, chosen: dict[Facet, frozenset[str]], own: Facet | None) -> bool:
    assert isinstance(held, dict)
    return all(values & set(held[facet]) for facet, values in chosen.items() if facet is not own)


def test_a_reference_finds_its_document_only(engine: Engine) -> None:
    fill(engine, [document(1, "Knife"), document(2, ref_of(1))])
    found = engine.search(
        SearchQuery(reference=ref_of(1)), conjunctions=rules_for(reader(), at=NOON)
    )
    assert refs(found) == [ref_of(1)]


def test_a_phrase_needs_its_words_together(engine: Engine) -> None:
    fill(
        engine,
        [
            document(1, "A", "threat to life warnings"),
            document(2, "B", "a life under threat"),
            document(3, "Threat to", "life goes on"),
        ],
    )
    assert refs(ask(engine, '"threat to life"')) == [ref_of(1)]
    assert ask(engine, "threat to life").total == 3


def test_texts_of_files_and_names_of_platforms_are_found(engine: Engine) -> None:
    fill(
        engine,
        [
            document(1, "A", files=(IndexedFile("F-22222", "Form 7", ("A questionnaire.",)),)),
            document(2, "B", keywords="Snapchat, Drugs advert"),
        ],
    )
    assert refs(ask(engine, "questionnaire")) == [ref_of(1)]
    assert refs(ask(engine, "snapchat")) == [ref_of(2)]
    line = ask(engine, "questionnaire").hits[0].lines[0]
    assert [piece.text for piece in line if piece.is_match] == ["questionnaire"]


LONG = "Filling words without end. " * 200
HANDBOOK = IndexedFile("F-HANDB", "Handbook", ("Cover", "", f"{LONG} Ask for preservation.", LONG))
FORM = IndexedFile("F-22222", "Request form", (f"{LONG * 6} The signature of an inspector.",))


@pytest.mark.parametrize(
    ("words", "place", "marked"),
    [
        ("preservation", Place("F-HANDB", "Handbook", 3), ["preservation"]),
        # Far into a file that has no pages.
        ("inspector signature", Place("F-22222", "Request form"), ["signature", "inspector"]),
        # Named only: the file begins as it begins.
        ("handbook", Place("F-HANDB", "Handbook"), []),
        ("handbook preservation", Place("F-HANDB", "Handbook", 3), ["preservation"]),
        # The page itself says as much as any file, or more.
        ("referral", None, ["referral"]),
        ("video referral cover", None, ["video", "referral"]),
        ("nothing", None, []),
    ],
)
def test_a_hit_names_the_file_and_page_that_say_most(
    engine: Engine, words: str, place: Place | None, marked: list[str]
) -> None:
    fill(engine, [document(1, "Nothing", "A video referral.", files=(HANDBOOK, FORM))])
    (hit,) = ask(engine, words).hits
    assert hit.place == place
    assert [one.text for line in hit.lines for one in line if one.is_match] == marked
    assert hit.lines


def test_an_index_keeps_of_files_what_it_shows(engine: Engine) -> None:
    """Some forty pages: further on a file is found, and the hit shows how the page begins."""
    pages = ("Nothing here. " * 300,) * 40
    late = IndexedFile("F-22222", "A form", (*pages, "The last signature"))
    fill(engine, [document(1, "A", "Its text.", files=(late,))])
    (hit,) = ask(engine, "signature").hits
    assert hit.place is None
    assert ["".join(one.text for one in line) for line in hit.lines] == ["Its text."]


def test_the_baseline_counts_what_everybody_may_see_and_no_deleted_document(
    engine: Engine,
) -> None:
    fill(
        engine,
        [
            document(1, "Knife"),
            document(2, "Knives"),
            document(3, "Knife", audience=frozenset({"own"})),
        ],
    )
    assert engine.baseline(["knife", "knive", "gun"]).frequencies == {
        "knife": 1,
        "knive": 1,
        "gun": 0,
    }
    assert engine.baseline_words_like("kn") == {"knife": 1, "knives": 1}
    with engine.writer() as writer:
        writer.delete([2])
        writer.commit()
    assert engine.baseline(["knive"]).frequencies == {"knive": 0}
    assert engine.baseline([]).documents == 1
    assert engine.baseline_words_like("kn") == {"knife": 1}


def test_the_words_of_the_baseline_follow_every_commit(engine: Engine) -> None:
    """Asked again after each: a word gone, one in place of another, a new index."""
    fill(engine, [document(1, "Knife"), document(2, "Knit")])
    told = [engine.baseline_words_like("kn")]
    for change in ([document(1, "Knot")], [document(2, "Other"), document(3, "Knee")], []):
        with engine.writer() as writer:
            writer.write(change)
            if not change:
                writer.delete([3])
            writer.commit()
        told.append(engine.baseline_words_like("kn"))
    fill(engine, [document(1, "Knack")])
    told.append(engine.baseline_words_like("kn"))
    words = [{"knife", "knit"}, {"knot", "knit"}, {"knot", "knee"}, {"knot"}, {"knack"}]
    assert told == [dict.fromkeys(listed, 1) for listed in words]


def test_the_baseline_leaves_out_what_the_index_does_not_know_to_be_narrow(engine: Engine) -> None:
    fill(engine, [document(1, "Knife"), document(2, "Knives and knife"), document(3, "Gun")])
    whole = engine.baseline(["knife", "knive"])
    assert (whole.documents, whole.frequencies) == (3, {"knife": 2, "knive": 1})
    rest = engine.baseline(["knife", "knive"], exclude_pks=frozenset({2, 99}))
    assert (rest.documents, rest.frequencies) == (2, {"knife": 1, "knive": 0})
    assert engine.baseline_words_like("kn") == {"knife": 2, "knives": 1}
    assert engine.baseline_words_like("kn", exclude_pks=frozenset({2})) == {"knife": 1}
