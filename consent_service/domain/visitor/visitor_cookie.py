"""The visitor cookie: what its text says, before anybody believes it."""

import re
from typing import NamedTuple

from consent_service.domain.basics.moment import SECOND

MAX_LENGTH = 512
NO_LETTERS = "-"

_TEXT = re.compile(
    r"v1\.(?P<letters>-|[a-z]{1,26})\.(?P<visitor>[A-Za-z0-9_-]{21}[AQgw])\.(?P<seq>[1-9][0-9]{0,8})"
    r"\.(?P<issued>[1-9][0-9]{8,10})\.(?P<kid>[A-Za-z0-9_-]{43})\.(?P<signature>[A-Za-z0-9_-]{86})",
    re.ASCII,
)


class VisitorCookie(NamedTuple):
    """The signed content: ``letters`` of the allowed purposes, ``issued`` in unix seconds, ``seq`` newest last."""

    letters: str
    visitor: str
    seq: int
    issued: int
    kid: str

    def is_newer(self, seq: int, at: int) -> bool:
        """Say whether it was issued for a later record than the one of this number and time in microseconds."""
        return (self.seq, self.issued) > (seq, at // SECOND)

    def is_issued_since(self, since: int) -> bool:
        """Say whether it may have been issued at a time in microseconds or later; its own is known to the second."""
        return (self.issued + 1) * SECOND > since

    def text(self) -> str:
        """Write the part that is signed."""
        return f"v1.{self.letters or NO_LETTERS}.{self.visitor}.{self.seq}.{self.issued}.{self.kid}"


def parse_visitor_cookie(text: str) -> VisitorCookie | None:
    """Read the text of a cookie, signature unchecked; None for anything but the one exact form.

    Letters must be distinct and in alphabetical order, so that each content has a single text.
    """
    if len(text) > MAX_LENGTH or not (match := _TEXT.fullmatch(text)):
        return None
    letters = "" if match["letters"] == NO_LETTERS else match["letters"]
    if "".join(sorted(set(letters))) != letters:
        return None
    return VisitorCookie(letters, match["visitor"], int(match["seq"]), int(match["issued"]), match["kid"])


def name_cookie(*, secure: bool) -> str:
    """Name the cookie: bound to the host over HTTPS, plain in development and on onion sites."""
    return "__Host-consent" if secure else "consent"


def name_confirm_cookie(*, secure: bool) -> str:
    """Name the cookie that the confirm page is bound to."""
    return f"{name_cookie(secure=secure)}-confirm"


def read_only_value(cookie_header: str | None, name: str) -> str | None:
    """Take a cookie's value from a Cookie header, unless it is absent or stands there twice.

    Names are compared exactly and only spaces and tabs around a pair are dropped, so a name led by another kind
    of space is another name.
    """
    if not cookie_header or name not in cookie_header:
        return None
    pairs = (pair.strip(" \t").partition("=") for pair in cookie_header.split(";"))
    values = [value for key, sign, value in pairs if key == name and sign]
    return values[0] if len(values) == 1 else None
