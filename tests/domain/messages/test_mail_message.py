"""A mail is plain text for one person, and nothing that is put into it can become another header."""

import random
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.messages.mail_message import compose, parse_mailbox, write_message
from tests.cast import NOON

USUAL = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Id", "Content-Type"]
USUAL += ["Content-Transfer-Encoding", "MIME-Version", "Content-Language"]
LINE_BREAKS = ["\r", "\n", "\r\n", "\n ", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\udc0a", "\x7f"]
HOSTILE = [
    *LINE_BREAKS,
    "=?utf-8?q?a=0D=0ABcc:_x@x?=",
    "Bcc: eve@evil.example",
    "é",
    "请",
    " ",
    ",",
    ";",
    "<",
    ">",
    "@",
    '"',
    "\\",
    "(",
    ":",
]


def make(**changes):
    given = {
        "sender": "Shop <news@shop.example>",
        "to": "anna@customer.example",
        "subject": "Please confirm",
        "text": "Hello\n",
        "at": NOON,
        "message_id": "<msg_1@shop.example>",
        "language": "en",
        "reply_to": "help@shop.example",
        "headers": {"List-Id": "<news.shop.example>"},
    } | changes
    return compose(given.pop("sender"), given.pop("to"), given.pop("subject"), given.pop("text"), **given)


def read(message):
    return message_from_bytes(write_message(message), policy=default)


def test_a_message_says_who_when_in_which_language_and_that_a_machine_wrote_it():
    message = read(make(language="zh-Hans"))
    assert message.keys() == USUAL
    assert (message["From"], message["Reply-To"]) == ("Shop <news@shop.example>", "help@shop.example")
    assert message["Date"].datetime == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert (message["Message-ID"], message["Auto-Submitted"]) == ("<msg_1@shop.example>", "auto-generated")
    assert message["Content-Language"] == "zh-Hans"


def test_a_message_is_plain_text_and_nothing_else():
    message = read(make())
    assert (message.get_content_type(), message.is_multipart()) == ("text/plain", False)
    assert message.get_content_charset() == "utf-8"


@pytest.mark.parametrize(
    "text", ["Grüße\n", "请确认\n" * 50, "مرحبا\n", "https://shop.example/" + "x" * 2000 + "\n", ".\n..\nFrom x\n"]
)
def test_a_text_in_any_language_arrives_in_short_ascii_lines(text):
    message = make(text=text)
    assert read(message).get_content().replace("\r\n", "\n") == text
    assert max(map(len, write_message(message).split(b"\r\n"))) <= 78
    assert write_message(message).isascii()


def test_a_long_header_for_machines_stays_in_one_piece():
    value = f"<https://shop.example/consent/u/{'x' * 200}>, <mailto:unsub+{'y' * 58}@shop.example>"
    message = make(headers={"List-Unsubscribe": value, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})
    assert f"\r\nList-Unsubscribe: {value}\r\n".encode() in write_message(message)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in write_message(message)


@pytest.mark.parametrize(
    "name",
    [
        "Shop",
        "Müller & Söhne",
        "Muster, Inc.",
        'The "Shop"',
        "请求商店" * 30,
        "a, b; c: d @ e " * 20 + "f",
        "Shop (Berlin)",
        "x" * 500,
    ],
)
def test_a_sender_has_one_address_whatever_the_name(name):
    message = read(make(sender=f"{name} <news@shop.example>"))
    (address,) = message["From"].addresses
    assert address.addr_spec == "news@shop.example"
    assert address.display_name.replace(" ", "") == name.replace(" ", "")
    assert all(len(line) <= 998 for line in write_message(make(sender=f"{name} <news@shop.example>")).split(b"\r\n"))


@pytest.mark.parametrize(
    "subject", ["Bitte bestätigen", "请确认您的订阅" * 20, "يرجى التأكيد", "x" * 300, "a " * 300 + "b"]
)
def test_a_subject_arrives_in_any_language(subject):
    assert read(make(subject=subject))["Subject"] == subject


@pytest.mark.parametrize("field", ["sender", "to", "subject", "message_id", "language", "reply_to"])
@pytest.mark.parametrize("line_break", LINE_BREAKS, ids=ascii)
def test_a_line_break_in_a_header_is_refused(field, line_break):
    value = {"sender": "Shop <news@shop.example>", "subject": "Hello you", "message_id": "<a@b.c>", "language": "en"}
    text = value.get(field, "anna@customer.example")
    for place in (0, 3, len(text)):
        with pytest.raises(ValueError, match=r"malformed|control characters|an address in ASCII"):
            make(**{field: text[:place] + line_break + text[place:]})


@pytest.mark.parametrize("line_break", [*LINE_BREAKS, "é", "=?utf-8?q?a?="], ids=ascii)
def test_a_header_for_machines_is_printable_ascii(line_break):
    for headers in ({"List-Id": f"<a>{line_break}b"}, {f"List-{line_break}Id": "a"}):
        with pytest.raises(ValueError, match="header"):
            make(headers=headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Bcc", "eve@evil.example"),
        ("To", "eve@evil.example"),
        ("Content-Type", "text/html"),
        ("Sender", "eve@evil.example"),
        ("List-Id:", "a"),
        ("List-", "a"),
        ("X-Y", ""),
        ("X-Y", " a"),
        ("X-Y", "a" * 994),
    ],
)
def test_no_header_that_means_something_else_is_taken(name, value):
    with pytest.raises(ValueError, match="header"):
        make(headers={name: value})


