"""Link tokens: a link in a message says by itself whom it names and what it ends, and needs no database to be read."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from consent_service.domain.identifier import SUBJECT_KEY
from consent_service.domain.site.purpose import Channel, Purpose
from consent_service.domain.site.site import Site

CONTENT_BYTES = 20
MAC_BYTES = 16
MAX_CODE = 2**19 - 1

_CHANNELS = (None, Channel.EMAIL, Channel.SMS, Channel.WHATSAPP, Channel.PUSH, Channel.PHONE, Channel.POST)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]{48}", re.ASCII)
# The last of 58 characters carries three bits; with the other two at zero, each token has one spelling.
_BASE32 = re.compile(r"[A-Za-z2-7]{57}[AEIMQUYaeimquy4]", re.ASCII)


class LinkKind(StrEnum):
    """What a link opens; an unsubscribe link never raises anything."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    DECLARATION = "declaration"


_KINDS = (
    (LinkKind.UNSUBSCRIBE, False),
    (LinkKind.PREFERENCES, False),
    (LinkKind.UNSUBSCRIBE, True),
    (LinkKind.DECLARATION, False),
)
"""What the two bits of a token stand for: its kind, and whether it is limited."""


class LinkToken(NamedTuple):
    """What a token says: ``subject`` is a subject key, a ``channel`` of None all channels, a code of 0 all purposes.

    A ``limited`` one, made for a key that sees only some purposes, ends the purpose that it names and never more.
    """

    kind: LinkKind
    subject: str
    channel: Channel | None = None
    purpose_code: int = 0
    limited: bool = False


class LinkScope(NamedTuple):
    """What a token covers in the site file of today; ``stops_all`` when that is everything, now and later."""

    purposes: tuple[Purpose, ...]
    stops_all: bool


@lru_cache(maxsize=1024)
def make_purpose_code(key: str) -> int:
    """Shorten a purpose key to the 19 bits that a token has for it: the first of its SHA-256, and never 0."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:3]) >> 5 or 1


def write_token(secrets: Mapping[int, bytes], site: str, token: LinkToken) -> bytes:
    """Write a token of a site as 36 bytes, signed by the newest of the link secrets, the one of the highest number.

    Raises ValueError for a subject key, a code or a number that the layout has no room for, for a limited token that
    names no purpose or opens preferences, and for a declaration that names more than a subject.
    """
    number = max(secrets)
    if token.kind is LinkKind.DECLARATION and (token.channel or token.purpose_code):
        raise ValueError("a declaration is about a person, and about no channel or purpose")
    if token.limited and not (token.purpose_code and token.kind is LinkKind.UNSUBSCRIBE):
        raise ValueError("a limited token ends one named purpose")
    if not 1 <= number <= 7 or not SUBJECT_KEY.fullmatch(token.subject) or not 0 <= token.purpose_code <= MAX_CODE:
        raise ValueError("a token holds a subject key, a code of 19 bits and the number of a secret from 1 to 7")
    numbers = int(token.subject[0]) << 3 | number
    scope = _KINDS.index((token.kind, token.limited)) << 22 | _CHANNELS.index(token.channel) << 19 | token.purpose_code
    subject = base64.urlsafe_b64decode(f"{token.subject[2:]}==")
    content = bytes((numbers,)) + subject + scope.to_bytes(3)
    return content + _compute_mac(secrets[number], site, content)


def write_base64url_token(token: bytes) -> str:
    """Write the 36 bytes for a path: 48 characters."""
    return base64.urlsafe_b64encode(token).decode()


def write_base32_token(token: bytes) -> str:
    """Write the 36 bytes for the local part of a mail address, which may change case on its way: 58 characters."""
    return base64.b32encode(token).decode().rstrip("=").lower()


def read_token(text: str, secrets: Mapping[int, bytes], site: str) -> LinkToken | None:
    """Read a token in either spelling; None unless one of the secrets signed exactly this for exactly this site."""
    token = _decode_text(text)
    if token is None:
        return None
    content, mac = token[:CONTENT_BYTES], token[CONTENT_BYTES:]
    secret = secrets.get(content[0] & 7)
    if secret is None or not hmac.compare_digest(mac, _compute_mac(secret, site, content)):
        return None
    return _parse_content(content)


def resolve_token(token: LinkToken, site: Site) -> LinkScope:
    """Find what a token covers now: its purpose, or its channel once that is gone, or else everything.

    A purpose that has moved to another channel, or that no longer is the person's to decide, counts as gone. A
    token never comes to nothing, however much of the site file has changed since; only a limited one does, which
    covers its purpose alone, by whatever channel that goes now.
    """
    held = site.message_purposes
    if token.limited:
        return LinkScope(_find_named(held, token), stops_all=False)
    channel = tuple(purpose for purpose in held if token.channel in (None, purpose.channel))
    if named := _find_named(channel, token):
        return LinkScope(named, stops_all=False)
    if token.channel and channel:
        return LinkScope(channel, stops_all=False)
    return LinkScope(held, stops_all=True)


def _find_named(purposes: tuple[Purpose, ...], token: LinkToken) -> tuple[Purpose, ...]:
    return tuple(purpose for purpose in purposes if make_purpose_code(purpose.key) == token.purpose_code)


def _compute_mac(secret: bytes, site: str, content: bytes) -> bytes:
    return hmac.digest(secret, b"consent-link\0%b\0%b" % (site.encode(), content), "sha256")[:MAC_BYTES]


def _decode_text(text: str) -> bytes | None:
    if _BASE64URL.fullmatch(text):
        return base64.urlsafe_b64decode(text)
    if _BASE32.fullmatch(text):
        return base64.b32decode(f"{text.upper()}======")
    return None


def _parse_content(content: bytes) -> LinkToken | None:
    """Read signed content; a later version may give meaning to what this one leaves free."""
    version, number = content[0] >> 6, content[0] >> 3 & 7
    scope = int.from_bytes(content[17:])
    kind, channel = scope >> 22, scope >> 19 & 7
    if version or not number or channel >= len(_CHANNELS):
        return None
    subject = base64.urlsafe_b64encode(content[1:17]).decode().rstrip("=")
    (what, limited), code = _KINDS[kind], scope & MAX_CODE
    if (limited and not code) or (what is LinkKind.DECLARATION and (channel or code)):
        return None
    return LinkToken(what, f"{number}.{subject}", _CHANNELS[channel], code, limited)
