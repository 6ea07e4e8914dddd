"""Lines to the service: a few kept connections, and for every question a whole answer in time or none."""

import http.client
import os
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LINES = 8
MAX_BYTES = 65_536


class ServiceUnavailable(Exception):
    """No usable answer came in time."""


@dataclass(frozen=True, slots=True)
class ServiceReply:
    """A whole answer; ``content_type`` is empty where none was sent."""

    status: int
    content_type: str
    body: bytes


class ServiceLines:
    """Asks one service, at most eight questions at a time; safe to share between threads and across a fork.

    ``address`` is where the service listens, such as ``http://127.0.0.1:8000``; ``host`` is the shop's own
    host, by which the service finds the site. Raises ValueError for an address that cannot be one.
    """

    def __init__(self, address: str, host: str | None = None) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"expected an address such as http://127.0.0.1:8000, got {address!r}")
        self._context = ssl.create_default_context() if parts.scheme == "https" else None
        self._name, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._host = host or parts.netloc
        self._crew = _Crew()

    def get(self, path: str, headers: Mapping[str, str], within: float) -> ServiceReply:
        """Ask and wait at most ``within`` seconds for the whole answer; raises ServiceUnavailable.

        A socket's time-out starts anew with every byte, so a slow answer is cut off from outside.
        """
        call = _Call(time.monotonic() + within)
        if self._crew.process != os.getpid():
            self._crew.hang_up()
            self._crew = _Crew()
        crew = self._crew
        if not crew.free.acquire(timeout=within):
            raise ServiceUnavailable("every line is busy")
        try:
            answer = crew.workers.submit(self._work, crew, call, path, {"Host": self._host, **headers})
        except RuntimeError as error:
            crew.free.release()
            raise ServiceUnavailable("closed, or the interpreter is ending") from error
        try:
            return answer.result(timeout=call.seconds_left())
        except TimeoutError:
            call.cut()
            raise ServiceUnavailable("no answer in time") from None

    def close(self) -> None:
        """Close the connections that are kept, and let the threads end."""
        self._crew.workers.shutdown()
        self._crew.hang_up()

    def _work(self, crew: "_Crew", call: "_Call", path: str, headers: dict[str, str]) -> ServiceReply:
        try:
            return self._ask(crew, call, self._prefix + path, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ServiceUnavailable(type(error).__name__) from error
        finally:
            crew.free.release()

    def _ask(self, crew: "_Crew", call: "_Call", path: str, headers: dict[str, str]) -> ServiceReply:
        with suppress(IndexError):
            kept = crew.idle.pop()
            try:
                return _exchange(crew, call, kept, path, headers)
            except (ConnectionError, http.client.BadStatusLine):
                # The service closed it while it was idle; the question was not answered, so ask it afresh.
                crew.hang_up()
        connection = self._connection(call.seconds_left())
        connection.connect()
        return _exchange(crew, call, connection, path, headers)

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        if self._context:
            return http.client.HTTPSConnection(self._name, self._port, timeout=timeout, context=self._context)
        return http.client.HTTPConnection(self._name, self._port, timeout=timeout)


def _exchange(
    crew: "_Crew", call: "_Call", connection: http.client.HTTPConnection, path: str, headers: dict[str, str]
) -> ServiceReply:
    keep = False
    try:
        call.begin(connection)
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as response:
            body = response.read(MAX_BYTES + 1)
            if not response.isclosed() or len(body) > MAX_BYTES:
                raise ServiceUnavailable("the answer is cut short, endless or too long")
            keep = not response.will_close
            return ServiceReply(response.status, response.headers.get("Content-Type", ""), body)
    finally:
        if call.end() and keep:
            crew.idle.append(connection)
        else:
            connection.close()


@dataclass(frozen=True, slots=True)
class _Crew:
    """Threads and connections of one process; a forked child needs its own of both."""

    process: int = field(default_factory=os.getpid)
    free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(LINES))
    workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(LINES, "consent-line"))
    idle: deque[http.client.HTTPConnection] = field(default_factory=deque)

    def hang_up(self) -> None:
        """Close every idle connection."""
        with suppress(IndexError):
            while True:
                self.idle.pop().close()


class _Call:
    """One question under way, which its asker can cut off."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._late = False

    def seconds_left(self) -> float:
        return max(0.001, self._deadline - time.monotonic())

    def begin(self, connection: http.client.HTTPConnection) -> None:
        """Tell on which connection the question goes out; raises TimeoutError where the asker has gone."""
        with self._lock:
            if self._late:
                raise TimeoutError
            connection.sock.settimeout(self.seconds_left())
            self._connection = connection

    def end(self) -> bool:
        """Let go of the connection and say whether it is intact."""
        with self._lock:
            self._connection = None
            return not self._late

    def cut(self) -> None:
        """End the question: a thread that waits on the connection wakes up at once."""
        with self._lock:
            self._late = True
            if self._connection and self._connection.sock:
                with suppress(OSError):
                    socket.socket.shutdown(self._connection.sock, socket.SHUT_RDWR)
