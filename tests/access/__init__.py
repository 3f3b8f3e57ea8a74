"""Tests of the access rule: the hand-written table, the laws, and the agreement of its forms."""
