"""Oracles over the whole site: the canary crawl and the two worlds."""
