"""Keywords: the few replies to a text message that stop or reopen what its sender may send."""

import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum

MAX_LENGTH = 1600
"""Characters of the longest text message that carriers join; whatever is longer is no keyword."""

_STOP = frozenset(
    {
        # What United States rules and the large carriers name.
        *("stop", "stopall", "stop all", "quit", "end", "revoke", "optout", "opt out", "cancel"),
        *("unsubscribe", "un subscribe", "remove"),
        # What carriers and senders tell people to reply in Canada, German and Spanish speaking countries, China and
        # Arab countries. Marks are dropped before the comparison, so arret also stands for arrêt.
        *("arret", "stopp", "baja", "td", "退订", "退訂", "الغاء"),
    }
)
_REOPEN = frozenset({"start", "unstop"})


class Keyword(StrEnum):
    """What a reply asks for; to reopen lets the sender ask or send again and says yes to nothing by itself."""

    STOP = "stop"
    REOPEN = "reopen"


def write_stop_evidence(purposes: Iterable[str]) -> dict[str, str]:
    """Write down which purposes were on when a stop ended them, because a later reply may reopen those alone."""
    return {"ended": ",".join(purposes)}


def read_stop_evidence(evidence: Mapping[str, str]) -> frozenset[str]:
    """Read which purposes a stop ended."""
    return frozenset(evidence.get("ended", "").split(","))


def read_keyword(text: str) -> Keyword | None:
    """Read a reply that consists of a keyword alone, whatever its case, spaces, punctuation and emoji.

    None for everything else: a sentence that holds a keyword may mean anything, so a person should read it. ``yes``
    and ``no`` answer a question that is not known here.
    """
    words = _split_words(text) if len(text) <= MAX_LENGTH else []
    spelled_out = all(len(word) == 1 for word in words)
    reply = ("" if spelled_out else " ").join(words)
    if reply in _STOP:
        return Keyword.STOP
    return Keyword.REOPEN if reply in _REOPEN else None


def _split_words(text: str) -> list[str]:
    """Split a text into words without marks and case; symbols go first, because some decompose into letters."""
    plain = "".join(" " if unicodedata.category(letter)[0] == "S" else letter for letter in text)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    kept = (letter for letter in folded if unicodedata.category(letter)[0] != "M")
    return "".join(letter if letter.isalnum() else " " for letter in kept).split()
