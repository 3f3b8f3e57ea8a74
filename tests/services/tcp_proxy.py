"""A wire of our own between the portal and a server: whole, slow, cut, or ending in mid-answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

_PIECE = 65_536
_SECONDS_TO_END = 5


class Wire(StrEnum):
    """What happens to what passes."""

    PASS = "pass"
    # Connections are taken, and nothing ever answers.
    SILENT = "silent"
    # Each connection is closed at once.
    CUT = "cut"
    # The answer stops in its middle, and the connection ends.
    HALF = "half"


class Proxy:
    """Passes connections on to a server, as its wire is at the moment."""

    def __init__(self, target: tuple[str, int]) -> None:
        """Listen on a port of its own."""
        self.wire = Wire.PASS
        self.connections = 0
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Where to ask in place of the server."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def become(self, wire: Wire) -> None:
        """From here on, for connections that exist as well: they are closed."""
        self.wire = wire
        self._close_all()

    def stop(self) -> None:
        """End every thread, and leave no socket."""
        self._ended.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._close_all()
        for thread in self._threads:
            thread.join(_SECONDS_TO_END)

    def _close_all(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            if self.wire is Wire.CUT:
                near.close()
                continue
            far = socket.create_connection(self._target)
            self._open += [near, far]
            for ends in ((near, far), (far, near)):
                thread = threading.Thread(target=self._carry, args=(*ends, far), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _carry(self, source: socket.socket, sink: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                if source is not far or self.wire is Wire.PASS:
                    sink.sendall(piece)
                elif self.wire is Wire.HALF:
                    sink.sendall(piece[: len(piece) // 2])
                    sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(target: tuple[str, int]) -> Iterator[Proxy]:
    """A proxy in front of a server, gone at the end."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.stop()
