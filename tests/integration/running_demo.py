"""A demo that runs, and a browser without scripts that visits it."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-c", "from consent_service.cli import main; main()", "demo")
TAG = "/collect.gif"
NOTICE = re.compile(r'name="notice" value="([0-9a-f]{64})"')
ASKING = re.compile(r'action="/consent/choice.*?</form>', re.DOTALL)
BOX = re.compile(r'<section id="cn".*?</section>', re.DOTALL)
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/consent/[cpu]/[\w-]+)")
COUNT = re.compile(r"<strong>(\d+)</strong>")


@dataclass
class RunningDemo:
    """A demo started as a person would, and what it printed; ``mark`` is in the environment of its processes.

    ``home`` is the folder where it keeps its state.
    """

    process: subprocess.Popen[str]
    printed: list[str]
    mark: str
    home: Path

    @property
    def address(self) -> str:
        return self.printed[0].rpartition(" ")[2].rstrip("/")

    @property
    def key(self) -> str:
        return self.printed[1].rpartition(" ")[2]

    @property
    def curl_lines(self) -> list[str]:
        return [line for line in self.printed if line.startswith("curl ")]

    @property
    def letters(self) -> list[EmailMessage]:
        """Everything that was mailed, to the second in its order."""
        files = sorted((self.home / "demo-mailbox").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=default) for file in files]

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"] == address]

    def link(self, address: str, kind: str = "c") -> str:
        """Wait for a message to an address and return the path of its link; the test's time limit ends that."""
        while True:
            texts = [letter.get_content() for letter in self.letters_to(address)]
            found = [path for text in texts for path in LINK.findall(text) if path.startswith(f"/consent/{kind}/")]
            if found:
                return str(found[-1])
            time.sleep(0.05)

    def workers(self) -> list[int]:
        """List the processes that do jobs."""
        return [
            process for process in self.processes() if b"consent_service.worker.job_runner" in command_line(process)
        ]

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


def command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


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
            process_group=0,
        )
    printed: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        printed.append(line.rstrip("\n"))
        if "Ctrl-C" in line:
            return RunningDemo(process, printed, mark, folder / "var")
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

    def open(self, path: str, fields: Mapping[str, str] | Sequence[tuple[str, str]] | None = None) -> tuple[int, str]:
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
        """Press a button of the first form that asks: in the banner, else on the settings page."""
        form = ASKING.search(self.home()) or ASKING.search(self.page("/consent/"))
        found = form and NOTICE.search(form[0])
        assert found
        return self.open("/consent/choice", {"choice": choice, "notice": found[1]})[1]

    def saves(self, *purposes: str) -> str:
        """Say yes to these purposes in the banner, and no to the others."""
        forms = ASKING.findall(self.home())
        notice = NOTICE.search(forms[-1])
        assert notice
        return self.open(
            "/consent/choice", [("choice", "save"), ("notice", notice[1]), *(("p", one) for one in purposes)]
        )[1]

    def subscribe(self, email: str) -> str:
        """Fill in the newsletter box at the foot of the shop's page, for offers."""
        while not (box := BOX.search(self.page("/basket"))):
            time.sleep(0.1)
        notice = NOTICE.search(box[0])
        assert notice
        fields = {"notice": notice[1], "p": "offers_email", "email": email, "age": "yes", "website": ""}
        return self.open("/consent/subscribe", fields)[1]

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


def ask_about(demo: RunningDemo, email: str) -> dict[str, dict]:
    """Ask the check API about every topic of an address."""
    body = json.dumps({"email": email}).encode()
    headers = {"Authorization": f"Bearer {demo.key}", "Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(f"{demo.address}/v1/check", body, headers), timeout=30
    ) as answer:
        decisions: dict[str, dict] = json.load(answer)["decisions"]
        return decisions
