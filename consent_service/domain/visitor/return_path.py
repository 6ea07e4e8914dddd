"""Where a visitor may be sent after a choice: the shop itself, or an origin it has listed."""

import re
from urllib.parse import quote, unquote

from consent_service.domain.visitor.form_origin import matches_origin, normalise_origin

MAX_LENGTH = 2048

_ABSOLUTE = re.compile(r"(?P<origin>https?://[^/?#]+)(?P<rest>.*)", re.IGNORECASE)
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_ENCODED_CONTROL = re.compile(r"%(?:[01][0-9a-f]|7f)", re.IGNORECASE)
_KEPT = "%/?:@!$&()*+,;=-._~"
"""What stands in a Location header as it is; a percent sign stays, so nothing is encoded twice."""


def check_return(value: str | None, *, own_origin: str, trusted_origins: frozenset[str]) -> str | None:
    """Return where to go in visible ASCII, fit for a Location header, or None where the value is not safe.

    A path stays a path, a URL on ``own_origin`` becomes one, and a URL on a trusted origin stays absolute.
    The fragment is dropped. A value is refused as a whole and never repaired, apart from percent-encoding.
    """
    if not value or len(value) > MAX_LENGTH or not value.isprintable() or "\\" in value:
        return None
    target, base = value.partition("#")[0], ""
    if not target.startswith("/"):
        match = _ABSOLUTE.fullmatch(target)
        origin = normalise_origin(match["origin"]) if match else None
        if match is None or origin is None:
            return None
        target = match["rest"] if match["rest"].startswith("/") else f"/{match['rest']}"
        if not matches_origin(own_origin, origin):
            if not any(matches_origin(pattern, origin) for pattern in trusted_origins):
                return None
            base = origin
    result = base + quote(target, safe=_KEPT)
    return result if _is_plain(target) and len(result) <= MAX_LENGTH else None


def _is_plain(target: str) -> bool:
    # Proxies on the way may decode or tidy a path once, so it must not start a network path even then.
    path = target.partition("?")[0]
    tidy = not unquote(path).startswith(("//", "/\\")) and not _DOT_SEGMENT.search(path)
    return tidy and not _ENCODED_CONTROL.search(target)
