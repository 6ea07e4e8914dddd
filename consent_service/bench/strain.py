"""Strain: how long checks and banners take while something heavy goes on beside them, one thing after the other."""

import fcntl
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from consent_service.bench.list_measuring import check_list
from consent_service.bench.message_population import make_bench_address, populate_subjects, write_bench_list
from consent_service.bench.pace import Pace
from consent_service.bench.population import make_bench_visitor, populate
from consent_service.bench.servers import Server, run_yardstick
from consent_service.bench.slow_disk import MORE_MILLISECONDS, build_slow_disk
from consent_service.domain.api_key import Scope
from consent_service.domain.site.site import Site
from consent_service.services.operator.issuing_keys import issue_key
from consent_service.services.operator.preparing_home import open_resources, prepare_home
from consent_service.services.resources import Resources
from consent_service.settings import Settings
from consent_service.shipped_files import find_shipped_folder
from consent_service.site_files.site_file import read_site
from consent_service.storage.attempts import add_attempt

SERVICE = "consent_service.app:create_front_application"
COMMAND = (sys.executable, "-c", "from consent_service.cli import main; main()")
CHECKS_PER_SECOND = 500.0
BANNERS_PER_SECOND = 100.0
CHOICES_PER_SECOND = 150.0
VISITORS = 10_000
SLOW_CLIENTS = 200
QUIET_SECONDS = 5.0
MAX_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StrainFigure:
    """Latencies in milliseconds while something went on, and how many requests got no good answer."""

    name: str
    requests: int
    middle: float
    high: float
    errors: int


@dataclass(frozen=True, slots=True)
class Strained:
    """A service under strain: its server, its home, a check key, and the sites that it serves."""

    server: Server
    home: Path
    sites: Path
    key: str

    def run(self, *arguments: str) -> None:
        """Run a command over the same home beside the server."""
        environ = os.environ | {"CONSENT_HOME": str(self.home), "CONSENT_SITES": str(self.sites)}
        quiet = subprocess.DEVNULL
        subprocess.run([*COMMAND, *arguments], check=True, env=environ, stdout=quiet, stderr=quiet, timeout=MAX_SECONDS)


def measure_strain(rows: int, say: Callable[[str], None]) -> list[StrainFigure]:
    """Measure checks and banners quiet, and beside each thing that is heavy; ``rows`` is how many it has to do."""
    with tempfile.TemporaryDirectory(prefix="consent-strain-") as name:
        folder = Path(name)
        sites = folder / "sites"
        sites.mkdir()
        (sites / "demo.toml").write_bytes((find_shipped_folder("sites") / "demo.toml").read_bytes())
        site = read_site(sites / "demo.toml")
        say("writing visitors, people and what is to be pruned")
        key = _prepare(folder / "home", sites, site, rows)
        home = folder / "home"
        with run_yardstick(SERVICE, "/readyz", home, sites) as server:
            strained = Strained(server, home, sites, key)
            figures = [_measure(title, work, strained, say) for title, work in _list_strains(strained, folder, rows)]
        slow = build_slow_disk(folder)
        if slow is None:
            say("a slow disk is left out: there is no C compiler")
            return list(chain.from_iterable(figures))
        with run_yardstick(SERVICE, "/readyz", home, sites, slow) as server:
            title = f"a disk {MORE_MILLISECONDS} ms slower and {CHOICES_PER_SECOND:.0f} choices/s"
            strained = Strained(server, home, sites, key)
            figures.append(_measure(title, partial(_choose_for_a_while, strained), strained, say))
        return list(chain.from_iterable(figures))


def _measure(
    title: str, work: Callable[[], None], strained: Strained, say: Callable[[str], None]
) -> tuple[StrainFigure, StrainFigure]:
    with _make_check_pace(strained) as checks, _make_banner_pace(strained) as banners:
        work()
        time.sleep(QUIET_SECONDS if title == "quiet" else 0.5)
    figures = _make_figure(f"{title}: checks", checks), _make_figure(f"{title}: banners", banners)
    for figure in figures:
        say(f"{figure.name}: p50 {figure.middle:.1f}, p99 {figure.high:.1f} ms, {figure.errors} refused")
    return figures


