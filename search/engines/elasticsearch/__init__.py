"""The engine for more than one web host: Elasticsearch, a server of its own."""

from search.engines.elasticsearch.engine import ElasticsearchEngine

__all__ = ["ElasticsearchEngine"]
