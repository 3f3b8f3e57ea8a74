"""Journeys: the served portal in a real Chromium, as the people it is for go through it."""
