"""The canary crawl: a library full of words that give themselves away, and everybody who looks."""
