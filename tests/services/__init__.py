"""Real services beside the tests, started and removed by the run."""
