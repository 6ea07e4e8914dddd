"""Entered text: what somebody typed as an address, without what cannot be seen around it."""

import re
import unicodedata

from consent_service.domain.errors import AddressFault

_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
"""Letters, marks and symbols that leave no trace on the screen; most are Default_Ignorable_Code_Point in Unicode."""
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_REPLACED = re.compile("[\ufff9-\uffff]")
"""What stands for a letter that could not be read, or for no letter at all."""


def trim_entered(text: str, longest: int) -> str:
    """Take blanks and invisible characters off the ends; raises AddressFault for one inside and for what is too long.

    Copying from a document or a chat brings them along, and nobody can see them to take them out.
    """
    entered = text.strip()
    if len(entered) > longest * 2:
        raise AddressFault("too_long", f"more than {longest} characters")
    while entered and _is_unseen(entered[0]):
        entered = entered[1:]
    while entered and _is_unseen(entered[-1]):
        entered = entered[:-1]
    if not entered:
        raise AddressFault("empty", "no address was given")
    if len(entered) > longest:
        raise AddressFault("too_long", f"more than {longest} characters")
    for character in entered:
        shown = character.isprintable() or unicodedata.category(character) == "Zs"
        if not shown or _BLANK.match(character):
            raise AddressFault("invisible_character", f"take out U+{ord(character):04X}, which cannot be seen")
    return entered


def is_misread(text: str) -> bool:
    """Say whether letters were lost or changed because a file was read in another encoding than its own."""
    if text.isascii():
        return False
    if _REPLACED.search(text):
        return True
    try:
        return text.encode("cp1252").decode() != text
    except UnicodeError:
        return False


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or _BLANK.match(character) is not None
