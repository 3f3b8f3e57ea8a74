"""Oversight: the trail and the facts of every document, for auditors; nobody's texts."""
