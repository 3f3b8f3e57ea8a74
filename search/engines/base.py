"""The contract between search and an engine: what goes in, what is asked, what comes out."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from access.policy import Document as AccessFacts
from access.rules import Conjunction
from search.ranking import Baseline

PAGE_SIZE = 20
# Nobody reads this far, and an engine must sort everything before the page.
DEEPEST_HIT = 2_000


class Facet(StrEnum):
    """The fields a search can be narrowed by, each with counts."""

    TYPE = "type"
    PLATFORM = "platform"
    HARM = "harm"
    TACTIC = "tactic"
    FORCE = "force"
    MARKING = "marking"
    EVIDENCE = "evidence"
    NATION = "nation"
    IN_FORCE = "in_force"


class Sort(StrEnum):
    """The orders of a list of hits; ties are always broken by reference."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file of a document: its reference, what the page calls it, and its text page by page.

    What has no pages, such as a text file, is one page.
    """

    ref: str
    name: str
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """All that an index stores of one document. Texts are plain, without markup."""

    pk: int
    access: AccessFacts
    title: str
    body: str = ""
    files: tuple[IndexedFile, ...] = ()
    # Found by, but never shown as a line: names of platforms, harms and tactics.
    keywords: str = ""
    facets: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    published_at: datetime | None = None
    reviewed_on_date: date | None = None
    # Whether every admitted reader may see it: only such documents weigh words and teach spelling.
    in_baseline: bool = False

    @property
    def ref(self) -> str:
        """The opaque reference, such as GD-7F3K2."""
        return self.access.ref

    @property
    def attachments_text(self) -> str:
        """The names and words of all its files."""
        return "\n".join(f"{one.name}. {' '.join(one.pages)}" for one in self.files)


@dataclass(frozen=True, slots=True)
class WeighedTerm:
    """A word stem with its weight in this query; a document scores weight x its level."""

    stem: str
    weight: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say something: the sum of its terms, where its phrase stands if it has one."""

    terms: tuple[WeighedTerm, ...]
    phrase: tuple[str, ...] = ()


# What the reader asked about, in any of these ways: the best alternative counts.
Slot = tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Preference:
    """Points beside those of the words, for what holds one of the values."""

    field: str
    points: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question, already taken apart and weighed, so that every engine adds the same integers.

    Without slots, phrases and reference it matches everything: that is browsing.
    """

    slots: tuple[Slot, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    reference: str = ""
    filters: Mapping[Facet, frozenset[str]] = field(default_factory=dict)
    published_from_date: date | None = None
    published_to_date: date | None = None
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = PAGE_SIZE
    exclude_pks: frozenset[int] = frozenset()
    with_facets: bool = True
    # Only for the order: they find nothing by themselves. What the tier adds is among them.
    preferences: tuple[Preference, ...] = ()
    # What has it stands above all that has it not: its points are more than all others together.
    tier: Preference | None = None
    # What is asked in full sentences or other names, to compare what documents mean with.
    meant: str = ""
    # Documents found by what they mean, with their points: they match beside those with a word.
    nearest: Mapping[int, int] = field(default_factory=dict)
    # Finds them. An engine asks it, at most once, and may look for the words meanwhile.
    find_nearest: Callable[[], Mapping[int, int]] | None = None
    # Whether hits show where the words stand, or else how a page begins.
    with_marks: bool = True

    @property
    def has_words(self) -> bool:
        """Whether there is anything to match and to rank by."""
        return bool(self.slots or self.phrases or self.reference)

    @property
    def is_blended(self) -> bool:
        """Whether what is found by its meaning takes part in the order."""
        by_meaning = bool(self.nearest) or self.find_nearest is not None
        return by_meaning and self.has_words and self.sort is Sort.RELEVANCE

    def with_nearest(self) -> "SearchQuery":
        """The same with the documents found by what they mean."""
        if self.find_nearest is None:
            return self
        return replace(self, nearest=self.find_nearest(), find_nearest=None)


class Fragment(NamedTuple):
    """A piece of a highlighted line."""

    text: str
    is_match: bool


Line = tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The file of a document in which lines stand, and the page; 0 where it has no pages."""

    ref: str
    name: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found; the database has the last word on whether it is shown."""

    pk: int
    ref: str
    title: Line = ()
    lines: tuple[Line, ...] = ()
    # Where the lines stand, unless that is the page itself.
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """An answer: exact counts over what this reader may see, and nothing about the rest.

    A facet's own selection does not reduce its own counts; values with no hit do not appear.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[Facet, Mapping[str, int]]


