"""Finds what means the same in other words: a language model, vectors of passages, the blend."""
