"""Real services beside the tests: PostgreSQL and Chromium, started and removed by the run."""
