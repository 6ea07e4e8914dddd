"""A person with an address in a real browser: what they do with the newsletter box, the mailbox and the links in it."""

import hashlib
import secrets
import sqlite3
from contextlib import closing

from playwright.sync_api import Locator

from tests.browser.visitor import Visitor
from tests.integration.running_demo import RunningDemo

OFFERS, CARE = "offers_email", "care_email"
LOOK_MILLISECONDS = 100


class Subscriber:
    """A visitor with an address that nobody used before."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.address = f"anna.{secrets.token_hex(4)}@shopper.example"

    def goes_to_the_box(self, path: str = "/basket") -> None:
        """Open a page of the shop, again where a busy machine left the newsletter box out."""
        self.visitor.opens(path)
        while not self.page.locator("#cn").count():
            self.page.wait_for_timeout(LOOK_MILLISECONDS)
            self.page.reload()

    def fills_in(self, *topics: str, of_age: bool = True) -> None:
        """Fill in the form that the page holds, the box or the one of the page of its own."""
        for topic in topics:
            self.page.locator(f"input[name=p][value={topic}]").check()
        self.page.locator("input[name=email]").fill(self.address)
        self.page.locator("input[name=age]").set_checked(of_age)

    def sends(self) -> None:
        self.visitor.follows(self.page.locator("[id$=subscribe] button"))

    def subscribes(self, *topics: str) -> None:
        """Ask for messages at the foot of the shop's page."""
        self.goes_to_the_box()
        self.fills_in(*topics or (OFFERS,))
        self.sends()

    def opens_a_letter(self, number: int = 1) -> None:
        """Load the mailbox until so many messages have come to this address, and open the newest."""
        self.page.goto(f"{self.visitor.demo.address}/mailbox")
        while self.letters.count() < number:
            self.page.wait_for_timeout(LOOK_MILLISECONDS)
            self.visitor.follows(self.page.locator("main a[href='/mailbox']"))
        self.visitor.follows(self.letters.first.locator("a"))

    def follows_the_link(self, kind: str = "c") -> str:
        """Open the link in the message that is shown; returns its address."""
        self.visitor.follows(self.page.locator(f".letter a[href*='/consent/{kind}/']"))
        return self.page.url

    def confirms(self) -> None:
        self.visitor.follows(self.page.locator("main form button"))

    def is_subscribed(self, *topics: str) -> None:
        """Take every step from the box to the confirmation."""
        self.subscribes(*topics)
        self.opens_a_letter()
        self.follows_the_link()
        self.confirms()

    def lets_the_shop_write(self) -> None:
        """Press the button of the marketing tool."""
        self.page.goto(f"{self.visitor.demo.address}/campaign")
        self.visitor.follows(self.page.locator("main form button"))

    @property
    def letters(self) -> Locator:
        """The messages to this address, in the list that the mailbox shows."""
        return self.page.locator("main .rows li", has_text=self.address)

    @property
    def outcome(self) -> str:
        """What the marketing tool says of this address."""
        return self.page.locator("main .rows li", has_text=self.address).inner_text()


def let_run_out(demo: RunningDemo, link: str) -> None:
    """Let the time of a confirmation link be over."""
    token = link.partition("?")[0].rpartition("/")[2]
    digest = hashlib.sha256(token.encode()).hexdigest()
    with closing(sqlite3.connect(demo.home / "consent.sqlite3", timeout=30)) as database, database:
        database.execute("UPDATE subscription_request SET expires_at = 1 WHERE hash = ?", (digest,))
