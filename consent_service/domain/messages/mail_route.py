"""Mail routes: the SMTP server or the folder that outgoing mail goes to, written as one URL."""

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

from consent_service.domain.basics.web_origin import Origin

SUBMISSION_PORT, TLS_PORT = 587, 465

_PRINTABLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")


class Encryption(StrEnum):
    """How the way to the server is encrypted; wherever it is, the certificate must fit the host."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


_WRITTEN = {
    ("smtp", "starttls=require"): Encryption.STARTTLS,
    ("smtp", "starttls=never"): Encryption.NONE,
    ("smtps", ""): Encryption.TLS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpAddress:
    """A mail server that takes our mail; without ``user`` it takes it without a login."""

    host: str
    port: int
    encryption: Encryption
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder that takes our mail as files, for demos and small set-ups."""

    path: str


MailRoute = SmtpAddress | MailFolder


def parse_mail_route(text: str) -> MailRoute:
    """Read ``smtp://``, ``smtps://`` or ``file:///``; raises ValueError with a reason that gives no secret away."""
    if not _PRINTABLE.fullmatch(text):
        raise ValueError("it is empty or holds something else than printable ASCII, which is to be percent-encoded")
    try:
        parts = urlsplit(text)
        port = parts.port
        if ":" in (parts.hostname or ""):
            ipaddress.IPv6Address(parts.hostname)
    except ValueError:
        raise ValueError("host or port is malformed; signs in user and password are to be percent-encoded") from None
    if parts.fragment or parts.scheme not in {"smtp", "smtps", "file"}:
        raise ValueError("it does not start with smtp://, smtps:// or file:///, or holds a #")
    if parts.scheme == "file":
        return _parse_folder(parts)
    user, password = _parse_credentials(parts)
    host = _parse_host(parts)
    usual_port = TLS_PORT if parts.scheme == "smtps" else SUBMISSION_PORT
    return SmtpAddress(
        host=host,
        port=usual_port if port is None else port,
        encryption=_choose_encryption(parts, host),
        user=user,
        password=password,
    )


def _parse_folder(parts: SplitResult) -> MailFolder:
    path = unquote(parts.path)
    if parts.netloc or parts.query or not path.strip("/") or not path.isprintable():
        raise ValueError("a folder is written as file:/// and its full path")
    return MailFolder(path)


def _parse_credentials(parts: SplitResult) -> tuple[str, str]:
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if "@" in parts.netloc and not (_PRINTABLE.fullmatch(user) and _PRINTABLE.fullmatch(password)):
        raise ValueError("before the @ stand user:password, both in printable ASCII without spaces")
    return user, password


def _parse_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not _HOST.fullmatch(host) or parts.port == 0 or parts.path.strip("/"):
        raise ValueError("after user and password stand a host and perhaps a port, but no path")
    return host


def _choose_encryption(parts: SplitResult, host: str) -> Encryption:
    if (parts.scheme, parts.query) == ("smtp", ""):
        return Encryption.NONE if Origin(parts.scheme, host, None).loopback else Encryption.STARTTLS
    try:
        return _WRITTEN[parts.scheme, parts.query]
    except KeyError:
        raise ValueError(
            "smtp:// takes one parameter, starttls=require or starttls=never; smtps:// takes none"
        ) from None
