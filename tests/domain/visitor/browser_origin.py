"""How a browser understands a Location: a plain model of the URL Standard."""

import re

_SPECIAL = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}


def origin_in_a_browser(reference: str, base: str) -> str:
    """Follow the URL Standard closely enough to say which origin a browser would go to from ``base``."""
    scheme, _, authority = base.partition("://")
    reference = re.sub(r"[\t\n\r]", "", reference.strip("".join(map(chr, range(33)))))
    if found := re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", reference):
        if found[1].lower() not in _SPECIAL:
            return "opaque"
        rest = reference[found.end() :].replace("\\", "/")
        if found[1].lower() != scheme or rest.startswith("//"):
            scheme, authority = found[1].lower(), _authority(rest)
    else:
        slashed = reference.replace("\\", "/")
        if slashed.startswith("//"):
            authority = _authority(slashed)
    host, _, port = authority.partition(":") if not authority.startswith("[") else (authority, "", "")
    return f"{scheme}://{host}" if port in ("", str(_SPECIAL[scheme])) else f"{scheme}://{host}:{port}"


def _authority(rest: str) -> str:
    return re.split(r"[/?#]", rest.lstrip("/"), maxsplit=1)[0].rpartition("@")[2].lower()
