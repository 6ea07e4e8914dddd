"""The nearest name: what somebody probably meant who wrote one that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches

MAX_LENGTH = 100
MAX_TOLD = 10


def suggest_name(asked: str, known: Iterable[str]) -> str:
    """Write the known name that is nearest, or else all of them, as the end of a sentence without its full stop."""
    names = sorted(set(known))
    folded = {name.casefold(): name for name in reversed(names)}
    if near := get_close_matches(asked[:MAX_LENGTH].casefold(), folded, n=1):
        return f"; the nearest is {folded[near[0]]!r}"
    if not names:
        return "; there is none"
    more = f" and {len(names) - MAX_TOLD} more" if len(names) > MAX_TOLD else ""
    return f"; there {'are' if len(names) > 1 else 'is'} {', '.join(names[:MAX_TOLD])}{more}"
