"""A PostgreSQL server of a test's own, on a free port of this machine, that is gone when the test is."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port
from tests.requirements import missing

USER = "consent"
PLACES = Path("/usr/lib/postgresql")
"""Debian puts the programs of each version there, and on nobody's path."""
STRANGER = "postgres"
"""The server does not run as root; it is started as this user then."""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "200",
    "log_min_messages": "warning",
}


@dataclass(frozen=True)
class PostgresqlServer:
    """A running server; its databases sort as people do, not by octets, so that nothing relies on how it sorts."""

    port: int
    data: Path

    def url(self, database: str = "postgres", user: str = USER) -> str:
        """Name a database of it."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as its owner."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)

    def kill(self) -> None:
        """End it as a loss of power would."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        self._wait(gone=True)

    def start(self) -> None:
        """Start it, again."""
        command = [find_program("pg_ctl"), "-D", str(self.data), "-w", "-t", "60", "-l", str(self.data / "log")]
        subprocess.run([*command, "start"], check=True, stdout=subprocess.DEVNULL, **run_as_somebody())

    def stop(self) -> None:
        """Stop it, whoever is connected."""
        command = [find_program("pg_ctl"), "-D", str(self.data), "-m", "immediate", "-w", "stop"]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **run_as_somebody())

    def _wait(self, *, gone: bool) -> None:
        ends = time.monotonic() + 30
        while (self.data / "postmaster.pid").exists() is gone and time.monotonic() < ends:
            time.sleep(0.02)


@contextmanager
def run_postgresql(**settings: str) -> Iterator[PostgresqlServer]:
    """Run a server with these settings besides; skips the test where there is none, and fails it with CI=true."""
    initdb = find_program("initdb")
    folder = Path(tempfile.mkdtemp(prefix="consent-postgresql-"))
    try:
        somebody = run_as_somebody()
        if somebody:
            shutil.chown(folder, STRANGER)
        data = folder / "data"
        command = [initdb, "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        sorting = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
        subprocess.run([*command, *sorting], check=True, stdout=subprocess.DEVNULL, **somebody)
        server = PostgresqlServer(free_port(), data)
        lines = [f"{name} = '{value}'" for name, value in (SETTINGS | {"port": str(server.port)} | settings).items()]
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_program(name: str) -> str:
    """Find a program of the server, the newest there is; does not return where there is none."""
    newest = sorted(PLACES.glob(f"*/bin/{name}"), key=lambda file: float(file.parts[-3]), reverse=True)
    path = shutil.which(name) or next(map(str, newest), None)
    return path or missing(f"{name} of PostgreSQL is not installed")


def run_as_somebody() -> dict[str, object]:
    """Say as whom to run it: as ourselves, or as somebody who is not root."""
    if os.geteuid() != 0:
        return {}
    try:
        other = pwd.getpwnam(STRANGER)
    except KeyError:
        other = pwd.getpwnam("nobody")
    return {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": [], "cwd": "/"}
