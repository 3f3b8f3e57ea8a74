"""Signing in with a force's account, against a real provider in a process of its own."""
