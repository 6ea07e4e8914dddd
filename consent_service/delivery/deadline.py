"""Deadlines: a connection is cut when its time is up, however slowly the other side goes on talking."""

import socket
import threading
import time
from contextlib import suppress
from typing import Self

SECONDS = 15.0
"""How long one delivery may take."""


class Deadline:
    """A time by which the connections it watches end; a context that is left in time ends it."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._watched:
                connection.close()
            self._watched.clear()

    @property
    def passed(self) -> bool:
        """Say whether the time is up."""
        return time.monotonic() >= self._ends

    def seconds_left(self) -> float:
        """Tell how long is left, always a little, as a time-out of 0 means something else."""
        return max(0.001, self._ends - time.monotonic())

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection when the time is up."""
        # A second handle on the same connection: TLS takes the first one away before it starts to talk.
        with self._lock:
            self._watched.append(connection.dup())
        if self.passed:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            for connection in self._watched:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
