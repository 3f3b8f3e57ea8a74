"""Tests of importing documents written elsewhere."""
