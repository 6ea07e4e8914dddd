"""Reading the visitor cookie with the public keys alone."""

from dataclasses import dataclass

from consent_service.client.service_keys import KeySet
from consent_service.domain.visitor.visitor_cookie import (
    VisitorCookie,
    name_cookie,
    parse_visitor_cookie,
    read_only_value,
)
from consent_service.keys.verification import verify

CLOCK_SKEW_SECONDS = 300


@dataclass(frozen=True, slots=True)
class VisitorConsent:
    """What a verified cookie proves: the ``allowed`` purposes as of ``issued``, in unix seconds."""

    visitor: str
    seq: int
    issued: int
    allowed: frozenset[str]


def find_consent_text(cookie_header: str | None, *, secure: bool) -> str | None:
    """Take the visitor cookie's text from a Cookie header; None where it is absent or stands there twice."""
    return read_only_value(cookie_header, name_cookie(secure=secure))


def read_visitor_consent(text: str | None, keys: KeySet, *, now: float) -> VisitorConsent | None:
    """Believe a cookie's text only if one of the keys signed it, nobody else can have, and its choice is still valid.

    ``now`` is in unix seconds. A cookie from more than five minutes ahead is not believed either. Nor is one of a
    compromised key, whatever time it names: that may be as false as the rest.
    """
    cookie = parse_visitor_cookie(text) if text else None
    if text is None or cookie is None or not _is_in_force(cookie, keys, now):
        return None
    public = keys.public.get(cookie.kid)
    if public is None or cookie.kid in keys.compromised or verify(public, text.encode("ascii")) is None:
        return None
    allowed = frozenset(keys.purposes[letter] for letter in cookie.letters if letter in keys.purposes)
    return VisitorConsent(cookie.visitor, cookie.seq, cookie.issued, allowed)


def _is_in_force(cookie: VisitorCookie, keys: KeySet, now: float) -> bool:
    return cookie.issued - CLOCK_SKEW_SECONDS <= now < keys.find_choice_end(cookie.issued)
