"""Documents, meanings and questions made from a seed, to time search with as many as wanted."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate

from django.db import transaction

from access.policy import Document, Viewer
from access.vocabulary import Marking, OrganisationKind, Role, State
from guidance.models.references import ALPHABET
from search.engines.base import Engine, Facet, IndexedDocument, IndexedFile, SearchQuery
from search.meaning.model import DIMENSIONS, current_model, digest
from search.meaning.nearest import text_to_embed
from search.preferences import in_use_first, preferences
from search.query import Vocabulary, analyse
from search.services import reading_rules
from search.thesaurus import thesaurus
from search.weighing import weigh

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
FORCES = 48
_WORDS, _WORDS_OF_A_TEXT = 20_000, (60, 160)
_SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in "aeiou"]
_SUBJECTS = 200
# How much of a meaning is a document's own: the rest it shares with others of its subject.
_OWN_SHARE = 0.8
NATIONS = ("england-wales", "scotland", "northern-ireland")
_TYPES = ("guidance", "lesson", "evaluation", "platform")
_PLATFORMS = tuple(f"platform-{number}" for number in range(16))
_HARMS = tuple(f"harm-{number}" for number in range(21))
_TACTICS = tuple(f"tactic-{number}" for number in range(47))
_EVIDENCE = ("none", "limited", "moderate", "strong", "very-strong")
# Of so many, one is no longer in use, and one has files.
_OUT_OF_USE_EVERY, _FILES_EVERY = 25, 10

READER = Viewer(
    person_id="P-READER",
    active=True,
    organisation="force-7",
    organisation_kind=OrganisationKind.FORCE,
    region="region-1",
    admitted=True,
    phase=1,
    roles=frozenset({Role.OFFICER}),
    groups=frozenset(),
    ceiling=Marking.OFFICIAL,
    second_factor=True,
    grants=frozenset(),
)
RULES = reading_rules(READER, at=NOON)


def drawn_from(seed: int) -> random.Random:
    """Chance that is the same each time."""
    return random.Random(seed)  # noqa: S311 - nothing is kept secret by it


def documents(count: int) -> Iterator[IndexedDocument]:
    """Half of them for everybody, the others for the force that owns them."""
    for number in range(count):
        chance = drawn_from(number)
        words = _drawn(chance, chance.randint(*_WORDS_OF_A_TEXT))
        national = number % 2 == 0
        yield IndexedDocument(
            pk=number,
            access=_access(number, national=national),
            title=" ".join(words[:5]),
            body=". ".join(
                " ".join(words[start : start + 12]) for start in range(0, len(words), 12)
            ),
            files=(_file(chance, number),) if number % _FILES_EVERY == 0 else (),
            facets=_facets(chance, number),
            published_at=NOON - timedelta(minutes=number),
            reviewed_on_date=_reviewed(chance),
            in_baseline=national and _state(number) is State.PUBLISHED,
        )


def _file(chance: random.Random, number: int) -> IndexedFile:
    """A file of four pages."""
    pages = tuple(" ".join(_drawn(chance, 100)) for _ in range(4))
    return IndexedFile(ref=f"F-{number}", name="Template", pages=pages)


def _facets(chance: random.Random, number: int) -> dict[Facet, tuple[str, ...]]:
    """Values of all nine, as many as the portal's vocabularies have."""
    kind = chance.choice(_TYPES)
    return {
        Facet.TYPE: (kind,),
        Facet.PLATFORM: tuple(chance.sample(_PLATFORMS, 2)),
        Facet.HARM: tuple(chance.sample(_HARMS, 2)),
        Facet.TACTIC: tuple(chance.sample(_TACTICS, chance.randint(0, 2))),
        Facet.FORCE: (f"force-{number % FORCES}",),
        Facet.MARKING: ("official",),
        Facet.EVIDENCE: (chance.choice(_EVIDENCE),) if kind == "evaluation" else (),
        Facet.NATION: tuple(chance.sample(NATIONS, chance.randint(1, 3))),
        Facet.IN_FORCE: (chance.choice(["yes", "yes", "yes", "no"]),),
    }


