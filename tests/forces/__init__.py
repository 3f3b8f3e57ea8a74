"""Tests of organisations, people and sign-in."""
