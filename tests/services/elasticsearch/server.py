"""Starts, kills and stops Elasticsearch: the program itself, or Elastic's image under Docker."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import certifi
from elasticsearch import ApiError, Elasticsearch, TransportError

from tests.services.elasticsearch import security
from tests.services.elasticsearch.docker import DockerNode, docker_runs
from tests.services.elasticsearch.program import NoServerError, java, program
from tests.services.running_portal import free_port

HEAP = "512m"
# To compile well costs half a minute of a processor, which pays after some minutes only.
QUICK = ("-XX:TieredStopAtLevel=1",)
SECONDS_TO_START = 180
CONFIGURATION = ("log4j2.properties", "jvm.options", "roles.yml", "role_mapping.yml", "users_roles")
# What the launcher of the archive says in place of the script it lacks.
LAUNCHER = "org.elasticsearch.server.launcher.ServerLauncher"


@dataclass
class Node:
    """One Elasticsearch process with a folder of its own."""

    folder: Path
    settings: dict[str, str]
    java: Path
    home: Path
    account: str | None
    options: Sequence[str] = ()
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it answers some twenty seconds later."""
        lines = "".join(f"{name}: {value}\n" for name, value in self.settings.items())
        (self.folder / "config" / "elasticsearch.yml").write_text(lines, encoding="utf-8")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "JAVA": str(self.java / "bin" / "java"),
            "JAVA_TYPE": "ES_JAVA_HOME",
            "ES_JAVA_HOME": str(self.java),
            "ES_JAVA_OPTS": " ".join([f"-Xms{HEAP} -Xmx{HEAP}", *self.options]),
            "ES_HOME": str(self.home),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_DISTRIBUTION_TYPE": "zip",
        }
        launcher = str(self.home / "lib" / "tools" / "server-launcher" / "*")
        with (self.folder / "said").open("ab") as said:
            self.process = subprocess.Popen(
                [environment["JAVA"], "-cp", launcher, LAUNCHER],
                # The launcher looks for its modules here.
                cwd=self.home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                user=self.account,
                group=pwd.getpwnam(self.account).pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
                # A group of its own: the launcher starts a second process, and both must go.
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it at once, as a failing machine would."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """End it, and remove what it wrote."""
        self._signal(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def said(self) -> str:
        """The end of what it has written."""
        return (self.folder / "said").read_text(encoding="utf-8", errors="replace")[-2000:]

    def ended(self) -> bool:
        """Whether it has given up."""
        return self.process is not None and self.process.poll() is not None

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            # The second process outlives the first, so the group is asked even where that ended.
            with _unless_gone():
                os.killpg(self.process.pid, number)
            self.process.wait(timeout=30)


@contextmanager
def _unless_gone() -> Iterator[None]:
    try:
        yield
    except ProcessLookupError:
        return


@dataclass
class Server:
    """One node or several, and how a client reaches them."""

    urls: list[str]
    nodes: Sequence[Node | DockerNode]
    password: str = ""
    ca_certs: str = ""
    # The one folder in which it may keep snapshots.
    snapshots: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def client(self) -> Elasticsearch:
        """A client with every right."""
        signed = {"basic_auth": (security.USER, self.password)} if self.password else {}
        trusted = {"ca_certs": self.ca_certs or certifi.where()} if self.password else {}
        return Elasticsearch(self.urls, **signed, **trusted)  # type: ignore[arg-type]

    def start(self) -> None:
        """Start every node, and wait until all of them answer as one."""
        for node in self.nodes:
            node.start()
        self.wait()

    def wait(self) -> None:
        """Wait until all nodes are one cluster that answers."""
        deadline = time.monotonic() + SECONDS_TO_START
        with self.client() as client:
            while not _is_whole(client, nodes=len(self.nodes)):
                for node in self.nodes:
                    if node.ended() or time.monotonic() > deadline:
                        raise NoServerError(f"it did not start: {node.said()}")
                time.sleep(0.2)

    def kill(self) -> None:
        """End every node at once."""
        for node in self.nodes:
            node.kill()

    def stop(self) -> None:
        """End every node, and leave nothing."""
        for node in self.nodes:
            node.stop()


def _is_whole(client: Elasticsearch, *, nodes: int) -> bool:
    try:
        health = client.options(request_timeout=5, max_retries=0).cluster.health()
    except (ApiError, TransportError):
        return False
    return bool(health["number_of_nodes"] == nodes and health["status"] != "red")


@contextmanager
def started(*, nodes: int = 1, secure: bool = False, brief: bool = True) -> Iterator[Server]:
    """A server of one's own, gone without trace at the end.

    `brief` where it lives for minutes and nobody measures it.
    """
    folder = Path(tempfile.mkdtemp(prefix="elasticsearch-"))
    try:
        # The account that runs the server must pass through.
        folder.chmod(0o755)
        server = _laid_out(folder, nodes=nodes, secure=secure, options=QUICK if brief else ())
        try:
            server.start()
            server.environment = _environment(server)
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _laid_out(folder: Path, *, nodes: int, secure: bool, options: Sequence[str]) -> Server:
    ports = [free_port() for _ in range(nodes)]
    urls = [f"{'https' if secure else 'http'}://127.0.0.1:{port}" for port in ports]
    server = Server(urls=urls, nodes=())
    extra: dict[str, str] = {"xpack.security.enabled": "false"}
    if secure:
        extra, server.password = security.lay_out(folder)
        server.ca_certs = str(folder / security.AUTHORITY)
    if nodes == 1 and not secure and docker_runs():
        server.nodes = [DockerNode(folder, ports[0])]
        return server
    newest_java, account, home = java(), _account(), program()
    server.snapshots = str(folder / "snapshots")
    (folder / "snapshots").mkdir()
    _give_to(account, folder=folder / "snapshots")
    transports = [free_port() for _ in range(nodes)]
    for place, (port, transport) in enumerate(zip(ports, transports, strict=True)):
        one = _folder_of_node(folder, place, home=home)
        settings = {
            "cluster.name": folder.name,
            "node.name": f"node-{place}",
            "path.data": str(one / "data"),
            "path.logs": str(one / "logs"),
            "network.host": "127.0.0.1",
            "http.port": str(port),
            "transport.port": str(transport),
            "path.repo": server.snapshots,
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            **_discovery(transports),
            **extra,
        }
        _give_to(account, folder=one)
        server.nodes = [*server.nodes, Node(one, settings, newest_java, home, account, options)]
    return server


def _folder_of_node(folder: Path, place: int, *, home: Path) -> Path:
    """What a node reads and writes, with its configuration in it."""
    one = folder / f"node-{place}"
    for part in ("config", "data", "logs", "tmp"):
        (one / part).mkdir(parents=True)
    for name in CONFIGURATION:
        shutil.copyfile(home / "config" / name, one / "config" / name)
    for path in folder.glob(f"{security.FOLDER}/*"):
        shutil.copyfile(path, one / "config" / path.name)
    return one


def _discovery(transports: Sequence[int]) -> dict[str, str]:
    if len(transports) == 1:
        return {"discovery.type": "single-node"}
    names = ", ".join(f"node-{place}" for place in range(len(transports)))
    hosts = ", ".join(f'"127.0.0.1:{port}"' for port in transports)
    return {"cluster.initial_master_nodes": f"[{names}]", "discovery.seed_hosts": f"[{hosts}]"}


def _account() -> str | None:
    """Elasticsearch refuses to run as root: name the account that runs it then."""
    if os.geteuid() != 0:
        return None
    for name in ("elasticsearch", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoServerError("it does not run as root, and there is no account “nobody”")


def _give_to(account: str | None, *, folder: Path) -> None:
    if account:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, user=account)


def _environment(server: Server) -> dict[str, str]:
    """What the portal's settings read to use this server."""
    found = {"ELASTICSEARCH_URL": ",".join(server.urls)}
    if server.password:
        with server.client() as client:
            found["ELASTICSEARCH_API_KEY"] = security.api_key(client)
        found["ELASTICSEARCH_CA_CERTS"] = server.ca_certs
    return found
