"""Mail messages: plain text, one recipient, and no way to smuggle in a header."""

import re
import unicodedata
from collections.abc import Mapping
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from types import MappingProxyType

from consent_service.domain.basics.moment import make_datetime

MAX_LINE = 998
"""The longest line of a header in octets (RFC 5322, 2.1.1)."""
MAX_ADDRESS = 254
"""The longest mail address in octets (RFC 5321, 4.5.3.1.3)."""

_MAILBOX = re.compile(r"(?:(?P<name>[^<>]*[^<> ]) )?<(?P<inside>[^<>]+)>|(?P<bare>[^<> ]+)")
_ADDRESS = re.compile(r'(?P<local>[^ ()<>[\]:;@\\,"]+)@(?P<domain>[^ !-,/:-@[-`{-~]+)')
_MESSAGE_ID = re.compile(r"<[\w.+-]{1,100}@[\w.-]{1,253}>", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_EXTRA_NAME = re.compile(r"(?:List|X)-[A-Za-z-]{1,60}")
_PRINTABLE = re.compile(r"[!-~]([ -~]*[!-~])?")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~ -]{1,80}")
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header for machines: the standard library would break a long address in it into unreadable pieces."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Mailbox(UniqueAddressHeader, BaseHeader):  # type: ignore[misc]
    """A header with one address: older standard libraries lose the quotes of a long name when they break the line."""

    def fold(self, *, policy: Policy) -> str:
        address = self.addresses[0]
        text = write_addr_spec(address)
        if name := address.display_name:
            if not _PLAIN_NAME.fullmatch(name):
                name = Header(name, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
            text = f"{name} <{text}>"
        return f"{self.name}: {text}{policy.linesep}"


_HEADERS = HeaderRegistry(default_class=_OneLine)
_HEADERS.map_to_type("from", _Mailbox)
_HEADERS.map_to_type("to", _Mailbox)
_HEADERS.map_to_type("reply-to", _Mailbox)

_POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


def compose(
    sender: str,
    to: str,
    subject: str,
    text: str,
    *,
    at: int,
    message_id: str,
    language: str,
    reply_to: str = "",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> EmailMessage:
    """Write a message; raises ValueError for what cannot stand in a header.

    ``sender`` and ``reply_to`` are ``Name <address>`` or an address, ``to`` is an address, ``at`` is microseconds.
    ``headers`` are further ones in printable ASCII, each named ``List-…`` or ``X-…``.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = parse_mailbox(sender)
    message["To"] = _parse_address("", to)
    if reply_to:
        message["Reply-To"] = parse_mailbox(reply_to)
    message["Subject"] = _require_visible("the subject", subject)
    message["Date"] = make_datetime(at).replace(microsecond=0)
    message["Message-ID"] = _require_match(_MESSAGE_ID, "the message id", message_id)
    message["Auto-Submitted"] = "auto-generated"
    for name, value in headers.items():
        message[_require_match(_EXTRA_NAME, "the name of a header", name)] = _require_machine_text(name, value)
    message.set_content(_require_visible("the text", text, lines=True))
    message["Content-Language"] = _require_match(_LANGUAGE, "the language", language)
    return message


def write_message(message: EmailMessage) -> bytes:
    """Write a message with CR LF, in ASCII unless the address it goes to is not (RFC 6532)."""
    return message.as_bytes(policy=_POLICY.clone(utf8=not message["To"].isascii()))


def write_addr_spec(address: Address) -> str:
    """Write an address as mail servers take it (RFC 5321): quoted where dots stand in a row or at an end."""
    if all(address.username.split(".")):
        return address.addr_spec
    return f'"{address.username}"@{address.domain}'


def parse_mailbox(text: str) -> Address:
    """Read ``Name <address>`` or an address in ASCII; raises ValueError where it is neither."""
    found = _MAILBOX.fullmatch(text)
    if found is None or not (found["inside"] or found["bare"]).isascii():
        raise ValueError("expected an address in ASCII, perhaps in angle brackets behind a name")
    name = found["name"] or ""
    return _parse_address(_require_visible("the name", name) if name else "", found["inside"] or found["bare"])


def _parse_address(name: str, text: str) -> Address:
    found = _ADDRESS.fullmatch(text)
    if found is None or not text.isprintable() or len(text.encode()) > MAX_ADDRESS:
        raise ValueError("the mail address is malformed")
    return Address(name, found["local"], found["domain"])


def _require_visible(what: str, text: str, *, lines: bool = False) -> str:
    allowed = "\n\t" if lines else ""
    if not text.strip() or any(unicodedata.category(sign) in _UNPRINTABLE and sign not in allowed for sign in text):
        raise ValueError(f"{what} is empty or holds control characters")
    if "=?" in text and not lines:
        # Mail programs, and the standard library, would decode what follows, line breaks included.
        raise ValueError(f"{what} holds =?, which starts an encoded word (RFC 2047)")
    return text


def _require_machine_text(name: str, value: str) -> str:
    if len(name) + len(": ") + len(value) > MAX_LINE or "=?" in value:
        raise ValueError(f"the header {name} is too long or holds =?")
    return _require_match(_PRINTABLE, f"the header {name}", value)


def _require_match(pattern: re.Pattern[str], what: str, text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{what} is malformed")
    return text
