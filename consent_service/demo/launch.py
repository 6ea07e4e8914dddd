"""Launching the demo: a home with the demo site, a fresh check key, and two servers that live and end together."""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

from consent_service.client.service_lines import ServiceLines, ServiceUnavailable
from consent_service.demo.path_router import ADDRESS_VARIABLE, HOST_VARIABLE, KEY_VARIABLE, MAILBOX_VARIABLE
from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import DAY
from consent_service.domain.errors import ConsentError, SettingsFault
from consent_service.services.operator.issuing_keys import issue_key, list_keys, revoke_key_of_site
from consent_service.services.operator.preparing_home import open_resources, prepare_home
from consent_service.serving import STOP_SECONDS, TARGET, make_counter_folder, require_free, run_server
from consent_service.settings import Settings
from consent_service.shipped_files import find_shipped_folder

SITE = "demo"
LABEL = "demo"
MAILBOX = "demo-mailbox"
LOOPBACK = "127.0.0.1"
ROUTER_TARGET = "consent_service.demo.path_router:create_path_router"
START_SECONDS = 60


class DemoStopped(ConsentError):
    """A server of the demo did not start, or ended by itself."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: the shop's address without a slash at the end, and a check key valid for a day."""

    address: str
    key: str
    servers: tuple[BaseProcess, ...]

    def wait(self) -> NoReturn:
        """Wait for as long as both servers run; raises DemoStopped when one has ended."""
        wait([server.sentinel for server in self.servers])
        raise DemoStopped("a server of the demo ended by itself; it says above why")


@contextmanager
def run_demo_shop(settings: Settings, *, host: str, port: int) -> Iterator[Demo]:
    """Run shop and service on one port, from when both are ready until the block is left.

    The shop asks a second server that serves the service alone, over the same home: a server of one thread
    cannot ask itself. Raises a ConsentError where port or home are not fit, or a server does not start.
    """
    require_free(host, port)
    prepare_home(settings)
    settings = _copy_demo_site(settings)
    key = issue_fresh_key(settings)
    service_port = find_loopback_port()
    service, shop = f"{LOOPBACK}:{service_port}", f"{LOOPBACK}:{port}"
    mailbox = settings.home.absolute() / MAILBOX
    told = {ADDRESS_VARIABLE: f"http://{service}", KEY_VARIABLE: key, HOST_VARIABLE: shop}
    told[MAILBOX_VARIABLE] = str(mailbox)
    # One after the other, so that the shop's first page has its banner.
    with (
        make_counter_folder() as counters,
        _run_server(settings, {}, counters, LOOPBACK, service_port, TARGET, jobs=True) as behind,
        _run_server(settings, told, counters, host, port, ROUTER_TARGET) as router,
    ):
        yield Demo(f"http://{shop}", key, (behind, router))


def issue_fresh_key(settings: Settings) -> str:
    """Issue a check key for a day in place of those of earlier starts."""
    resources = open_resources(settings)
    try:
        for key in list_keys(resources):
            if (key.site, key.label) == (SITE, LABEL) and key.revoked_at is None:
                revoke_key_of_site(resources, key.id)
        text, _ = issue_key(
            resources, site=SITE, label=LABEL, scopes=[Scope.CHECK, Scope.LINKS], purposes=None, valid_for=DAY
        )
    finally:
        resources.database.close()
    return text


def find_loopback_port() -> int:
    """Find a port of the loopback address that nobody uses."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def _copy_demo_site(settings: Settings) -> Settings:
    """Copy the demo site into the home, so that no other site is served, whatever folder we were started in."""
    folder = settings.home / "demo-sites"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / f"{SITE}.toml").write_bytes((find_shipped_folder("sites") / f"{SITE}.toml").read_bytes())
    except OSError as error:
        raise SettingsFault(f"{folder}: cannot be written ({error.strerror})") from None
    return replace(settings, sites=folder, log_level="warning")


@contextmanager
def _run_server(
    settings: Settings,
    told: Mapping[str, str],
    counters: Path,
    host: str,
    port: int,
    target: str,
    *,
    jobs: bool = False,
) -> Iterator[BaseProcess]:
    """Run a server in a process of its own, from when it is ready until the block is left."""
    arguments = (settings, told, counters, host, port, target, jobs)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=arguments)
    process.start()
    try:
        _wait_until_ready(process, f"http://{LOOPBACK}:{port}")
        yield process
    finally:
        process.terminate()
        process.join(STOP_SECONDS + 5)
        process.kill()
        process.join()


def _serve(
    settings: Settings, told: Mapping[str, str], counters: Path, host: str, port: int, target: str, jobs: bool
) -> None:
    """Run one server, in a process group of its own: Ctrl-C goes to our parent, which then stops us."""
    os.setpgrp()
    for told_to_end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told_to_end, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.update(
        told,
        CONSENT_HOME=str(settings.home),
        CONSENT_SITES=str(settings.sites),
        CONSENT_LOG_LEVEL=settings.log_level,
        # Whatever the operator has set up, a demo writes to nobody outside this machine.
        CONSENT_SMTP_URL=(settings.home.absolute() / MAILBOX).as_uri(),
    )
    os.environ.pop("CONSENT_SMTP_URL_FILE", None)
    run_server(settings, host=host, port=port, workers=1, threads=1, target=target, counters=counters, jobs=jobs)


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_until_ready(server: BaseProcess, address: str) -> None:
    lines = ServiceLines(address)
    try:
        deadline = time.monotonic() + START_SECONDS
        while server.is_alive() and time.monotonic() < deadline:
            with suppress(ServiceUnavailable):
                if lines.get("/readyz", {}, within=5).status == 200:
                    return
            time.sleep(0.05)
    finally:
        lines.close()
    raise DemoStopped("a server of the demo did not start; it says above why")
