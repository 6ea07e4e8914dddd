"""Inbound mail: a recipient's token counts and nothing else, and no message is too broken to be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.messages.inbound_mail import MAX_HEAD, Inbound, read_inbound

HOST = "mail.shop.example"
ONE, TWO = "aaaaaaaa" * 7 + "ba", "bbbbbbbb" * 7 + "ca"
TO_ONE, TO_TWO = f"unsub+{ONE}@{HOST}", f"unsub+{TWO}@{HOST}"
PLAIN = f"""\
Return-Path: <anna@home.example>
Delivered-To: {TO_ONE}
Received: from mx.home.example by {HOST}; Thu, 1 Jan 2026 12:00:00 +0000
Message-ID: <20260101.1@home.example>
Date: Thu, 1 Jan 2026 12:00:00 +0000
From: Anna <anna@home.example>
To: {TO_ONE}
Subject: unsubscribe
Content-Type: text/plain; charset=utf-8

Please.
"""


def read(text: str, recipient: str = "") -> Inbound:
    return read_inbound(text.encode("utf-8", "surrogateescape"), HOST, recipient)


def with_headers(*lines: str) -> Inbound:
    """Read a message of nothing but these headers and a body."""
    return read("\n".join([*lines, "", "Text"]))


def test_a_plain_message_names_its_token_and_its_id():
    assert read(PLAIN) == Inbound((ONE,), "<20260101.1@home.example>", automatic=False)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_every_kind_of_line_end_is_read_alike(end):
    assert read(PLAIN.replace("\n", end)) == read(PLAIN)


def test_a_message_that_a_mailbox_file_or_an_empty_line_leads_is_read_alike():
    assert read(f"From anna@home.example Thu Jan  1 12:00:00 2026\n{PLAIN}") == read(PLAIN)
    assert read(f"\r\n\n{PLAIN}") == read(PLAIN)


@pytest.mark.parametrize(
    "name", ["Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "Resent-To", "dELIVERED-tO"]
)
def test_each_header_that_names_a_recipient_counts(name):
    assert with_headers(f"{name}: {TO_ONE}").tokens == (ONE,)


@pytest.mark.parametrize(
    "line",
    [
        f"From: {TO_ONE}",
        f"From: {TO_ONE} <anna@home.example>",
        f"Sender: {TO_ONE}",
        f"Reply-To: {TO_ONE}",
        f"Return-Path: <{TO_ONE}>",
        f"Subject: {TO_ONE}",
        f"Subject: unsubscribe {ONE}",
        f"List-Unsubscribe: <mailto:{TO_ONE}>",
        f"References: <{TO_ONE}>",
        f"Received: from x by y for <{TO_ONE}>",
        f"X-To: {TO_ONE}",
        f"To: Shop <shop@shop.example>\n\nTo: {TO_ONE}",
    ],
)
def test_no_other_part_of_a_message_counts(line):
    assert with_headers(line).tokens == ()


@pytest.mark.parametrize(
    "value",
    [
        f"<{TO_ONE}>",
        f"Shop <{TO_ONE}>",
        f'"Shop, Inc." <{TO_ONE}>',
        f'"Shop \\" <x@y>" <{TO_ONE}>',
        f"'{TO_TWO}' <{TO_ONE}>",
        f'"{TO_TWO}" <{TO_ONE}>',
        f"{TO_ONE} (Shop)",
        f"(unsubscribe) {TO_ONE}",
        f"{TO_ONE.upper()}",
        f"UNSUB+{ONE}@Mail.Shop.Example",
        f"{TO_ONE}.",
        f"Shop\n <{TO_ONE}>",
        f"Shop\r\n\t<{TO_ONE}>\r\n ",
        f"=?utf-8?q?L=C3=A4den?= <{TO_ONE}>",
        f"=?utf-8?b?****?= =?x?z?? <{TO_ONE}>",
        f"Läden <{TO_ONE}>",
        f"L\udce4den <{TO_ONE}>",
        f"someone@home.example, {TO_ONE}",
        f"<someone@home.example>; <{TO_ONE}>",
        f"Leavers: {TO_ONE}, x@y.example;",
        f",, ,{TO_ONE},",
    ],
    ids=ascii,
)
def test_an_address_is_found_however_it_is_written(value):
    assert with_headers(f"To: {value}", "X: y").tokens == (ONE,)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "unsub@mail.shop.example",
        f"unsub+@{HOST}",
        f"unsub+{ONE[:-1]}@{HOST}",
        f"unsub+{ONE}a@{HOST}",
        f"unsub+{ONE[:-1]}1@{HOST}",
        f"unsub-{ONE}@{HOST}",
        f"xunsub+{ONE}@{HOST}",
        f"unsub+{ONE}+x@{HOST}",
        f"{ONE}@{HOST}",
        f"unsub+{ONE}@shop.example",
        f"unsub+{ONE}@x{HOST}",
        f"unsub+{ONE}@{HOST}.evil.example",
        f"unsub+{ONE}",
        f"{TO_ONE} <shop@shop.example>",
        f'"{TO_ONE}" <shop@shop.example>',
        f'"a, {TO_ONE}, b" <shop@shop.example>',
        f'"a, {TO_ONE}, b',
        f'"a, {TO_ONE}, b\\',
        f"({TO_ONE}) shop@shop.example",
        f"=?utf-8?q?{TO_ONE}?= <shop@shop.example>",
        f"=?us-ascii?q?unsub+{ONE}=40{HOST}?= <shop@shop.example>",
        f"(a ({TO_ONE}) b) shop@shop.example",
    ],
    ids=ascii,
)
def test_what_only_resembles_a_recipient_does_not_count(value):
    assert with_headers(f"To: {value}", "X: y").tokens == ()


def test_two_recipients_are_two_tokens_and_a_repeated_one_is_one():
    found = with_headers(f"To: {TO_ONE}, Shop <{TO_TWO.upper()}>", f"Cc: {TO_ONE}", f"To: {TO_TWO}")
    assert found.tokens == (ONE, TWO)


def test_the_recipient_of_the_envelope_wins_over_the_headers():
    assert read(PLAIN, TO_TWO).tokens == (TWO,)
    assert read(PLAIN, f"<{TO_TWO.upper()}>").tokens == (TWO,)


def test_an_envelope_without_a_token_leaves_it_to_the_headers():
    assert read(PLAIN, f"unsub@{HOST}").tokens == (ONE,)
    assert read(PLAIN, "\0").tokens == (ONE,)


@pytest.mark.parametrize(
    "recipient",
    [f"un\u017fub+{ONE}@{HOST}", f"unsub+{ONE[:-2]}\u212aa@{HOST}", f"unsub+{ONE}@\u212a{HOST}", f"{TO_ONE}\0"],
)
def test_letters_that_only_fold_to_ours_do_not_count(recipient):
    assert read("Subject: x\n\n", recipient).tokens == ()


def test_a_forged_sender_changes_nothing():
    forged = PLAIN.replace("Anna <anna@home.example>", f"Bert <{TO_TWO}>").replace("unsubscribe", TO_TWO)
    assert read(forged) == read(PLAIN)


@pytest.mark.parametrize(
    ("line", "message_id"),
    [
        ("Message-ID: <a@b>", "<a@b>"),
        ("message-id:<a@b>", "<a@b>"),
        ("Message-ID:\n <a@b>\n", "<a@b>"),
        ("Message-ID: <a@b> <c@d>", "<a@b>"),
        ("Message-ID: <a@b>\nMessage-ID: <c@d>", "<a@b>"),
        ("Message-ID: a@b", ""),
        ("Message-ID: <>", ""),
        ("Message-ID: <a b>", ""),
        ("Message-ID: <\udcff@b>", ""),
        (f"Message-ID: <{'a' * 251}>", ""),
        ("Subject: <a@b>", ""),
    ],
    ids=ascii,
)
def test_the_message_id_is_plain_text_in_brackets_or_nothing(line, message_id):
    assert with_headers(line).message_id == message_id


def test_a_long_message_is_read_by_its_head_alone():
    body = "x" * 5_000_000
    assert read(PLAIN + body) == read(PLAIN)
    assert with_headers(f"X: {'x' * MAX_HEAD}", f"To: {TO_ONE}").tokens == ()


@pytest.mark.parametrize(
    "filling", ['"', '\\"', "(", "<", ",", "\n ", '"\\(', "unsub+", f"{TO_ONE},", " ", "a@", "=?x?q?"]
)
@pytest.mark.parametrize("name", ["To", "Auto-Submitted", "Return-Path", "Message-ID", "Content-Type"])
def test_a_header_stuffed_with_one_character_is_read_to_its_end(name, filling):
    stuffed = f"{name}: {filling * (MAX_HEAD // len(filling))}"
    assert read(stuffed, TO_TWO).tokens == (TWO,)


@given(st.binary(max_size=2000))
def test_garbage_is_no_unsubscription(garbage):
    assert read_inbound(garbage, HOST).tokens == ()


LINES = [PLAIN.split("\n")[number].encode() for number in range(9)]
PIECES = [
    *LINES,
    b"\xff\xfe\0",
    b"",
    b"no colon",
    b": empty",
    b" folded",
    b"\tTo:",
    b"From x",
    b"To",
    b'"',
    b"=?utf-8?q?=ff?=",
]


@given(st.lists(st.sampled_from(PIECES), max_size=15), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_no_broken_message_fails_or_names_a_token_that_is_not_in_it(pieces, end):
    assert read_inbound(end.join(pieces), HOST).tokens in ((), (ONE,))


@pytest.mark.parametrize(
    "recipient",
    [
        TO_ONE.replace("+", "%2B"),
        TO_ONE.replace("+", "%2b"),
        TO_ONE.replace("+", "=2B"),
        f"unsub+{ONE[:20]}%0D%0A%20{ONE[20:]}@{HOST}",
        f"unsub+{ONE[:20]} {ONE[20:]}@{HOST}",
        f"unsub+{ONE}%20@{HOST}",
        f" {TO_ONE} ",
        f"<{TO_ONE}>.",
    ],
)
def test_a_recipient_that_a_mail_program_broke_names_its_token(recipient):
    assert read("Subject: x\n\n", recipient).tokens == (ONE,)
    assert with_headers(f"To: {recipient}").tokens == (ONE,)
