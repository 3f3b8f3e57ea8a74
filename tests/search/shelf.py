"""Documents and readers without a database, for tests of engines."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from access.policy import Document, Viewer
from access.rules import rules_for
from access.vocabulary import Marking, OrganisationKind, Role, State
from search.engines.base import Engine, Facet, Hits, IndexedDocument, IndexedFile, SearchQuery
from search.preferences import in_use_first, preferences
from search.query import Vocabulary, analyse
from search.ranking import Baseline
from search.thesaurus import thesaurus
from search.weighing import weigh

NATION = "england-wales"
GOOD: dict[Facet, tuple[str, ...]] = {
    Facet.EVIDENCE: ("very-strong",),
    Facet.IN_FORCE: ("yes",),
    Facet.NATION: (NATION,),
}
TEXT = "How to ask a platform for the preservation of a video before a court asks for it."
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
WORDS = [
    *("preservation", "request", "platform", "evidence", "knife", "video", "threat", "gang"),
    *("injunction", "order", "referral", "removal", "school", "parent", "safeguarding"),
    *("lesson", "evaluation", "livestream", "advert", "county", "lines", "capture"),
    *("disclosure", "warning", "letter", "review", "control", "room", "officer", "court"),
    *("police", "force", "content", "account"),
]


def ref_of(number: int, *, prefix: str = "GD") -> str:
    """A reference for each number, in the order of the numbers."""
    letters = ""
    for _ in range(5):
        number, letter = divmod(number, len(ALPHABET))
        letters = ALPHABET[letter] + letters
    return f"{prefix}-{letters}"


def reader(**facts: object) -> Viewer:
    """An officer of Kent with a second factor, unless told otherwise."""
    defaults: dict[str, object] = {
        "person_id": "P-READER",
        "active": True,
        "organisation": "kent",
        "organisation_kind": OrganisationKind.FORCE,
        "region": "ersou",
        "admitted": True,
        "phase": 1,
        "roles": frozenset({Role.OFFICER}),
        "groups": frozenset(),
        "ceiling": Marking.OFFICIAL_SENSITIVE,
        "second_factor": True,
        "grants": frozenset(),
    }
    return Viewer(**{**defaults, **facts})  # type: ignore[arg-type]


def access(number: int, **facts: object) -> Document:
    """The facts of a published national document of the hub, unless told otherwise."""
    defaults: dict[str, object] = {
        "ref": ref_of(number),
        "owner": "hub",
        "author": "P-AUTHOR",
        "marking": Marking.OFFICIAL,
        "audience": frozenset({"national"}),
        "groups": frozenset(),
        "visible_from": None,
        "visible_until": None,
        "state": State.PUBLISHED,
        "latest_phase": 3,
        "review": frozenset(),
        "access_version": 1,
    }
    return Document(**{**defaults, **facts})  # type: ignore[arg-type]


def document(
    number: int,
    title: str = "A title",
    body: str = "",
    *,
    files: tuple[IndexedFile, ...] = (),
    keywords: str = "",
    facets: dict[Facet, tuple[str, ...]] | None = None,
    published_at: datetime | None = None,
    reviewed_on_date: date | None = None,
    **facts: object,
) -> IndexedDocument:
    """A document of the index; it is in the baseline when everybody may see it."""
    held = access(number, **facts)
    return IndexedDocument(
        pk=number,
        access=held,
        title=title,
        body=body,
        files=files,
        keywords=keywords,
        facets=facets or {},
        published_at=published_at or NOON - timedelta(days=number),
        reviewed_on_date=reviewed_on_date,
        in_baseline=held == access(number, author=held.author, owner=held.owner),
    )


def twin(number: int, **more: object) -> IndexedDocument:
    """One of several with the same words: what else it is decides between them."""
    return document(number, "Preservation of a video", TEXT, **more)  # type: ignore[arg-type]


def hidden(number: int, title: str, body: str = "", **more: object) -> IndexedDocument:
    """A document that the reader of this shelf cannot see, for one of several reasons."""
    why: Sequence[dict[str, object]] = (
        {"audience": frozenset({"force:essex"})},
        {"groups": frozenset({"operation"})},
        {"state": State.DRAFT},
        {"visible_from": NOON + timedelta(days=1)},
        {"audience": frozenset({"own"}), "owner": "essex"},
        {"marking": Marking.OFFICIAL_SENSITIVE, "audience": frozenset({"region:rocu"})},
    )
    return document(number, title, body, **{**why[number % len(why)], **more})  # type: ignore[arg-type]


def library(size: int, *, seed: int = 1) -> list[IndexedDocument]:
    """Documents of common words, some in many texts and some in few, with all facets."""
    chance = random.Random(seed)
    weights = [1 / (place + 2) for place in range(len(WORDS))]
    found = []
    for number in range(size):
        words = chance.choices(WORDS, weights, k=chance.randint(15, 120))
        facets = {
            Facet.TYPE: (chance.choice(["guidance", "lesson", "evaluation"]),),
            Facet.PLATFORM: tuple(chance.sample(["snapchat", "tiktok", "youtube", "x"], 2)),
            Facet.FORCE: (chance.choice(["hub", "kent", "essex"]),),
            Facet.IN_FORCE: (chance.choice(["yes", "no"]),),
        }
        title = " ".join(chance.choices(WORDS, k=4))
        found.append(
            document(
                number,
                title,
                ". ".join(" ".join(words[place : place + 9]) for place in range(0, len(words), 9)),
                facets=facets,
                published_at=NOON - timedelta(days=chance.randint(0, 30)),
                reviewed_on_date=date(2026, 1, 1 + chance.randint(0, 20)),
            )
        )
    return found


def fill(engine: Engine, documents: Iterable[IndexedDocument]) -> None:
    """Build the index of an engine from these documents."""
    with engine.rebuild() as writer:
        writer.write(documents)


def question(engine: Engine, text: str = "", **query: object) -> SearchQuery:
    """What the portal's service asks an engine for this text."""
    vocabulary = Vocabulary(
        thesaurus(), lambda stems: engine.baseline(stems).frequencies, engine.baseline_words_like
    )
    analysis = analyse(text, vocabulary=vocabulary)
    baseline = engine.baseline(analysis.stems) if analysis.parts else Baseline()
    slots = weigh(analysis, baseline=baseline)
    return SearchQuery(
        slots=slots,
        preferences=preferences(slots, nation=NATION, at=NOON),
        tier=in_use_first(slots),
        phrases=analysis.phrases,
        **query,  # type: ignore[arg-type]
    )


def ask(
    engine: Engine,
    text: str = "",
    *,
    viewer: Viewer | None = None,
    at: datetime = NOON,
    **query: object,
) -> Hits:
    """Search as the portal's service does, without its database."""
    asked = question(engine, text, **query)
    return engine.search(asked, conjunctions=rules_for(viewer or reader(), at=at))


def refs(hits: Hits) -> list[str]:
    """The references in order."""
    return [hit.ref for hit in hits.hits]
