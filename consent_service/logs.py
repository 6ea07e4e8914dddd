"""Logs: one JSON object a line, without addresses of people, tokens, keys or network addresses."""

import json
import logging
import re
import sys
import traceback
from ipaddress import ip_address

from consent_service.domain.basics.moment import write_time
from consent_service.domain.basics.payment_data import mask_card_numbers

REDACTED = "[redacted]"
_NONE_OF = r"\s\x00-\x1f\"'(),/:;<=>?@\[\\\]&|{}\uff20\ufe6b"
_MAILBOX = (
    rf"(?:[^{_NONE_OF}]{{1,64}}(?:'[^{_NONE_OF}]{{1,64}}){{0,3}}|\"(?:\\.|[^\"\\\n]){{1,128}}\")"
    rf"(?:@|%(?:25){{0,3}}40|\\u0040|\uff20|\ufe6b)(?:\[[^\]\s]{{0,64}}\]|[^.{_NONE_OF}]{{1,63}}(?:\.[^.{_NONE_OF}]{{1,63}}){{0,20}})"
)
"""In any script, of which no expression knows all letters and characters: whatever no mailbox has ends one."""
SENSITIVE = re.compile(
    rf"{_MAILBOX}"  # as "anna muster"@localhost too
    r"|(?:\+|%2B)\d(?:[ ().-]{0,2}\d){7,14}"  # telephone numbers
    r"|\bv1\.[a-z-]{1,26}\.[\w-]{22}\.[\w.-]+"  # visitor cookies
    r"|(?<![\w-])[\w-]{6}\.[\w-]{43}(?![\w-])"  # seals of the confirm page
    r"|(?<=/consent/[acup]/)(?!request\b)[^\s\"'<>?#&]+|(?<=%2Fconsent%2F[acup]%2F)[^\s\"'<>?#&]+"  # links of messages
    r"|(?:(?<![\w-])|(?<=%2B)|(?<=%2b)|(?<==3D))"
    r"(?:(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?:[A-Za-z0-9_-]{32}|[A-Za-z0-9_-]{48})|[A-Za-z2-7]{58})(?![\w-])"
    # what such links say: confirmations, then unsubscribe and preferences, as in an address too
    r"|\bwhsec_[\w+/=-]{16,}"  # secrets of webhooks
    r"|\bcs_[0-9A-Za-z]{16,}"  # API keys
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"  # signed records
    r"|(?<![\w-])[A-Za-z0-9_-]{21}[AQgw](?![\w-])"  # visitor ids
    r"|(?P<network>(?<![\w:])(?=[\dA-Fa-f:]{0,40}::[\dA-Fa-f]|[\dA-Fa-f]{1,4}[\dA-Fa-f:]{0,40}::|(?:[\dA-Fa-f]{1,4}:){6})"
    r"[\dA-Fa-f]{0,4}(?::[\dA-Fa-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?!\w)"  # IPv6, shortened, whole or around IPv4
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b)"  # IPv4
)
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class HostName(str):
    """A host that is served or was asked for: a machine and not a person, so it is told even where it is a number.

    Raises ValueError for what is none.
    """

    __slots__ = ()
    SHAPE = re.compile(r"[a-z0-9.:*_\[\]-]{1,255}")

    def __new__(cls, text: str) -> "HostName":
        """Make one of a text."""
        if not cls.SHAPE.fullmatch(text):
            raise ValueError("a host name has letters, digits, dots and dashes, and maybe a port")
        return super().__new__(cls, text)


class JsonFormatter(logging.Formatter):
    """Writes a log record as JSON and redacts it, whatever was passed in, but for the address we listen at."""

    def __init__(self, own: str = "") -> None:
        super().__init__()
        self._own = own

    def format(self, record: logging.LogRecord) -> str:
        """Serialise one record."""
        entry: dict[str, object] = {
            "at": write_time(int(record.created * 1_000_000)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage(), self._own),
        }
        entry |= {key: self._tell(value) for key, value in vars(record).items() if key not in STANDARD}
        if record.exc_info:
            entry["exception"] = redact("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(entry, ensure_ascii=False)

    def _tell(self, value: object) -> object:
        if isinstance(value, HostName):
            return str(value)
        if isinstance(value, tuple) and all(isinstance(one, HostName) for one in value):
            return list(value)
        return redact(str(value), self._own)


def redact(text: str, own: str = "") -> str:
    """Replace everything that could name or authenticate somebody, and card numbers.

    The address we listen at is nobody's and stays: ``own``, and whatever leads to this machine alone.
    """
    safe = SENSITIVE.sub(lambda found: found[0] if _is_ours(found["network"], own) else REDACTED, text)
    return mask_card_numbers(safe, REDACTED)


def _is_ours(network: str | None, own: str) -> bool:
    if network is None:
        return False
    try:
        address = ip_address(network)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified or network == own


def configure_logs(level: str) -> None:
    """Send every log of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
