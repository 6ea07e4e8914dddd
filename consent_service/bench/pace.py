"""Pace: requests at a fixed rate over one connection, each timed from the moment when it was due."""

import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass
class Pace:
    """Sends the same kind of request at a rate until stopped; ``latencies`` are in milliseconds, ``errors`` no 200s.

    A request that is late because the one before it took long counts from when it was due, so that a stall is not
    counted once alone.
    """

    port: int
    paths: Sequence[str]
    headers: Mapping[str, str]
    rate: float
    latencies: list[float] = field(default_factory=list)
    errors: int = 0

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Pace":
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, after the request that is under way."""
        self._over.set()
        self._thread.join()

    def find_percentile(self, share: float) -> float:
        """Tell the latency that this share of the requests kept below."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("inf")

    def _run(self) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        requests = [f"GET {path} HTTP/1.1\r\n{head}\r\n".encode() for path in self.paths]
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            due = time.perf_counter()
            number = 0
            while not self._over.is_set():
                due += 1 / self.rate
                if (wait := due - time.perf_counter()) > 0:
                    time.sleep(wait)
                connection.sendall(requests[number % len(requests)])
                status = _read_status(connection)
                self.latencies.append((time.perf_counter() - due) * 1000)
                self.errors += status not in (b"200", b"204")
                number += 1


def _read_status(connection: socket.socket) -> bytes:
    """Read one answer to its end and return its status."""
    received = b""
    while HEAD_END not in received:
        if not (chunk := connection.recv(65_536)):
            raise ConnectionError("the server closed the connection")
        received += chunk
    head, _, body = received.partition(HEAD_END)
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(LENGTH)]
    missing = (int(lengths[0]) if lengths else 0) - len(body)
    while missing > 0:
        missing -= len(connection.recv(65_536))
    return head.split(b" ", 2)[1]
