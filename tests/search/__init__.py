"""Search: the contract of an engine, the query, non-interference, the drain, the page."""
