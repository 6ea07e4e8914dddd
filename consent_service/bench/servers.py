"""Servers: each thing measured runs as its own process on the same granian settings."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 30
YARDSTICKS = "consent_service.bench.yardsticks:"
"""What these name speaks WSGI to the server without our front between."""
PROGRAM = """
import os, sys
from granian.constants import Interfaces
from consent_service.serving import run_server
from consent_service.settings import Settings
run_server(Settings.from_environ(os.environ), host="127.0.0.1", port=int(sys.argv[1]), workers=1, threads=None,
           target=sys.argv[2], interface=Interfaces(sys.argv[3]))
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``ready_seconds`` is how long it took from its start to its first answer."""

    port: int
    process: int
    ready_seconds: float

    def worker_megabytes(self) -> float:
        """Read the resident memory of the largest worker process."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        return max(_read_resident_memory(int(child)) for child in children)


@contextmanager
def run_yardstick(
    target: str, path: str, home: Path, sites: Path, more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a server, wait until it answers on a path, and stop it at the end; ``more`` stands in its environment."""
    port = find_free_port()
    environ = os.environ | {"CONSENT_HOME": str(home), "CONSENT_SITES": str(sites), "CONSENT_LOG_LEVEL": "warning"}
    environ |= more or {}
    interface = "wsgi" if target.startswith(YARDSTICKS) else "asgi"
    command = [sys.executable, "-c", PROGRAM, str(port), target, interface]
    started = time.monotonic()
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port, path, started)
            yield Server(port, process.pid, time.monotonic() - started)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def _wait(port: int, path: str, started: float) -> None:
    while time.monotonic() - started < READY_SECONDS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise TimeoutError(f"the server on port {port} did not answer within {READY_SECONDS} seconds")


def find_free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _read_resident_memory(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