class Held(NamedTuple):
    """What an index holds of a document: its access version, and digests of all else."""

    pk: int
    ref: str
    access_version: int
    access: str
    content: str
    in_baseline: bool


class EngineUnavailableError(Exception):
    """The index cannot be read now. Say so; never answer from anything unfiltered."""


class MissingIndexError(EngineUnavailableError):
    """There is no index here that this version of the program could read: build one."""


class WriterBusyError(Exception):
    """Another process is writing to the index; its changes come first."""


class RefusedError(Exception):
    """A commit went through but for these documents, which the index cannot take."""

    def __init__(self, pks: frozenset[int]) -> None:
        """Keep which they were."""
        super().__init__(f"{len(pks)} documents")
        self.pks = pks


class Writer(Protocol):
    """Collects changes to an index; they become visible together, at `commit`."""

    def write(self, documents: Iterable[IndexedDocument]) -> None:
        """Add documents, each in place of what the index held under its pk."""

    def delete(self, pks: Iterable[int]) -> None:
        """Remove documents by pk, found or not."""

    def mark(self, mark: str) -> None:
        """Let the index bear this mark from the next commit on, in place of the one before."""

    def commit(self) -> None:
        """Make the changes so far durable and visible; on return a search finds them.

        Raises RefusedError after that, where the index did not take some of them.
        """


class Engine(Protocol):
    """What stands behind search. Every count and order is blind to hidden documents."""

    name: str

    def search(self, query: SearchQuery, *, conjunctions: Sequence[Conjunction]) -> Hits:
        """Answer within the access rule: no conjunction matches nothing."""

    def baseline(
        self, stems: Collection[str], *, exclude_pks: frozenset[int] = frozenset()
    ) -> Baseline:
        """Exact counts over the documents that every admitted reader may see.

        Excluded are those of which the index does not know yet that they were narrowed.
        """

    def baseline_words_like(
        self, prefix: str, *, exclude_pks: frozenset[int] = frozenset()
    ) -> Mapping[str, int]:
        """The words of the baseline documents that start so, with their counts."""

    def titles_beginning(
        self,
        words: Sequence[str],
        *,
        conjunctions: Sequence[Conjunction],
        exclude_pks: frozenset[int] = frozenset(),
        limit: int,
    ) -> tuple[int, ...]:
        """Documents within the access rule with these words in their titles, the newest first.

        The last word may be the beginning of one. Ties go by reference: no word is counted, and
        no word is listed that stands in no such document.
        """

    def mark(self) -> str:
        """The mark of the newest commit that a search sees; "" where it bears none."""

    def writer(self) -> AbstractContextManager[Writer]:
        """Open the one writer; raises WriterBusyError where another process has it."""

    def rebuild(self) -> AbstractContextManager[Writer]:
        """Write a new index beside the one in use, and swap at the end if nothing failed."""

    def visible(self, conjunctions: Sequence[Conjunction]) -> frozenset[str]:
        """Every reference the conjunctions admit: for the proof of agreement."""

    def held(self) -> Iterator[Held]:
        """Every document as the index holds it, to compare with the database."""

    def count(self) -> int:
        """How many documents the index holds."""

    def size(self) -> int:
        """How many bytes it takes."""
