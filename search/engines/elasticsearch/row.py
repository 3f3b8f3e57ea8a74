"""What Elasticsearch holds of a document, and under which fields."""

from typing import Any

from elasticsearch.dsl import Document, Keyword, Long, MetaField, Object, Text, analyzer

from search.engines.base import Facet, IndexedDocument
from search.engines.rows import (
    ORDERED_FIELDS,
    PREFERRED_FIELDS,
    SET_FIELDS,
    access_values,
    facet_field,
    facet_values,
    minute_of,
    preferred_values,
    stored_files,
    stored_of,
    title_words,
    words_in,
)
from search.ranking import LEVELS

# The words come ready made: Elasticsearch may not fold, stem or drop any.
_ready_made = analyzer("ready_made", tokenizer="whitespace")

SETTINGS = {
    # One shard counts facets exactly; a copy on up to two nodes more survives any one of them.
    "number_of_shards": 1,
    "auto_expand_replicas": "0-2",
    # What was written is found after a commit, which refreshes, and not before.
    "refresh_interval": "-1",
    # Frequency here is the level's weight in the document, boost the word's weight in the query:
    # nothing that the server counts over other documents may enter a score.
    "similarity": {
        "impact": {"type": "scripted", "script": {"source": "return query.boost * doc.freq"}}
    },
}


class IndexRow(Document):
    """One document of the index. Nothing but `stored` comes back from the server."""

    pk = Long()
    newest = Long()
    reviewed = Long()
    impacts = Text(analyzer=_ready_made, index_options="freqs", norms=False, similarity="impact")
    stems = Text(analyzer=_ready_made, index_options="positions", norms=False)
    baseline = Keyword(doc_values=False)
    baseline_words = Keyword()
    title_words = Keyword(doc_values=False)
    stored = Object(enabled=False)

    class Meta:
        """Of the whole mapping."""

        dynamic = MetaField("strict")
        source = MetaField(includes=["stored"])


for _name in (*SET_FIELDS, "ceiling", "phase", "keys", *PREFERRED_FIELDS):
    IndexRow._doc_type.mapping.field(_name, Keyword(doc_values=_name == "ref"))
for _name in ORDERED_FIELDS:
    IndexRow._doc_type.mapping.field(_name, Long())
for _facet in Facet:
    IndexRow._doc_type.mapping.field(facet_field(_facet), Keyword())


def as_row(document: IndexedDocument) -> dict[str, Any]:
    """A document as the index holds it."""
    stored = {**stored_of(document), "files": stored_files(document)}
    words = words_in(document)
    values: dict[str, Any] = {
        **access_values(document),
        **facet_values(document),
        **preferred_values(document),
    }
    row = IndexRow(
        pk=document.pk,
        newest=minute_of(document.published_at),
        reviewed=minute_of(document.reviewed_on_date),
        # A word stands as often as its level weighs: the postings keep a number, not the words.
        impacts=" ".join(" ".join([stem] * LEVELS[level]) for stem, level in words.levels.items()),
        stems=words.stems,
        baseline=list(words.baseline),
        baseline_words=list(words.baseline_words),
        title_words=title_words(document),
        stored=stored,
        **values,
    )
    return row.to_dict()
