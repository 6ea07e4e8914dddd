"""Links an operator may write: http, https, or a path of the shop's own origin, and nothing that runs."""

import re
from urllib.parse import urlsplit

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\"'<>`{}|^\u2028\u2029]")

_PLACEHOLDERS = frozenset({"example.com", "www.example.com", "example.org", "example.net"})


def is_safe_link(text: str) -> bool:
    """Say whether a link is http(s) without credentials, or a path that starts with one slash."""
    if not text or _FORBIDDEN.search(text):
        return False
    if text.startswith("/"):
        return not text.startswith("//")
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
        )
    except ValueError:
        return False


def leads_nowhere(text: str) -> bool:
    """Say whether a link was left blank, is only the front page, or still names a host made for examples."""
    link = text.strip()
    if not link or link.startswith("#") or link.split("#")[0] in ("", "/"):
        return True
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return True
    return host in _PLACEHOLDERS or host.endswith(".invalid")