def _list_strains(strained: Strained, folder: Path, rows: int) -> Iterator[tuple[str, Callable[[], None]]]:
    file = folder / "people.csv"
    lines = [f"new{make_bench_address(number)},granted,2026-01-02T03:04:05Z" for number in range(rows // 5)]
    file.write_text("\n".join(["address,status,at", *lines]) + "\n", encoding="utf-8")
    imported = ("import", str(file), "--site", "demo", "--source", "bench", "--purpose", "offers_email")
    yield "quiet", lambda: None
    yield "turn of writers held for 10 s", lambda: _hold_turn(strained, 10)
    yield f"prune of {rows:,} rows", lambda: strained.run("prune")
    yield f"import of {rows // 5:,} rows", lambda: strained.run(*imported)
    asked = folder / "list.ndjson"
    asked.write_bytes(write_bench_list(rows))
    yield f"list of {rows:,} rows", lambda: _check_list_beside(strained, asked)
    yield f"{SLOW_CLIENTS} clients that send slowly", lambda: _send_slowly(strained)


def _check_list_beside(strained: Strained, file: Path) -> None:
    """Have a list checked from a process of its own: in this one it would hold up what measures."""
    sender = multiprocessing.get_context("spawn").Process(
        target=_send_list, args=(strained.server.port, strained.key, file)
    )
    sender.start()
    sender.join()
    if sender.exitcode:
        raise ChildProcessError(f"the list was not answered: exit code {sender.exitcode}")


def _send_list(port: int, key: str, file: Path) -> None:
    check_list(port, key, file.read_bytes())


def _make_check_pace(strained: Strained) -> Pace:
    paths = [f"/v1/check?visitor={make_bench_visitor(number)}&purpose=analytics" for number in range(VISITORS)]
    headers = {"Host": "localhost", "Authorization": f"Bearer {strained.key}"}
    return Pace(strained.server.port, paths, headers, CHECKS_PER_SECOND)


def _make_banner_pace(strained: Strained) -> Pace:
    return Pace(strained.server.port, ["/consent/banner"], {"Host": "localhost"}, BANNERS_PER_SECOND)


def _make_figure(name: str, pace: Pace) -> StrainFigure:
    return StrainFigure(
        name=name,
        requests=len(pace.latencies),
        middle=pace.find_percentile(0.5),
        high=pace.find_percentile(0.99),
        errors=pace.errors,
    )


def _prepare(home: Path, sites: Path, site: Site, rows: int) -> str:
    prepare_home(Settings(home=home, sites=sites))
    resources = open_resources(Settings(home=home, sites=sites))
    populate(resources, site, VISITORS)
    populate_subjects(resources, site, VISITORS)
    _write_old_attempts(resources, rows)
    key, _ = issue_key(resources, site=site.id, label="strain", scopes=[Scope.CHECK], purposes=None, valid_for=None)
    resources.database.close()
    return key


def _write_old_attempts(resources: Resources, rows: int) -> None:
    with resources.database.write():
        for number in range(rows):
            add_attempt(resources.database, f"bucket {number % 1000}", number, str(number))


@contextmanager
def _hold_file(file: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _hold_turn(strained: Strained, seconds: float) -> None:
    """Hold the turn of writers as a process that was stopped in a write would, while others try to choose."""
    with _hold_file(strained.home / "consent.sqlite3.lock"), _run_beside(keep_choosing, strained.server.port):
        time.sleep(seconds)


@contextmanager
def _run_beside(work: Callable[[int], None], port: int) -> Iterator[None]:
    """Run what sends requests in a process of its own: in this one it would hold up what measures."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=(port,), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def keep_choosing(port: int) -> None:
    """Refuse as new visitors at a fixed rate, until ended."""
    body = b"choice=withdraw&p=analytics"
    head = (
        f"POST /consent/choice HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    due = time.monotonic()
    while True:
        due = max(due + 1 / CHOICES_PER_SECOND, time.monotonic() - 1)
        time.sleep(max(0.0, due - time.monotonic()))
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(head.encode() + body)
            while connection.recv(65_536):
                pass


def _choose_for_a_while(strained: Strained) -> None:
    with _run_beside(keep_choosing, strained.server.port):
        time.sleep(10)


def _send_slowly(strained: Strained) -> None:
    """Keep many connections open that send one byte of a body a second."""
    head = b"POST /consent/choice HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", strained.server.port), timeout=30))
            for _ in range(SLOW_CLIENTS)
        ]
        for connection in connections:
            connection.sendall(head)
        for _ in range(8):
            time.sleep(1)
            for connection in connections:
                connection.sendall(b"x")
