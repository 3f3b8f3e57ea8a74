"""Settings: base for all, dev for `make run`, test for pytest, production for the real thing."""
