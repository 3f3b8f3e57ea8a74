"""Tests of the site as it is put together."""
