"""Runs a command with a real Elasticsearch beside it, or keeps one until Ctrl-C."""

import os
import signal
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser

from tests.services.elasticsearch.program import NoServerError
from tests.services.elasticsearch.server import Server, started


def main(words: list[str]) -> int:
    """Run the command against a server of its own, and return its exit status."""
    parser = ArgumentParser(prog="python -m tests.services.elasticsearch")
    parser.add_argument("--nodes", type=int, default=1, help="How many: 1, or 3 that stand in.")
    parser.add_argument("--secure", action="store_true", help="https, and a key with few rights.")
    parser.add_argument("--brief", action="store_true", help="Soon up, and slow for ever.")
    parser.add_argument("command", nargs=REMAINDER, help="What to run; without, until Ctrl-C.")
    asked = parser.parse_args(words)
    if os.environ.get("ELASTICSEARCH_URL"):
        return _run(asked.command, environment={})
    try:
        with started(nodes=asked.nodes, secure=asked.secure, brief=asked.brief) as server:
            if asked.command:
                return _run(asked.command, environment=server.environment)
            return _keep(server)
    except NoServerError as error:
        return _without(asked.command, reason=str(error))


def _run(command: list[str], *, environment: dict[str, str]) -> int:
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def _keep(server: Server) -> int:
    """Say how to use it, and wait."""
    _say("Elasticsearch runs until Ctrl-C. To use it from another shell:")
    for name, value in {"SEARCH_ENGINE": "elasticsearch", **server.environment}.items():
        _say(f"  export {name}={value}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        _say("Stopped.")
    return 0


def _without(command: list[str], *, reason: str) -> int:
    """In CI nothing may be left out; elsewhere the tests that need it are skipped, and say so."""
    sys.stderr.write(f"Elasticsearch is missing here, and its tests will not run: {reason}\n")
    if os.environ.get("CI") == "true" or not command:
        return 1
    return _run(command, environment={})


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
