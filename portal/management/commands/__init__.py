"""Commands that run the portal from a terminal."""
