"""A text browser in a real terminal asks for messages, confirms, unsubscribes and stops everything."""

import pytest

from tests.browser.terminal import Terminal
from tests.integration.running_demo import Browser, ask_about
from tests.requirements import require

pytestmark = pytest.mark.browser

TAB, ENTER, REDRAW = "\t", "\r", "\f"
MOST_LOOKS, WAITS = 20, 4
ADDRESS = "ada.w3m@shopper.example"


class Reader:
    """w3m at a page of ours; what stands in front of a link or a field says where that is."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def presses(self, after: str = "") -> None:
        """Press the next link or field, or the first that comes after a text further down."""
        if after:
            self._terminal.types("/")
            self._terminal.types(f"{after}{ENTER}")
        self._terminal.types(TAB)
        self._terminal.types(ENTER)

    def enters(self, text: str, after: str) -> None:
        self.presses(after)
        self._terminal.types(f"{text}{ENTER}")

    def shows(self, text: str) -> bool:
        """Look at the whole screen, because a text browser writes only what differs from the page before."""
        for _ in range(MOST_LOOKS):
            self._terminal.types(REDRAW)
            if self._terminal.shows(text, WAITS):
                return True
        return False


@pytest.fixture
def w3m(tmp_path):
    """Open an address in a w3m that keeps no cookie."""

    def at(address: str) -> Terminal:
        command = [require("w3m"), "-no-cookie", "-o", "confirm_qq=1", address]
        return Terminal(command, {"HOME": str(tmp_path)})

    return at


def reasons(demo):
    answers = ask_about(demo, ADDRESS)
    return answers["offers_email"]["reason"], answers["care_email"]["reason"]


def test_it_asks_confirms_unsubscribes_and_stops_everything(demo, w3m):
    with w3m(f"{demo.address}/consent/subscribe") as terminal:
        reader = Reader(terminal)
        assert reader.shows("What would you like to receive?")
        reader.presses("What would you")
        reader.presses()
        reader.enters(ADDRESS, "Your e-mail")
        reader.presses()
        reader.presses("First we send")
        assert reader.shows("Please check your inbox")

    with w3m(demo.address + demo.link(ADDRESS)) as terminal:
        reader = Reader(terminal)
        assert reader.shows("You are not subscribed yet.")
        reader.presses("You can withdraw")
        assert reader.shows("Confirmed: you are subscribed")
    assert reasons(demo) == ("granted", "granted")

    Browser(demo).open("/campaign", {"send": "yes"})
    with w3m(demo.address + demo.link(ADDRESS, "u")) as terminal:
        reader = Reader(terminal)
        assert reader.shows("Offers by e-mail")
        reader.presses("You still get")
        assert reader.shows("These messages are stopped")
    assert reasons(demo) == ("withdrawn", "granted")

    with w3m(demo.address + demo.link(ADDRESS, "p")) as terminal:
        reader = Reader(terminal)
        assert reader.shows("This stops all topics on all channels at once.")
        reader.presses("This stops all")
        assert reader.shows("Everything is stopped.")
    assert reasons(demo) == ("withdrawn", "withdrawn")
