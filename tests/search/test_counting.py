"""A choice narrows what is counted, and no choice is read as anything but a value."""

import pytest

from search.engines.base import Engine, Facet
from tests.search.shelf import ask, document, fill

HOSTILE = ['guidance" OR facet_type:"lesson', "*", "guidance OR lesson", "[* TO *]", "", '"', "\\"]


def shelf(engine: Engine) -> None:
    fill(
        engine,
        [
            document(
                1, "Knife", facets={Facet.TYPE: ("guidance",), Facet.PLATFORM: ("x", "tiktok")}
            ),
            document(2, "Knife", facets={Facet.TYPE: ("lesson",), Facet.PLATFORM: ("x",)}),
            document(3, "Knife", facets={Facet.TYPE: ("evaluation",), Facet.EVIDENCE: ("strong",)}),
        ],
    )


def test_each_facet_is_counted_without_its_own_choice(engine: Engine) -> None:
    shelf(engine)
    chosen = {Facet.TYPE: frozenset({"guidance", "lesson"}), Facet.PLATFORM: frozenset({"tiktok"})}
    found = ask(engine, "knife", filters=chosen)
    assert found.total == 1
    assert found.facets[Facet.TYPE] == {"guidance": 1}
    assert found.facets[Facet.PLATFORM] == {"x": 2, "tiktok": 1}
    assert found.facets[Facet.EVIDENCE] == {}


@pytest.mark.parametrize("value", HOSTILE)
def test_a_choice_that_is_no_value_finds_nothing_and_counts_nothing(
    engine: Engine, value: str
) -> None:
    shelf(engine)
    found = ask(engine, "knife", filters={Facet.TYPE: frozenset({value})})
    assert (found.total, found.hits) == (0, ())
    assert found.facets[Facet.TYPE] == {"evaluation": 1, "guidance": 1, "lesson": 1}
    assert found.facets[Facet.PLATFORM] == {}
    together = ask(engine, "knife", filters={Facet.TYPE: frozenset({value, "lesson"})})
    assert together.total == 1
    assert together.facets[Facet.PLATFORM] == {"x": 1}


def test_every_facet_can_be_chosen_from_whatever_its_keys_look_like(engine: Engine) -> None:
    """With hyphens, digits and letters beyond ASCII."""
    keys = ("very-strong", "2026", "official-sensitive", "tŷ-coch")
    chosen = [facet for facet in Facet if facet is not Facet.TYPE]
    fill(
        engine,
        [
            document(1, "Knife", facets={Facet.TYPE: ("guidance",), **dict.fromkeys(chosen, keys)}),
            document(2, "Knife", facets={Facet.TYPE: ("lesson",)}),
        ],
    )
    for facet in chosen:
        for key in keys:
            found = ask(engine, "knife", filters={facet: frozenset({key})})
            assert (found.total, found.facets[Facet.TYPE]) == (1, {"guidance": 1}), (facet, key)


def test_all_values_of_a_page_are_counted_however_many_they_are(engine: Engine) -> None:
    """With a choice and without one, and no value of one facet under another."""
    keys = [f"key-{number}" for number in range(6)]
    facets = {facet: tuple(keys[: 1 + at % 6]) for at, facet in enumerate(Facet)}
    fill(
        engine,
        [
            document(1, "Knife", facets=facets),
            document(2, "Knife", facets={Facet.HARM: tuple(reversed(keys))}),
        ],
    )
    found = ask(engine, "knife")
    assert found.facets[Facet.HARM] == {key: 1 + (key in facets[Facet.HARM]) for key in keys}
    del facets[Facet.HARM]
    for chosen in ({}, {Facet.TACTIC: frozenset(facets[Facet.TACTIC])}):
        found = ask(engine, "knife", filters=chosen)
        for facet, values in facets.items():
            assert found.facets[facet] == dict.fromkeys(values, 1)
