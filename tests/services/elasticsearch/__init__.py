"""A real Elasticsearch on loopback, for development and for tests.

    python -m tests.services.elasticsearch [--nodes 3] [--secure] [--brief] [COMMAND ...]

starts one, runs the command with its address in ELASTICSEARCH_URL, and removes it; without a
command it runs until Ctrl-C. Where ELASTICSEARCH_URL names a server already, that one is used.
"""
