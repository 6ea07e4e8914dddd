"""Cookie removal: which registered cookies a browser is told to forget after a refusal or a withdrawal."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from consent_service.domain.site.purpose import Cookie, Party
from consent_service.domain.visitor.visitor_cookie import name_cookie

MAX_REMOVALS = 40
MAX_HEADER_BYTES = 3800
"""What removals may take of an answer's headers, where nothing else needs the room."""

CONSENT_COOKIES = frozenset({name_cookie(secure=True), name_cookie(secure=False)})

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ATTRIBUTE = re.compile(r"[!-:<-~]*")


@dataclass(frozen=True, slots=True)
class Removal:
    """One cookie to expire; ``domain`` is empty for a host-only cookie."""

    name: str
    domain: str
    path: str

    def set_cookie(self, *, secure: bool) -> str:
        """Write the value of the Set-Cookie header (RFC 6265) that expires the cookie."""
        domain = f"; Domain={self.domain}" if self.domain else ""
        return f"{self.name}=; Max-Age=0; Path={self.path}{domain}{'; Secure' if secure else ''}"


def find_removals(
    cookies: Iterable[Cookie],
    kept: Collection[Cookie],
    sent_names: Collection[str],
    host: str,
    room: int = MAX_HEADER_BYTES,
) -> tuple[Removal, ...]:
    """List what to expire: the registered first-party cookies that the browser sent and nothing else.

    ``cookies`` belong to the purposes that are now not allowed, ``kept`` to all others: a name that one of
    those lists too stays, and so does the consent cookie. ``host`` may carry a port. At most 40 cookies and
    ``room`` bytes of headers go into one answer: in the order of ``cookies``, then by name, each that still fits.
    The browser sends the rest again, so the next choice removes it.
    """
    names = sorted(set(sent_names))
    chosen: dict[Removal, None] = {}
    size = 0
    for cookie in cookies:
        for removal in _list_removals(cookie, names, _strip_port(host)):
            cost = len(f"Set-Cookie: {removal.set_cookie(secure=True)}\r\n")
            fits = len(chosen) < MAX_REMOVALS and size + cost < room
            if fits and removal not in chosen and _may_go(removal.name, kept):
                chosen[removal] = None
                size += cost
    return tuple(chosen)


def _may_go(name: str, kept: Iterable[Cookie]) -> bool:
    token = _TOKEN.fullmatch(name) is not None
    return token and name not in CONSENT_COOKIES and not any(cookie.matches(name) for cookie in kept)


def _list_removals(cookie: Cookie, names: Iterable[str], host: str) -> list[Removal]:
    domain = cookie.domain.removeprefix(".")
    reachable = not domain or host == domain or host.endswith(f".{domain}")
    writable = _ATTRIBUTE.fullmatch(f"{domain}{cookie.path}")
    if cookie.party is not Party.FIRST or not reachable or not writable:
        return []
    return [Removal(name, domain, cookie.path) for name in names if cookie.matches(name)]


def _strip_port(host: str) -> str:
    return re.sub(r":[0-9]*$", "", host.lower())
