"""The pages of break-glass: ask, decide, and look on."""
