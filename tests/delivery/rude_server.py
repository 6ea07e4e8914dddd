"""Servers that talk no protocol: they count who connects, and say nothing, too little or nonsense."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

Manners = Callable[[socket.socket, threading.Event], None]


class RudeServer:
    """``connections`` is how many have connected so far."""

    def __init__(self, manners: Manners) -> None:
        self.connections = 0
        self._manners = manners
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._over.set()
        # A thread that waits in accept is woken by a connection, not by closing its socket.
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            if self._over.is_set():
                connection.close()
                return
            self.connections += 1
            self._threads.append(threading.Thread(target=self._talk, args=(connection,)))
            self._threads[-1].start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._manners(connection, self._over)


def silent(connection: socket.socket, over: threading.Event) -> None:
    """Say nothing until the test is over."""
    over.wait(60)


def dripping(start: bytes, drop: bytes = b" ", *, dialogue: Sequence[bytes] = ()) -> Manners:
    """After a dialogue, answer by answer, send ``start``, then a little now and then: no single read ever times out."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        for answer in dialogue:
            connection.sendall(answer)
            connection.recv(65_536)
        connection.sendall(start)
        while not over.wait(0.02):
            connection.sendall(drop)

    return talk


def saying(answer: bytes) -> Manners:
    """Send this, whatever was asked, and hang up once the other side has."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(5)
        while connection.recv(65_536):
            pass

    return talk


@contextmanager
def rude_server(manners: Manners = silent) -> Iterator[RudeServer]:
    server = RudeServer(manners)
    try:
        yield server
    finally:
        server.close()
