"""Tests of uploaded files: what is refused, what is stripped, what is read."""
