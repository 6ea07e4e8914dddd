"""Load: wrk where it is installed, else a slower generator of our own that says so."""

import http.client
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What to send: ``paths`` are taken in turn; a ``body`` makes it a POST."""

    port: int
    paths: tuple[str, ...]
    headers: dict[str, str]
    body: str = ""
    connections: int = 16
    seconds: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What came back: requests a second, latency in milliseconds, and answers that were not 2xx or 3xx."""

    rate: float
    p50: float
    p99: float
    errors: int


def find_load_generator() -> str:
    """Name the load generator that is used here."""
    return "wrk" if shutil.which("wrk") else "python threads (slower than what it measures; install wrk)"


def measure_shot(shot: Shot, folder: Path) -> Figure:
    """Send a load for a while and measure."""
    return _measure_with_wrk(shot, folder) if shutil.which("wrk") else _measure_with_threads(shot)


def _measure_with_wrk(shot: Shot, folder: Path) -> Figure:
    script = folder / "shot.lua"
    (folder / "paths.txt").write_text("\n".join(shot.paths))
    script.write_text(_write_script(shot, folder / "paths.txt"))
    command = ["wrk", "-t1", f"-c{shot.connections}", f"-d{shot.seconds}s", "--latency", "-s", str(script)]
    command.append(f"http://127.0.0.1:{shot.port}/")
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", run.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)
    return Figure(
        rate=float(rate[1]) if rate else 0.0,
        p50=_read_percentile(run.stdout, "50%"),
        p99=_read_percentile(run.stdout, "99%"),
        errors=int(errors[1]) if errors else 0,
    )


def _read_percentile(output: str, name: str) -> float:
    found = re.search(rf"{name}\s+([\d.]+)(us|ms|s)", output)
    return float(found[1]) * UNITS[found[2]] if found else 0.0


def _write_script(shot: Shot, paths: Path) -> str:
    """Write a script that makes every request beforehand, so that the generator has little left to do."""
    lines = [
        "local requests, n = {}, 0",
        "function init()",
        f'  wrk.method = "{"POST" if shot.body else "GET"}"',
        f'  wrk.body = "{shot.body}"' if shot.body else "",
        *(f'  wrk.headers["{name}"] = "{value}"' for name, value in shot.headers.items()),
        f'  for line in io.lines("{paths}") do requests[#requests + 1] = wrk.format(nil, line) end',
        "end",
        "function request() n = n % #requests + 1; return requests[n] end",
    ]
    return "\n".join(lines)


def _measure_with_threads(shot: Shot) -> Figure:
    times: list[float] = []
    errors = [0]
    deadline = time.monotonic() + shot.seconds

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", shot.port)
        for number in range(1_000_000):
            if time.monotonic() > deadline:
                return
            started = time.perf_counter()
            path = shot.paths[number % len(shot.paths)]
            connection.request("POST" if shot.body else "GET", path, shot.body or None, shot.headers)
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - started)
            errors[0] += answer.status >= 400

    senders = [threading.Thread(target=send) for _ in range(shot.connections)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    times.sort()
    rate = len(times) / shot.seconds
    return Figure(
        rate=rate, p50=times[len(times) // 2] * 1000, p99=times[len(times) * 99 // 100] * 1000, errors=errors[0]
    )
