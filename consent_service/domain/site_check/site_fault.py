"""A fault: something in a site file that must be put right before the site can be served."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

SHOWN = 60
"""How many characters of a value a message repeats."""

_STEP = re.compile(r"[.\[]")
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


def drop_echoes(judged: Iterable[Fault], read: Iterable[Fault]) -> list[Fault]:
    """Leave out the faults that may only follow from values that could not be read."""
    faulty = {fault.place for fault in read}
    around = {outer for place in faulty for outer in _list_outer_places(place)}

    def is_echo(place: str) -> bool:
        return place in around or not faulty.isdisjoint(_list_outer_places(place))

    return [fault for fault in judged if not any(map(is_echo, (fault.place, *fault.relies_on)))]


def quote_value(text: str) -> str:
    """Show a value in a message: escaped, and cut when it is long."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


def name_place(outer: str, key: str) -> str:
    """Name the place of a key within another place; a key that TOML would quote is quoted."""
    inner = key if _BARE_KEY.fullmatch(key) else quote_value(key)
    return f"{outer}.{inner}" if outer else inner


def suggest_nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that looks most like this one, as the end of a sentence, or nothing."""
    alike = get_close_matches(name[:SHOWN], list(known), n=1)
    return f"; did you mean {alike[0]}?" if alike else ""


def _list_outer_places(place: str) -> list[str]:
    ends = [found.start() for found in _STEP.finditer(place)]
    return [place[:end] for end in ends if end] + [place]
