"""Uploaded files: what they really are, whether we may hold them, and what leaves with them."""
