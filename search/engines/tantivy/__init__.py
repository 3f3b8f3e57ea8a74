"""The embedded engine: tantivy, an index directory, no server."""

from search.engines.tantivy.engine import TantivyEngine

__all__ = ["TantivyEngine"]
