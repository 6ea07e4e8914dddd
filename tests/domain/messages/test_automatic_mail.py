"""Automatic mail: what machines answer is marked as such, and nothing that a person may have sent."""

import pytest

from consent_service.domain.messages.inbound_mail import Inbound, read_inbound

HOST = "mail.shop.example"
TOKEN = "aaaaaaaa" * 7 + "ba"


def headers(lines: str) -> bytes:
    """Write a message of these headers to the address of a token."""
    return f"{lines}\nTo: unsub+{TOKEN}@{HOST}\n\nText".encode("utf-8", "surrogateescape")


BOUNCE = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.home.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
Auto-Submitted: auto-replied"""


@pytest.mark.parametrize(
    "lines",
    [
        BOUNCE,
        "Return-Path: <>",
        "Return-Path: < >",
        "Return-Path: <MAILER-DAEMON>",
        "Return-Path: <mailer-daemon@mx.home.example>",
        "Content-Type: multipart/report; report-type=disposition-notification",
        "Content-Type: MULTIPART/Report",
        "Content-Type: message/delivery-status",
        "Content-Type: message/disposition-notification",
        "X-Failed-Recipients: someone@home.example",
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: AUTO-GENERATED",
        "Auto-Submitted: auto-notified; owner-email=x",
        "Auto-Submitted: auto-replied (vacation)\nSubject: Away",
        "Auto-Submitted:\n auto-replied",
        "Auto-Submitted: no\nAuto-Submitted: auto-replied",
        "Auto-Submitted: \udcff",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "Precedence: auto_reply",
        "Precedence: Auto-Reply",
    ],
    ids=ascii,
)
def test_bounces_and_vacation_notes_are_automatic(lines):
    assert read_inbound(headers(lines), HOST) == Inbound((TOKEN,), "", automatic=True)


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: No (sent by a person)",
        "Auto-Submitted:",
        "X-Autoreply: no",
        "X-Auto-Response-Suppress: All",
        "Precedence: bulk",
        "Precedence: list",
        "Precedence: junk",
        "Return-Path: <anna@home.example>",
        "Return-Path:",
        "Content-Type: multipart/alternative; boundary=x",
        "Content-Type: \udcff\udcfe",
        "Content-Type: multipart",
        "Subject: Out of office",
        "From: MAILER-DAEMON@home.example",
    ],
    ids=ascii,
)
def test_what_a_person_may_have_sent_is_not_automatic(line):
    assert read_inbound(headers(line), HOST) == Inbound((TOKEN,), "", automatic=False)
