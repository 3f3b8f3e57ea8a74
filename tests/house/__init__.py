"""Tests of the house rules: what can be counted about the code, counted."""
