"""Imports a document written elsewhere as a draft; it publishes nothing."""
