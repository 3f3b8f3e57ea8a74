"""Measures the portal: loads a corpus of many documents and times it beside a plain site."""
