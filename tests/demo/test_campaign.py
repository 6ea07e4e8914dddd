"""The demo's marketing tool: it writes to those it was told that it may write to, and to nobody else."""

import re
from email import message_from_bytes
from email.policy import default

import pytest

from consent_service.demo.campaign import LIST, PURPOSE, SUBJECT
from consent_service.shipped_files import find_shipped_folder
from consent_service.site_files.site_file import read_site
from tests.client.stub_service import raw, sending
from tests.demo.conftest import BOX, listing

ZOE = "zoe@shopper.example"


def sent(mailbox):
    """Read the messages of the campaign."""
    found = [message_from_bytes(file.read_bytes(), policy=default) for file in mailbox.glob("*.eml")]
    return [message for message in found if message["Subject"] == SUBJECT]


def press(browser):
    response = browser.post("/campaign")
    assert response.status_code == 200
    return response.text


def test_its_purpose_is_one_of_the_demos_messages_that_need_a_yes():
    site = read_site(find_shipped_folder("sites") / "demo.toml")
    assert PURPOSE in {purpose.key for purpose in site.message_purposes}


def test_looking_at_it_writes_to_nobody(browser, mailbox, write, service):
    write(ZOE)
    service.list = listing(ZOE)
    shown = browser.get("/campaign").text
    assert all(address in shown for address in (*LIST, ZOE))
    assert sent(mailbox) == []


def test_only_those_who_may_be_written_to_are(browser, mailbox, write, service):
    write(ZOE)
    service.list = listing(ZOE, LIST[0])
    shown = press(browser)
    assert {message["To"] for message in sent(mailbox)} == {ZOE, LIST[0]}
    assert "2 of 4 written to." in shown
    assert f"<strong>{LIST[1]}</strong> <span>Not written to; the check says <code>never_asked</code>" in shown
    assert f"<strong>{ZOE}</strong> <span>Written to; the check says <code>granted</code>" in shown


def test_where_nobody_allows_it_nobody_is_written_to(browser, mailbox):
    assert "None of 3 written to." in press(browser)
    assert sent(mailbox) == []


def test_every_message_has_the_ways_out_as_headers_and_as_links(browser, mailbox, service):
    service.list = listing(*LIST)
    press(browser)
    assert len(sent(mailbox)) == len(LIST)
    for message in sent(mailbox):
        ways = re.fullmatch(r"<(https://\S+)>, <mailto:unsub\+\d@shop\.example>", message["List-Unsubscribe"])
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Id"] == "<offers.shop.example>"
        lines = message.get_content().splitlines()
        assert f"No more of these messages: {ways[1]}" in lines
        assert f"Choose what you receive: {ways[1].replace('/u/', '/p/')}" in lines


@pytest.mark.parametrize(
    "answer",
    [
        listing(*LIST, whole=False),
        sending(200, b'{"n": 1, "id": "ada@example.org", "allowed": true, "reason": "granted"}\n'),
        sending(200, b"", "application/x-ndjson"),
        sending(500, b"<h1>Error</h1>", "text/html"),
        sending(403, b'{"code": "scope_missing", "detail": "this key may not check"}', "application/problem+json"),
        raw(b""),
    ],
    ids=["cut off", "no summary", "empty", "error", "refused", "hung up"],
)
def test_a_list_that_is_cut_off_writes_to_nobody(browser, mailbox, service, answer):
    service.list = answer
    shown = press(browser)
    assert "<strong>Nobody was written to:</strong>" in shown
    assert sent(mailbox) == []
    assert BOX in shown
