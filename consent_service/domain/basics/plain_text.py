"""What a text of a site file may hold: plain text, and nothing that a page or a terminal would act on."""

import re
import unicodedata

MAX_LENGTH = 2000
"""The longest text in characters."""

_MARKUP = re.compile(
    r"<(?![a-z0-9_.+-]+@[a-z0-9.-]+>)[a-z/!?]|&(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE
)
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""Characters that turn the direction of everything after them."""
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


def find_text_fault(text: str, *, lines: bool) -> str | None:
    """Say what keeps this from being plain text, or None; ``lines`` allows line breaks."""
    if len(text) > MAX_LENGTH:
        return f"is {len(text)} characters long; the most is {MAX_LENGTH}"
    for character in text:
        if lines and character == "\n":
            continue
        if unicodedata.category(character) in _UNPRINTABLE or character in _OVERRIDES:
            return f"holds the control character U+{ord(character):04X}"
    if found := _MARKUP.search(text):
        return f"holds markup, {found[0]!r}; texts are plain text and are shown as they are written"
    return None


def count_noun(number: int, noun: str) -> str:
    """Write a number and what it counts: 1 record, 2 records."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
