"""Visitor cookies: the one cookie we set, and the shop's cookies we expire."""

from flask import Response

from consent_service.domain.cookie_removal import removals
from consent_service.domain.purpose import Cookie, Party
from consent_service.domain.site import Site
from consent_service.domain.site_directory import Mount
from consent_service.domain.visitor_cookie import cookie_name

MAX_HEADERS = 4096
"""Proxies commonly keep room for so many bytes of headers, and answer 502 where there are more."""
LATER_HEADERS = 700
"""What the security headers and the server add in the end."""


def set_visitor_cookie(response: Response, mount: Mount, signed: str, max_age: int) -> None:
    """Set the signed visitor cookie for that many seconds."""
    response.set_cookie(
        cookie_name(secure=mount.secure),
        signed,
        max_age=max_age,
        path="/",
        secure=mount.secure,
        httponly=True,
        samesite="Lax",
    )


def expire_cookies(response: Response, mount: Mount, allowed: frozenset[str], sent: tuple[str, ...], host: str) -> None:
    """Expire the registered first-party cookies of every purpose that is not allowed, where the browser sent them.

    As many as fit beside the headers that the answer has already.
    """
    refused, kept = _split(mount.site, allowed)
    room = MAX_HEADERS - LATER_HEADERS - len(str(response.headers))
    for removal in removals(refused, kept, sent, host, room):
        response.headers.add("Set-Cookie", removal.set_cookie(secure=mount.secure))


def _split(site: Site, allowed: frozenset[str]) -> tuple[list[Cookie], list[Cookie]]:
    refused: list[Cookie] = []
    kept: list[Cookie] = []
    for purpose in site.purposes:
        first_party = [cookie for cookie in purpose.cookies if cookie.party is Party.FIRST]
        (refused if purpose.asked and purpose.key not in allowed else kept).extend(first_party)
    return refused, kept
