"""Serving: granian with our front in each worker process, one process for jobs beside it, and a graceful stop."""

import errno
import logging
import os
import pkgutil
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from consent_service.domain.errors import ConsentError, SettingsFault
from consent_service.domain.site.site import Site
from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.front.stop_sign import COUNTERS_VARIABLE, STOP_SIGN
from consent_service.logs import JsonFormatter
from consent_service.services.ledger.guarding_texts import require_same_meaning
from consent_service.services.operator.checking_confirmations import NOBODY_SENDS, list_unconfirmed_sites
from consent_service.services.operator.preparing_home import open_whole_resources
from consent_service.settings import PREFIX, Settings
from consent_service.site_files.site_file import read_sites
from consent_service.site_files.site_snapshot import SiteSnapshot
from consent_service.worker.job_runner import run_worker_beside

TARGET = "consent_service.app:create_front_application"
THREADS_VARIABLE = f"{PREFIX}THREADS"
WORKERS_VARIABLE = f"{PREFIX}WORKERS"
SITES_VARIABLE = f"{PREFIX}SITES"
SERVER_THREADS = 8
"""So many wait for a database on a server at a time; one in a file lets nobody wait."""
MEMORY = Path("/dev/shm")  # noqa: S108
STOP_SECONDS = 10
SHORT_LIFE = 5.0
"""A worker that ends sooner than that may never start; it is tried again more slowly."""
AGAIN_SECONDS = 1.0
HEADER_TIMEOUT = 5_000
BACKLOG = 1024
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

_log = logging.getLogger(__name__)


def run_server(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    threads: int | None,
    target: str = TARGET,
    interface: Interfaces = Interfaces.ASGI,
    counters: Path | None = None,
    jobs: bool = False,
) -> None:
    """Serve until a signal says stop; requests in flight are finished first.

    ``counters`` is a folder to count in together with other servers, instead of one of its own. ``jobs`` starts a
    worker beside it. ``threads`` is how many read for pages and lists of purposes in each worker, and for checks and
    banners where the database lies on a server; else those are answered on its event loop. Raises a ConsentError,
    before anything is started, where settings, sites, keys or database are not fit. On SIGHUP the site files are read
    anew, without an end to any connection; where they are not fit, the former ones go on and the log says why.
    """
    sites = read_sites(settings.sites)
    require_free(host, port)
    _require_fitness(settings, sites, host)
    server = _Server(
        target,
        address=host,
        port=port,
        interface=interface,
        workers=workers,
        blocking_threads=1,
        runtime_mode=RuntimeModes.st,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT),
        websockets=False,
        backlog=BACKLOG,
        log_level=LogLevels.warning if settings.log_level == "warning" else LogLevels.info,
        log_dictconfig=describe_logging(host),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    with nullcontext(counters) if counters else make_counter_folder() as folder:
        os.environ[COUNTERS_VARIABLE] = str(folder)
        server.stop_sign = folder / STOP_SIGN
        os.environ[WORKERS_VARIABLE] = str(workers)
        os.environ[THREADS_VARIABLE] = str(threads or (SERVER_THREADS if settings.database_url else 1))
        _serve(server, settings, host, SiteSnapshot(settings.sites, folder), jobs=jobs)


def _serve(server: "_Server", settings: Settings, host: str, snapshot: SiteSnapshot, *, jobs: bool) -> None:
    taken, _ = snapshot.take()
    snapshot.accept(taken)
    os.environ[SITES_VARIABLE] = str(snapshot.path)
    with run_worker_beside() if jobs else nullcontext(_do_nothing) as restart_worker:

        def renew() -> None:
            taken, sites = snapshot.take()
            _require_fitness(settings, sites, host)
            snapshot.accept(taken)
            restart_worker()

        server.renew = renew
        server.serve(target_loader=load_application)


def load_application(target: str) -> Any:
    """Call what ``module:name`` names, and return the application that it makes.

    The server's own way puts the working folder before everything that is installed, and so runs whatever somebody left
    there under the name of a module.
    """
    return pkgutil.resolve_name(target)()


def _do_nothing() -> None:
    """Stand in where no worker runs beside the server."""


def _require_fitness(settings: Settings, sites: Sequence[Site], host: str) -> None:
    """Raise where these sites could not be served, and warn of what will be missed."""
    resources = open_whole_resources(settings)
    try:
        for site in list_unconfirmed_sites(resources, sites):
            _log.warning(NOBODY_SENDS, extra={"site": site})
        require_same_meaning(resources, sites)
    finally:
        resources.database.close()
    warn_of_unknown_clients(settings, SiteDirectory(sites), host)


class _Server(MPServer):
    """Puts up a sign for the workers as soon as it is told to stop, starts those again that end, and passes SIGHUP on.

    The server tells them to stop by itself only once nothing is under way any more, for which requests that wait for
    changes would have it wait. It would take a worker that ends twice within seconds for a reason to end, and it would
    exchange the workers on SIGHUP, whose listening sockets drop the connections that they have not taken up.
    """

    stop_sign: Path
    renew: Callable[[], None]

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Take a signal that says stop."""
        self.stop_sign.touch()
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        while not self.interrupt_signal:
            self.main_loop_interrupt.wait()
            self.main_loop_interrupt.clear()
            if self.reload_signal:
                self.reload_signal = False
                self._renew_workers()
            self.interrupt_children.clear()
            ended = [worker for worker in self.wrks if not worker.inner.is_alive()]
            if any(time.monotonic() - worker.birth < SHORT_LIFE for worker in ended):
                time.sleep(AGAIN_SECONDS)
            if ended and not self.interrupt_signal:
                places = [worker.idx for worker in ended]
                self._respawn_workers(places, spawn_target, target_loader)

    def _renew_workers(self) -> None:
        try:
            self.renew()
        except (ConsentError, OSError) as error:
            _log.error("the site files were not read anew and the former ones go on", extra={"cause": str(error)})
            return
        _log.info("the site files were read anew")
        for worker in self.wrks:
            if worker.inner.is_alive():
                os.kill(worker.inner.pid, signal.SIGHUP)


def describe_logging(host: str) -> dict[str, object]:
    """Describe how the server logs, for which the address that it listens at is no secret."""
    formatter = {"()": f"{JsonFormatter.__module__}.{JsonFormatter.__qualname__}", "own": host}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "loggers": {"_granian": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
    }


@contextmanager
def make_counter_folder() -> Iterator[Path]:
    """Make a folder for workers to count in, in memory: a mapped file on a disk that fills up ends its process."""
    memory = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None
    folder = tempfile.mkdtemp(prefix=f"consent-service-{os.getpid()}-", dir=memory)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def warn_of_unknown_clients(settings: Settings, sites: SiteDirectory, host: str) -> None:
    """Log once where every request will come from a proxy, and nothing says from whom."""
    if not settings.proxies and host in LOOPBACK_NAMES and sites.has_public_origin:
        _log.warning(
            "clients cannot be told apart, so the caps per network count nobody: set CONSENT_PROXIES to the number of "
            "your proxies, each of which has to add to X-Forwarded-For"
        )


def require_free(host: str, port: int) -> None:
    """Raise SettingsFault where another program listens at this address already."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        no_host = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
        other = "--host, an address of this machine" if no_host else "--port"
        raise SettingsFault(f"{host}:{port}: cannot listen there ({error.strerror}); choose another {other}") from None
