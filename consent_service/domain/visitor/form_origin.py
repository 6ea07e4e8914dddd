"""Where an unsafe request came from, and whether that is reason enough to act on it."""

import re
from enum import StrEnum

from consent_service.domain.basics.web_origin import DEFAULT_PORTS, parse_origin

ANY_PORT = ":*"

_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::(?P<port>[1-9][0-9]{0,4}))?"
)
_ABSOLUTE = re.compile(r"(?P<origin>https?://[^/?#]+)(?:[/?#][!-~]*)?", re.IGNORECASE)


class OriginVerdict(StrEnum):
    """What may follow: act, restate the choice on our own page, or ask again before granting anything."""

    ACCEPT = "accept"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


def judge_origin(
    *,
    sec_fetch_site: str | None,
    origin: str | None,
    referer: str | None,
    own_origin: str,
    trusted_origins: frozenset[str],
) -> OriginVerdict:
    """Judge a form post by the headers a browser sends about its origin.

    A header that is absent is None. ACCEPT needs a browser's plain word that the form is the site's own or a
    trusted origin's, FOREIGN a word to the contrary; whatever says nothing or makes no sense is UNKNOWN.
    """
    match sec_fetch_site:
        case "same-origin" | "none":
            return OriginVerdict.ACCEPT
        case "same-site" | "cross-site":
            trusted = _is_listed(normalise_origin(origin or ""), trusted_origins)
            return OriginVerdict.ACCEPT if trusted else OriginVerdict.FOREIGN
    sender = normalise_origin(origin) if origin is not None else read_origin(referer or "")
    if sender is None:
        return OriginVerdict.UNKNOWN
    if not _is_listed(sender, trusted_origins | {own_origin}):
        return OriginVerdict.FOREIGN
    return OriginVerdict.ACCEPT if sec_fetch_site is None else OriginVerdict.UNKNOWN


def normalise_origin(text: str) -> str | None:
    """Write an http(s) origin in its one form: lower case, without the default port; None for anything else.

    Anything else includes ``null``, a path, a user name, several values, and hosts that are not ASCII.
    """
    # Lower-casing before the check would turn some other letters, such as the Kelvin sign, into ASCII.
    match = _ORIGIN.fullmatch(text.lower()) if text.isascii() else None
    if match is None:
        return None
    scheme, host, port = match["scheme"], match["host"], match["port"]
    if port is None or int(port) == DEFAULT_PORTS[scheme]:
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}" if int(port) < 65536 else None


def read_origin(url: str) -> str | None:
    """Take the origin of an absolute http(s) URL in visible ASCII; None for anything else."""
    match = _ABSOLUTE.fullmatch(url)
    return normalise_origin(match["origin"]) if match else None


def matches_origin(pattern: str, origin: str) -> bool:
    """Say whether an origin is the one a site file names; a loopback one may end in ``:*`` for any port."""
    candidate = normalise_origin(origin)
    if candidate is None or not pattern.endswith(ANY_PORT):
        return candidate is not None and candidate == normalise_origin(pattern)
    try:
        named = parse_origin(pattern)
    except ValueError:
        return False
    usual = f"{named.scheme}://{named.host}"
    return candidate == usual or candidate.startswith(f"{usual}:")


def _is_listed(origin: str | None, patterns: frozenset[str]) -> bool:
    return origin is not None and any(matches_origin(pattern, origin) for pattern in patterns)
