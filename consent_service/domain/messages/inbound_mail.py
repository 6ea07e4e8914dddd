"""Inbound mail: what a message to an unsubscribe address says by its recipient, whatever else is in it."""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from typing import NamedTuple

from consent_service.domain.messages.recipient_token import find_tokens

MAX_HEAD = 131_072
"""Only so many octets of a head are read; mail servers allow less. The body is never looked at."""

# What mail servers and providers write the recipient of the envelope into, then what people's programs write.
_RECIPIENT_HEADERS = (
    *("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "X-Rcpt-To", "X-Real-To"),
    *("X-Forwarded-To", "Original-Recipient", "Apparently-To"),
    *("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc"),
)
_ANSWERING_HEADERS = ("Auto-Submitted", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients")
_REPORT_TYPES = frozenset({"multipart/report", "message/delivery-status", "message/disposition-notification"})

_HEAD_END = re.compile(rb"\r?\n\r?\n|\r\r")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
# Postfix hands a bounce to a command with MAILER-DAEMON in the place of the empty sender.
_NO_SENDER = re.compile(r"<\s*>|<?mailer-daemon(?:@[^<>]*)?>?", re.IGNORECASE)


class Inbound(NamedTuple):
    """What a message says: the tokens in lower-case base32, unverified; its Message-ID with brackets, or empty.

    ``automatic`` marks answers that no person sent, such as bounces and vacation notes: they must change nothing.
    """

    tokens: tuple[str, ...]
    message_id: str
    automatic: bool


def read_inbound(raw: bytes, host: str, recipient: str = "") -> Inbound:
    """Read a raw message to an unsubscribe address at ``host``; broken messages are read as far as they go.

    Only a recipient counts, because anybody can write anything into From and Subject. ``recipient`` is the envelope's
    own; where it holds a token, the headers are not asked. A message of no recipient of ours has no tokens.
    """
    head = _HEAD_END.split(raw[:MAX_HEAD].lstrip(b"\r\n"), maxsplit=1)[0]
    message = BytesHeaderParser().parsebytes(b"\n".join(_list_fields(head)))
    recipients = (value for name in _RECIPIENT_HEADERS for value in _read_header(message, name))
    tokens = tuple(find_tokens(recipient, host)) or (
        token for value in recipients for token in find_tokens(value, host)
    )
    found = _MESSAGE_ID.search("".join(_read_header(message, "Message-ID")[:1]))
    return Inbound(tuple(dict.fromkeys(tokens)), found[0] if found else "", _is_automatic(message))


def _list_fields(head: bytes) -> Iterator[bytes]:
    """List the lines of a head that are read: one that is no field ends nothing, as the parser would have it."""
    reads = False
    for line in head.splitlines():
        folded = line.startswith((b" ", b"\t"))
        field = _FIELD.match(line)
        reads = reads if folded else field is not None
        if reads:
            yield line if folded or not field else field[1] + b":" + line[field.end() :]


def _read_header(message: Message, name: str) -> list[str]:
    return [str(value).strip() for value in message.get_all(name, [])]


def _is_automatic(message: Message) -> bool:
    """Say whether a machine answered.

    ``Precedence: bulk`` and ``list`` are no sign of that: some companies mark all their mail so, and to pass over a
    person who wants to leave is worse than to believe a machine. ``X-Auto-Response-Suppress`` asks others for
    silence and says nothing about its own message.
    """
    answers = (
        _read_first_word(value) not in ("", "no")
        for name in _ANSWERING_HEADERS
        for value in _read_header(message, name)
    )
    precedence = (_read_first_word(value).replace("-", "_") for value in _read_header(message, "Precedence"))
    return (
        any(answers)
        or "auto_reply" in precedence
        or any(_NO_SENDER.fullmatch(value) for value in _read_header(message, "Return-Path"))
        or message.get_content_type() in _REPORT_TYPES
    )


def _read_first_word(value: str) -> str:
    return re.split(r"[;(\s]", value.lower(), maxsplit=1)[0]
