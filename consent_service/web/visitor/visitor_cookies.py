"""Visitor cookies: the one we set for a choice, that of the confirm page, and the shop's cookies we expire."""

from functools import lru_cache
from time import time

from werkzeug.http import http_date

from consent_service.domain.site.purpose import Cookie, Party
from consent_service.domain.site.site import Site
from consent_service.domain.site.site_directory import Mount
from consent_service.domain.visitor.cookie_removal import find_removals
from consent_service.domain.visitor.visitor_cookie import name_confirm_cookie, name_cookie

MAX_HEADERS = 4096
"""Proxies commonly keep room for so many bytes of headers, and answer 502 where there are more."""
LATER_HEADERS = 700
"""What the security headers and the server add in the end."""


_http_date = lru_cache(maxsize=64)(http_date)


def write_visitor_cookie(mount: Mount, signed: str, max_age: int) -> str:
    """Write the value of the Set-Cookie header that sets the signed visitor cookie for that many seconds."""
    lifetime = f"Expires={_http_date(int(time()) + max_age)}; Max-Age={max_age}"
    secure = "; Secure" if mount.secure else ""
    return f"{name_cookie(secure=mount.secure)}={signed}; {lifetime}{secure}; HttpOnly; Path=/; SameSite=Lax"


def write_confirm_cookie(mount: Mount, text: str, seconds: int) -> str:
    """Write the value of the Set-Cookie header that binds a confirm page to its browser; 0 seconds take it away."""
    name, secure = name_confirm_cookie(secure=mount.secure), "; Secure" if mount.secure else ""
    return f"{name}={text}; Max-Age={seconds}{secure}; HttpOnly; Path=/; SameSite=Strict"


def list_expired_cookies(
    mount: Mount, allowed: frozenset[str], sent: tuple[str, ...], host: str, taken: int
) -> list[str]:
    """List the Set-Cookie values that expire the registered first-party cookies of every purpose that is not allowed.

    Those only that the browser sent, and as many as fit beside the bytes that the headers have ``taken`` already.
    """
    refused, kept = _split(mount.site, allowed)
    room = MAX_HEADERS - LATER_HEADERS - taken
    return [removal.set_cookie(secure=mount.secure) for removal in find_removals(refused, kept, sent, host, room)]


def _split(site: Site, allowed: frozenset[str]) -> tuple[list[Cookie], list[Cookie]]:
    refused: list[Cookie] = []
    kept: list[Cookie] = []
    for purpose in site.purposes:
        first_party = [cookie for cookie in purpose.cookies if cookie.party is Party.FIRST]
        (refused if purpose.asked and purpose.key not in allowed else kept).extend(first_party)
    return refused, kept
