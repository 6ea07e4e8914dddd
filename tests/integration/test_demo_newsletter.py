"""The demo's newsletter: from the box in the footer over the mailbox to a marketing tool that keeps to the answers."""

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from html import unescape

import pytest

from consent_service.demo.campaign import LIST, SUBJECT
from tests.integration.running_demo import LINK, Browser, RunningDemo, start, stop
from tests.ports import free_port


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    running = start(tmp_path_factory.mktemp("demo"), free_port())
    yield running
    stop(running)


@pytest.fixture
def browser(demo: RunningDemo) -> Browser:
    return Browser(demo)


def campaign(demo):
    """List to whom the marketing tool has written so far."""
    return [letter["To"] for letter in demo.letters if letter["Subject"] == SUBJECT]


def one_click(header):
    """Do what a mailbox provider does: post to the link of the header, with nothing that says who."""
    link = header.partition(">")[0].removeprefix("<")
    body = urllib.parse.urlencode({"List-Unsubscribe": "One-Click"}).encode()
    with urllib.request.urlopen(urllib.request.Request(link, body), timeout=30) as answer:
        assert answer.headers["Set-Cookie"] is None
        return answer.status


def test_the_marketing_tool_writes_from_the_confirmation_to_the_one_click_and_to_nobody_else(demo, browser):
    browser.open("/campaign", {"send": "yes"})
    assert campaign(demo) == []

    browser.subscribe("ada@shopper.example")
    link = demo.link("ada@shopper.example")
    assert 'value="confirm"' in browser.page(link)
    browser.open("/campaign", {"send": "yes"})
    assert campaign(demo) == []

    browser.open(link, {"answer": "confirm"})
    shown = browser.open("/campaign", {"send": "yes"})[1]
    assert campaign(demo) == ["ada@shopper.example"]
    # Other tests may have written to further people from the same demo.
    assert int(re.search(r"1 of (\d+) written to\.", shown)[1]) > len(LIST)

    (letter,) = [letter for letter in demo.letters_to("ada@shopper.example") if letter["Subject"] == SUBJECT]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Id"] == '"Offers by e-mail" <offers-email.lists.willow-wren.example>'
    kinds = [path.split("/")[2] for path in LINK.findall(letter.get_content())]
    assert kinds == ["u", "p"]
    assert one_click(letter["List-Unsubscribe"]) == 200

    browser.open("/campaign", {"send": "yes"})
    assert campaign(demo) == ["ada@shopper.example"]
    assert browser.cookies == {}


def test_the_mailbox_shows_what_was_sent(demo, browser):
    browser.subscribe("bilal@shopper.example")
    link = demo.link("bilal@shopper.example")
    mailbox = browser.page("/mailbox")
    assert "To bilal@shopper.example" in mailbox
    name = mailbox.partition('<a href="/mailbox/')[2].partition('"')[0]
    assert f"{demo.address}{link}" in unescape(browser.page(f"/mailbox/{name}"))