@pytest.mark.parametrize("text", ["", " \n", "a\0b", "a\x07b", "a\x1b[31mb", "a\udc80b", "a\u2028b"], ids=ascii)
def test_a_text_of_control_characters_is_refused(text):
    with pytest.raises(ValueError, match="the text"):
        make(text=text)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "@customer.example",
        "anna@",
        "anna@customer.example, eve@evil.example",
        "anna@customer.example eve@evil.example",
        "anna@customer.example@evil.example",
        "Anna <anna@customer.example>",
        "<anna@customer.example>",
        "anna(x)@customer.example",
        '"anna muster"@customer.example',
        "anna@[127.0.0.1]",
        "anna@customer.example:25",
        "anna@customer.example;",
        "anna\u00a0@customer.example",
        "a" * 250 + "@x.example",
    ],
    ids=lambda address: ascii(address)[:40],
)
def test_a_message_goes_to_one_address_and_to_nothing_else(address):
    with pytest.raises(ValueError, match="malformed"):
        make(to=address)


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("news@shop.example", "", "news@shop.example"),
        ("<news@shop.example>", "", "news@shop.example"),
        ("Shop <news@shop.example>", "Shop", "news@shop.example"),
        ("Müller, Söhne <news@shop.example>", "Müller, Söhne", "news@shop.example"),
    ],
)
def test_a_mailbox_is_an_address_with_or_without_a_name(text, name, address):
    read = parse_mailbox(text)
    assert (read.display_name, read.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Shop",
        "Shop news@shop.example",
        "Shop<news@shop.example>",
        "A <a@b.c>, B <b@b.c>",
        "A <a@b.c> x",
        "a@müller.example",
    ],
)
def test_anything_else_is_no_mailbox(text):
    with pytest.raises(ValueError, match="address"):
        parse_mailbox(text)


@pytest.mark.threat("T24")
def test_ten_thousand_hostile_values_make_no_further_header():
    chance = random.Random(24)
    composed = 0
    for _ in range(10_000):
        word = "".join(chance.choice([*HOSTILE, "a", "b", "shop"]) for _ in range(chance.randint(1, 8)))
        field = chance.choice(["sender", "to", "subject", "text", "message_id", "language", "reply_to", "headers"])
        value = {"sender": f"{word} <news@shop.example>", "headers": {"List-Id": f"<{word}>"}}.get(field, word)
        try:
            message = make(**{field: value})
        except ValueError:
            continue
        composed += 1
        head, _, _ = write_message(message).partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
        assert [line.partition(b":")[0].decode() for line in lines] == USUAL
        assert b"\n" not in head.replace(b"\r\n", b"")
    assert composed > 500


@given(name=st.text(), subject=st.text(), text=st.text())
def test_any_text_is_either_refused_or_kept_in_its_place(name, subject, text):
    try:
        message = make(sender=f"{name} <news@shop.example>", subject=subject, text=text)
    except ValueError:
        return
    again = read(message)
    assert again.keys() == USUAL
    assert again["From"].addresses[0].addr_spec == "news@shop.example"
    assert again["To"].addresses[0].addr_spec == "anna@customer.example"
