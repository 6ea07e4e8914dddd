"""Recipients that name a token: an address of ours in a list of recipients, however a mail program wrote that list."""

import binascii
import re
from collections.abc import Iterator
from functools import lru_cache

from consent_service.domain.messages.broken_link import drop_breaks

# An open quotation goes on to the end, so that a list full of quotation marks is gone through once.
_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)("|\\?\Z)', re.DOTALL)
_QUOTED_SIGN = re.compile(r"\\(.)", re.DOTALL)
_BETWEEN_ADDRESSES = re.compile(r"[,;:]")
_IN_BRACKETS = re.compile(r"<([^<>]*)(?:>|\Z)")
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,60}\?([bq])\?([^?]*)\?=(?:\s+(?==\?))?", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z2-7]{58}", re.ASCII | re.IGNORECASE)


def find_tokens(value: str, host: str) -> Iterator[str]:
    """Find the tokens of addresses at ``host``, in lower case, unverified.

    Names, quotations and comments around an address may hold anything: they count only where there is no other address
    that they stand beside.
    """
    whole = value if "<" in value else _ENCODED_WORD.sub(_decode_word, value)
    for entry in _BETWEEN_ADDRESSES.split(_drop_comments(_QUOTED.sub(_open_quotation, whole))):
        in_brackets = [one for one in _IN_BRACKETS.findall(entry) if "@" in one or "40" in one]
        for address in in_brackets or [entry]:
            for found in _make_pattern(host).finditer(address):
                token = drop_breaks(found[1])
                if _TOKEN.fullmatch(token):
                    yield token.lower()


@lru_cache(maxsize=64)
def _make_pattern(host: str) -> re.Pattern[str]:
    """Make the pattern of our addresses, which stand alone or between blanks and brackets, perhaps folded."""
    name = re.escape(host).replace(r"\.", r"\s*\.\s*")
    return re.compile(
        r"(?<![\w.+=%-])unsub\s*(?:\\?\+|%(?:25)*2b|=2b)([^@]{0,400}?)(?:@|%(?:25)*40|=40)\s*"
        rf"{name}\.?(?=\Z|[\s'\"\])}}>?&|]|[^\x00-\x7f])",
        re.ASCII | re.IGNORECASE,
    )


def _open_quotation(quoted: re.Match[str]) -> str:
    """Take what is in quotation marks for the part before the @, or for an address where no other one follows it."""
    inner = _QUOTED_SIGN.sub(r"\1", quoted[1])
    if not quoted[2].startswith('"'):
        return quoted[1][quoted[1].rindex("<") :] if "<" in quoted[1] else " "
    follows = quoted.string[quoted.end() : quoted.end() + 80].lstrip()[:1]
    return inner if follows in ("@", "", ",", ";") else " "


def _drop_comments(value: str) -> str:
    """Leave out what stands in parentheses, also in nested ones; one that is never closed is no comment."""
    if "(" not in value:
        return value
    starts, kept = [0], [""]
    for piece in re.split(r"([()])", value):
        if piece == "(":
            starts.append(len(kept))
            kept.append(piece)
        elif piece == ")" and len(starts) > 1:
            del kept[starts.pop() :]
            kept.append(" ")
        else:
            kept.append(piece)
    return "".join(kept)


def _decode_word(word: re.Match[str]) -> str:
    """Decode an encoded word as far as it is ASCII, which our addresses are; one that is broken stays as it is."""
    text = word[2].encode("ascii", "replace")
    try:
        found = binascii.a2b_base64(text) if word[1] in "bB" else binascii.a2b_qp(text, header=True)
    except binascii.Error:
        return word[0]
    return found.decode("ascii", "replace")