def _reviewed(chance: random.Random) -> date:
    return (NOON - timedelta(days=chance.randint(0, 1_000))).date()


def question(chance: random.Random) -> str:
    """Half of them of a few words, half of them sentences."""
    return " ".join(_drawn(chance, chance.choice([1, 2, 3, 8, 12, 15])))


def questions(count: int) -> list[str]:
    """As many as wanted, none of them twice."""
    drawn: dict[str, None] = {}
    seed = 0
    while len(drawn) < count:
        drawn[question(drawn_from(seed))] = None
        seed += 1
    return list(drawn)


def weighed(text: str, *, engine: Engine) -> SearchQuery:
    """What `search.services` asks for this text, with one facet chosen from."""
    vocabulary = Vocabulary(
        thesaurus(), lambda stems: engine.baseline(stems).frequencies, engine.baseline_words_like
    )
    analysis = analyse(text, vocabulary=vocabulary)
    slots = weigh(analysis, baseline=engine.baseline(analysis.stems))
    return SearchQuery(
        slots=slots,
        preferences=preferences(slots, nation=NATIONS[0], at=NOON),
        tier=in_use_first(slots),
        phrases=analysis.phrases,
        filters={Facet.TYPE: frozenset({"guidance", "lesson"})},
        meant=text_to_embed(text, analysis) if analysis.parts else "",
    )


def give_meaning(count: int) -> None:
    """A vector for each document, near those of its subject: embedding them all takes an hour."""
    import numpy as np

    from search.meaning.keeping import facts_as_text, vector_as_bytes
    from search.models import Meaning

    model = current_model()
    if model is None:
        return
    subjects = [model.embed(question(drawn_from(seed))) for seed in range(_SUBJECTS)]
    draw = np.random.default_rng(7)
    rows = []
    for number in range(count):
        own = draw.normal(size=DIMENSIONS) / DIMENSIONS**0.5
        vector = subjects[number % _SUBJECTS] + _OWN_SHARE * own
        access = _access(number, national=number % 2 == 0)
        rows.append(
            Meaning(
                document_pk=number,
                ref=access.ref,
                facts=facts_as_text(IndexedDocument(pk=number, access=access, title="")),
                model=digest(),
                made_of="made up",
                start=number,
                passages=1,
                vectors=vector_as_bytes(vector / np.linalg.norm(vector)),
                sequence=1,
            )
        )
    with transaction.atomic():
        Meaning.objects.bulk_create(rows, batch_size=500)


def _access(number: int, *, national: bool) -> Document:
    return Document(
        ref=_ref(number),
        owner=f"force-{number % FORCES}",
        author="P-AUTHOR",
        marking=Marking.OFFICIAL,
        audience=frozenset({"national" if national else "own"}),
        groups=frozenset(),
        visible_from=None,
        visible_until=None,
        state=_state(number),
        latest_phase=3,
        review=frozenset(),
        access_version=1,
    )


def _state(number: int) -> State:
    return State.SUPERSEDED if number % _OUT_OF_USE_EVERY == 0 else State.PUBLISHED


def _ref(number: int) -> str:
    letters = ""
    for _ in range(5):
        number, letter = divmod(number, len(ALPHABET))
        letters = ALPHABET[letter] + letters
    return f"GD-{letters}"


def _drawn(chance: random.Random, count: int) -> Sequence[str]:
    words, weights = _vocabulary()
    return chance.choices(words, cum_weights=weights, k=count)


@cache
def _vocabulary() -> tuple[Sequence[str], Sequence[float]]:
    """Words as frequent as words are: the second half as often as the first."""
    chance = drawn_from(1)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(_WORDS)]
    return words, list(accumulate(1 / (place + 10) for place in range(_WORDS)))
