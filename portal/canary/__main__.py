"""The child process of `processes`: lays the world out, crawls a share of it, and reports."""

import argparse
import json
import sys
from pathlib import Path

import django


def main() -> None:
    """Crawl as every n-th person, and print the report as one line of JSON."""
    parser = argparse.ArgumentParser(prog="portal.canary")
    parser.add_argument("share", help="number/of")
    parser.add_argument("--full", action="store_true")
    asked = parser.parse_args()
    number, of = map(int, asked.share.split("/"))
    django.setup()
    from django.conf import settings

    from portal.canary.crawl import Crawl
    from portal.canary.traces import traces
    from portal.canary.world import World, require_empty

    require_empty()
    world = World()
    crawl = Crawl(world, full=asked.full, share=(number, of))
    report = crawl.run()
    report.leaks += traces(world.canaries, folder=Path(settings.DATA_DIR))
    sys.stdout.write(json.dumps(report.as_dict()) + "\n")


if __name__ == "__main__":
    main()
