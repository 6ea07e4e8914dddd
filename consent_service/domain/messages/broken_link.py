"""Links as mail programs break them: what came between a token's letters or behind them is no part of any token."""

import re

MAX_LENGTH = 4096
"""So much of a link is looked at; tokens have at most 58 letters."""

_BETWEEN = re.compile(r"=(?=[\s%])|%(?:25)*[0-9a-f]{2}|[^!-~]", re.IGNORECASE)
"""Blanks, line ends, characters that nobody sees, and all these as a program wrote them once more for a link."""
_MAILBOX = re.compile(r"\W*unsub(?:\+|%(?:25)*2b|=2b|\s)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def mend_token(text: str) -> str:
    """Take the token out of the end of a link or address, however that was broken; empty where there is none.

    Whatever is not ASCII is dropped, so bytes may also come as a WSGI server hands them on, one character each.
    """
    start = _MAILBOX.sub("", text[:MAX_LENGTH], count=1) if _MAILBOX.match(text) else text[:MAX_LENGTH]
    found = _TOKEN.search(drop_breaks(start))
    return found[0] if found else ""


def drop_breaks(text: str) -> str:
    """Leave out what mail programs put between the letters of a long word."""
    return _BETWEEN.sub("", text)
