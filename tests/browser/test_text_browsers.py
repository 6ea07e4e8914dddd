"""Text browsers in a real terminal complete every choice: refuse, accept, and save by purpose."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.terminal import Terminal
from tests.browser.visitor import allowed
from tests.requirements import require

pytestmark = pytest.mark.browser

TAB, ENTER = "\t", "\r"
DETAILS, REJECT, ACCEPT, PREFERENCES, ANALYTICS, MARKETING, SAVE = range(7)
"""The stops of the banner in order, which a text browser shows with the purposes opened."""
COOKIE = re.compile(r"v1\.[a-z-]+\.[\w-]{22}\.\d+\.\d+\.[\w-]+\.[\w-]+")
SETTLED = "Your choice is saved."


class TextBrowser:
    """A text browser at the shop's first page; ``cookies`` is where it keeps them when it ends."""

    def __init__(self, terminal: Terminal, cookies: Path, at: int) -> None:
        self._terminal = terminal
        self._cookies = cookies
        self._at = at

    def goes_to(self, stop: int) -> None:
        for _ in range(stop - self._at):
            self._terminal.types(TAB)
        self._at = stop

    def presses(self, stop: int) -> None:
        self.goes_to(stop)
        self._terminal.types(ENTER)

    def shows(self, text: str) -> bool:
        return self._terminal.shows(text)

    def leaves(self) -> str:
        """Quit; returns the visitor cookie that was kept."""
        self._terminal.types("q")
        self._terminal.types("y")
        self._terminal.ends()
        found = COOKIE.search(self._cookies.read_text())
        assert found, self._cookies.read_text()
        return found[0]


@contextmanager
def lynx(address: str, home: Path) -> Iterator[TextBrowser]:
    cookies, settings = home / "cookies", home / "lynx.cfg"
    settings.write_text(
        "SET_COOKIES:TRUE\nACCEPT_ALL_COOKIES:TRUE\nPERSISTENT_COOKIES:TRUE\nINFOSECS:0\nMESSAGESECS:0\nALERTSECS:0\n"
        f"COOKIE_FILE:{cookies}\nCOOKIE_SAVE_FILE:{cookies}\n"
    )
    command = [require("lynx"), f"-cfg={settings}"]
    with Terminal([*command, address], {"HOME": str(home)}) as terminal:
        yield TextBrowser(terminal, cookies, at=DETAILS)


@contextmanager
def w3m(address: str, home: Path) -> Iterator[TextBrowser]:
    command = [require("w3m"), "-cookie", "-o", "accept_cookie=1", "-o", "confirm_qq=1"]
    with Terminal([*command, address], {"HOME": str(home)}) as terminal:
        yield TextBrowser(terminal, home / ".w3m" / "cookie", at=DETAILS - 1)


BROWSERS = pytest.mark.parametrize("browser", [lynx, w3m])


@BROWSERS
@pytest.mark.parametrize(
    ("stop", "granted"),
    [(REJECT, set()), (ACCEPT, {"preferences", "analytics", "marketing"})],
    ids=["reject", "accept"],
)
def test_a_button_of_the_banner_settles_it(browser, stop, granted, demo, tmp_path):
    with browser(demo.address, tmp_path) as visitor:
        assert visitor.shows("Reject all")
        visitor.presses(stop)
        assert visitor.shows(SETTLED)
        assert allowed(demo, visitor.leaves()) == granted


@BROWSERS
def test_ticking_a_box_and_saving_allows_that_purpose_alone(browser, demo, tmp_path):
    with browser(demo.address, tmp_path) as visitor:
        assert visitor.shows("Save my choice")
        visitor.presses(ANALYTICS)
        visitor.presses(SAVE)
        assert visitor.shows(SETTLED)
        assert allowed(demo, visitor.leaves()) == {"analytics"}


@pytest.mark.parametrize("program", ["lynx", "w3m"])
def test_the_banner_reads_well_as_text(program, demo):
    shown = subprocess.run(
        [require(program), "-dump", f"{demo.address}/"], capture_output=True, text=True, check=True, timeout=30
    ).stdout
    for text in ("Cookies at Willow & Wren", "Accept all", "Visit measurement: ", "If this notice comes back"):
        assert text in shown
