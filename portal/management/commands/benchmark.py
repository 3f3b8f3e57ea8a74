"""`manage.py benchmark`: the portal beside a plain Wagtail site, in one interleaved run."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.benchmark.bars import SEARCH_BARS, SEARCH_ROUTE, bars_of, judged
from portal.benchmark.corpus import CorpusDocument
from portal.benchmark.sites import Peer, Portal, Site

# Pages published one after the other, each searched for until it is found; the first warms up.
PUBLISHED = 8
# In a hit's title the word that was searched for is marked.
FOUND = "Page with the token <mark>{token}</mark>"


class Command(BaseCommand):
    """Sets both sites up with the same documents, measures them in turn, and judges."""

    help = "Measure the portal beside a plain Wagtail site (needs its folder and PostgreSQL)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the plain site lies, and how long to measure."""
        parser.add_argument("--peer", type=Path, required=True, help="folder with peer.sh")
        parser.add_argument(
            "--peer-search",
            choices=list(SEARCH_BARS),
            default="db",
            help="the plain site's search: in its database, or on the server of ELASTICSEARCH_URL",
        )
        parser.add_argument("--documents", type=int, default=10_000)
        parser.add_argument(
            "--reuse", action="store_true", help="keep the plain site's corpus of an earlier run"
        )
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--seconds", type=float, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print compare.py's table, then one JSON line with the bars; exit 1 on a miss."""
        search = options["peer_search"]
        if search == "es" and not os.environ.get("ELASTICSEARCH_URL"):
            raise CommandError("With --peer-search es, name the server in ELASTICSEARCH_URL.")
        peer = Peer(options["peer"].resolve(), documents=options["documents"], search=search)
        port = int(os.environ.get("PEER_PGPORT", "54399"))
        with tempfile.TemporaryDirectory(prefix="portal-benchmark-") as name:
            folder = Path(name)
            peer.prepare(database_port=port, reuse=options["reuse"])
            portal = Portal(folder, database_port=port, root=Path(settings.BASE_DIR))
            portal.prepare(peer.corpus(folder / "corpus.jsonl"))
            sites = [peer.start(), portal.start()]
            worker = portal.start_worker()
            try:
                rows = self._measure(peer, portal, sites, folder, options)
            finally:
                worker.terminate()
                for site in sites:
                    os.kill(site.pid, signal.SIGTERM)
                worker.wait()
        figures, missed = judged(rows, search=search)
        self.stdout.write(json.dumps({"figures": figures, "missed": missed}))
        if missed:
            raise CommandError("A bar was missed: see the line above.")

    def _measure(
        self, peer: Peer, portal: Portal, sites: list[Site], folder: Path, options: dict[str, Any]
    ) -> list[dict[str, Any]]:
        routes = folder / "routes.json"
        routes.write_text(json.dumps(_routes(peer.routes())), encoding="utf-8")
        result = folder / "result.json"
        database = _database_pid()
        command = [sys.executable, str(peer.folder / "compare.py"), "--routes", str(routes)]
        for site in sites:
            command += ["--target", f"{site.name}={site.address}"]
            command += ["--cookie", f"{site.name}={site.cookie}"]
            command += ["--pid", f"{site.name}={site.pid}", "--cpu", f"{site.name}={database}"]
        command += ["--rounds", str(options["rounds"]), "--secs", str(options["seconds"])]
        command += ["--conns", "1", "--base", "peer", "--json", str(result)]
        command += ["--only", ",".join(bars_of(peer.search)), "--npub", str(PUBLISHED)]
        command += ["--publish", f"portal={portal.publishing()}"]
        command += ["--search", "portal=/search/?q={token}"]
        command += ["--search-expect", f"portal={FOUND}"]
        subprocess.run(command, check=True)  # noqa: S603
        rows: list[dict[str, Any]] = json.loads(result.read_text(encoding="utf-8"))
        return rows


def _routes(peer: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The plain site's routes with ours beside them; rich articles against plain ones."""
    plain = {name: peer[name]["peer"] for name in ("article", SEARCH_ROUTE)}
    national = [30 + 48 * k for k in range(20)]
    numbers = {
        "article": national,
        "article_rich": [n for n in range(24, 10_000) if n % 10 == 0 and n % 48 >= 24][:20],
    }
    ours: dict[str, Any] = {
        name: {"paths": [f"/{_ref(n)}/" for n in chosen], "expect": "<h1"}
        for name, chosen in numbers.items()
    }
    ours[SEARCH_ROUTE] = {"paths": ["/search/?q=gang+violence"], "expect": "<mark"}
    plain["article_rich"] = plain["article"]
    return {name: {"peer": plain[name], "portal": ours[name]} for name in ours}


def _ref(number: int) -> str:
    return CorpusDocument(number, "", "", [], 0).ref


def _database_pid() -> int:
    """The first process of the cluster that both sites use."""
    folder = Path(os.environ.get("PEER_PGDATA", "/var/tmp/peer-pg"))  # noqa: S108 # nosec B108
    return int((folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
