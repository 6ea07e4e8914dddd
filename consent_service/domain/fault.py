"""A fault: something in a site file that must be put right before the site can be served."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

SHOWN = 60
"""How many characters of a value a message repeats."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and where, for example at ``purpose[2].cookie[0].duration``.

    ``relies_on`` names the other places this was judged by: while one of them is faulty itself, this fault
    may be nothing but its echo.
    """

    place: str
    message: str
    relies_on: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def echoes(self, faulty: str) -> bool:
        """Say whether this fault may only be a consequence of a fault at another place."""
        return any(_related(place, faulty) for place in (self.place, *self.relies_on))


def quoted(text: str) -> str:
    """Show a value in a message: escaped, and cut when it is long."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


def place_of(outer: str, key: str) -> str:
    """Name the place of a key within another place; a key that TOML would quote is quoted."""
    inner = key if _BARE_KEY.fullmatch(key) else quoted(key)
    return f"{outer}.{inner}" if outer else inner


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that looks most like this one, as the end of a sentence, or nothing."""
    alike = get_close_matches(name[:SHOWN], list(known), n=1)
    return f"; did you mean {alike[0]}?" if alike else ""


def _related(one: str, other: str) -> bool:
    return one == other or _inside(one, other) or _inside(other, one)


def _inside(place: str, outer: str) -> bool:
    return place.startswith((f"{outer}.", f"{outer}["))
