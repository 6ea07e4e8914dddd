"""A demo that runs, and a browser without scripts that visits it."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-c", "from consent_service.cli import main; main()", "demo")
TAG = "/collect.gif"
NOTICE = re.compile(r'name="notice" value="([0-9a-f]{64})"')
COUNT = re.compile(r"<strong>(\d+)</strong>")


@dataclass
class RunningDemo:
    """A demo started as a person would, and what it printed; ``mark`` is in the environment of its processes."""

    process: subprocess.Popen[str]
    printed: list[str]
    mark: str

    @property
    def address(self) -> str:
        return self.printed[0].rpartition(" ")[2].rstrip("/")

    @property
    def key(self) -> str:
        return self.printed[1].rpartition(" ")[2]

    @property
    def curl_lines(self) -> list[str]:
        return [line for line in self.printed if line.startswith("curl ")]

    def processes(self) -> list[int]:
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if self._is_ours(path)]

    def _is_ours(self, path: Path) -> bool:
        try:
            return self.mark.encode() in path.read_bytes()
        except OSError:
            return False

    def nothing_left(self) -> bool:
        """Say whether all its processes end; the test's time limit ends a wait in vain."""
        while self.processes():
            time.sleep(0.05)
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def start(folder: Path, port: int) -> RunningDemo:
    mark = secrets.token_hex(16)
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("CONSENT_")}
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            [*PROGRAM, "--port", str(port)],
            cwd=folder,
            env=foreign | {"PYTHONPATH": str(ROOT), "MARK_OF_THIS_TEST": mark},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    printed: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        printed.append(line.rstrip("\n"))
        if "Ctrl-C" in line:
            return RunningDemo(process, printed, mark)
    pytest.fail(f"the demo did not start:\n{(folder / 'errors').read_text()}")


def stop(demo: RunningDemo, how: signal.Signals = signal.SIGTERM) -> int:
    demo.process.send_signal(how)
    status = demo.process.wait(timeout=40)
    assert demo.process.stdout is not None
    demo.process.stdout.close()
    return status


class Browser:
    """Keeps cookies and says where its forms come from, as browsers without scripts do."""

    def __init__(self, demo: RunningDemo) -> None:
        self.address = demo.address
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    @property
    def cookies(self) -> dict[str, str | None]:
        return {cookie.name: cookie.value for cookie in self.jar}

    def open(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        data = urllib.parse.urlencode(fields).encode() if fields else None
        headers = {"Referer": f"{self.address}/", "Origin": self.address}
        request = urllib.request.Request(self.address + path, data, headers)
        with self._opener.open(request, timeout=30) as response:
            return response.status, response.read().decode("utf-8", "replace")

    def page(self, path: str = "/") -> str:
        status, text = self.open(path)
        assert status == 200
        return text

    def home(self) -> str:
        """Open the shop, again where a busy machine left the banner out; the test's time limit ends that."""
        while 'id="cc"' not in (text := self.page("/")):
            time.sleep(0.1)
        return text

    def choose(self, choice: str) -> str:
        """Press a button of the first form that asks: in the banner, else on the preference page."""
        found = NOTICE.search(self.home()) or NOTICE.search(self.page("/consent/"))
        assert found
        return self.open("/consent/choice", {"choice": choice, "notice": found[1]})[1]

    def counted(self) -> int:
        found = COUNT.search(self.page("/visits"))
        assert found
        return int(found[1])

    def load_tag(self) -> int:
        return self.open(TAG)[0]


def ask(demo: RunningDemo, key: str, **question: str) -> tuple[int, dict]:
    request = urllib.request.Request(
        f"{demo.address}/v1/check?{urllib.parse.urlencode(question)}",
        headers={"Authorization": f"Bearer {key}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
