"""A service started as an operator starts it: init, then serve with its worker processes."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from prometheus_client.mmap_dict import MmapedDict

from consent_service.serving import MEMORY
from consent_service.settings import Settings
from tests.engines import spread_database
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-c", "from consent_service.cli import main; main()")
NOTICE = re.compile(r'name="notice" value="([0-9a-f]{64})"')
CONNECTIONS = 24
"""So many that each of two workers holds some of them."""


@dataclass
class Answer:
    """What came back over a connection."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> dict[str, object]:
        decoded: dict[str, object] = json.loads(self.body)
        return decoded


@dataclass
class RunningService:
    """A server, the folder it works in, and what its environment has besides."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    settings: Mapping[str, str] = field(default_factory=dict)
    serving: Sequence[str] = ()

    def start_again(self) -> None:
        """Serve the same home at the same port, once the process from before is gone, and wait until it answers."""
        self.process.wait()
        self.process = start(self.folder, self.serving, self.settings)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until it answers; the test's time limit ends a wait in vain."""
        while not ready(self):
            assert self.process.poll() is None, self.log()
            time.sleep(0.05)

    def command(self, *arguments: str) -> str:
        """Run another command over the same home and return what it printed last."""
        done = run(self.folder, *arguments, settings=self.settings)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().rpartition("\n")[2]

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        over: http.client.HTTPConnection | None = None,
    ) -> Answer:
        """Send a request over a given connection, or over one of its own."""
        connection = over or self.connect()
        connection.request(method, path, body or None, {"Host": f"localhost:{self.port}", **(headers or {})})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        if over is None:
            connection.close()
        return answer

    def everywhere(self, path: str, headers: Mapping[str, str]) -> list[Answer]:
        """Ask over many connections that are open at once, and so from every worker."""
        connections = [self.connect() for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.connect()
        answers = [self.send("GET", path, headers, over=connection) for connection in connections]
        for connection in connections:
            connection.close()
        return answers

    def form(self, button: str, **fields: str) -> str:
        """Open the settings page and fill its form in."""
        found = NOTICE.search(self.send("GET", "/consent/").body.decode())
        assert found
        return urlencode({"choice": button, "notice": found[1], **fields})

    def post(self, form: str, cookie: str = "") -> Answer:
        """Post a form that was filled in."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"consent={cookie}",
        }
        return self.send("POST", "/consent/choice", headers, form)

    def choose(self, button: str, cookie: str = "", **fields: str) -> str:
        """Post a choice as the banner's form does and return the cookie that came back."""
        answer = self.post(self.form(button, **fields), cookie)
        assert answer.status == 303, answer.body
        return answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]

    def counted(self, counter: str) -> dict[str, float]:
        """Read what each worker process has counted for itself."""
        totals: dict[str, float] = {}
        for file in [file for folder in self.counter_folders() for file in folder.glob("counter_*.db")]:
            values = MmapedDict.read_all_values_from_file(str(file))
            totals[file.stem] = sum(value for key, value, *_ in values if json.loads(key)[0] == counter)
        return totals

    def counter_folders(self) -> list[Path]:
        """List the folders in which the workers count: one while the server runs, none afterwards."""
        places = {MEMORY, Path(tempfile.gettempdir())}
        return [folder for place in places for folder in place.glob(f"consent-service-{self.process.pid}-*")]

    def log(self) -> list[str]:
        return (self.folder / "log").read_text(encoding="utf-8").splitlines()

    def stop(self) -> int:
        """Tell it to end and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def environment(folder: Path) -> dict[str, str]:
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("CONSENT_")}
    return foreign | {
        "CONSENT_HOME": str(folder / "home"),
        "CONSENT_SITES": str(ROOT / "sites"),
        "PYTHONPATH": str(ROOT),
    }


def run(folder: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    environ = environment(folder) | dict(settings or {})
    return subprocess.run([*PROGRAM, *arguments], env=environ, cwd=folder, capture_output=True, text=True, timeout=60)


@contextmanager
def running_service(
    folder: Path, *, workers: int = 2, options: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> Iterator[RunningService]:
    """Prepare a home and serve it until the block is left; the test's time limit ends a wait in vain."""
    prepared = run(folder, "init", settings=settings)
    assert prepared.returncode == 0, prepared.stderr
    if settings and (url := settings.get("CONSENT_DATABASE_URL")):
        spread_database(Settings(home=folder / "home", database_url=url))
    port = free_port()
    serving = ("--port", str(port), "--workers", str(workers), *options)
    service = RunningService(folder, port, start(folder, serving, settings), settings or {}, serving)
    try:
        service.wait_until_ready()
        yield service
    finally:
        if service.process.poll() is None:
            service.process.terminate()
            service.process.wait(timeout=30)


def start(folder: Path, serving: Sequence[str], settings: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a server over a home that was prepared, and do not wait until it answers."""
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [*PROGRAM, "serve", *serving],
            env=environment(folder) | dict(settings or {}),
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )


def ready(service: RunningService) -> bool:
    try:
        return service.send("GET", "/readyz").status == 200
    except OSError:
        return False
