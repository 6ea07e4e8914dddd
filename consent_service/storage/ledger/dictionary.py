"""The dictionary: each text that many rows share, once, under a number that is made of the text itself.

A number means one text for ever, on every machine and after every undone write, so nobody has to hand numbers out.
Texts are never deleted; what is told of one person alone never stands here.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

from consent_service.storage.engine.database import Database, Readable

REMEMBERED = 1024
"""How many texts of one kind are kept as read; a shop's visitors say only so many different things."""
NUMBER_BYTES = 8
INSERT = "INSERT INTO dictionary (number, text) VALUES (?, ?) ON CONFLICT (number) DO NOTHING"
SELECT = "SELECT text FROM dictionary WHERE number = ?"

Parsed = TypeVar("Parsed")
_KINDS: list["SharedTexts[Any]"] = []


@lru_cache(maxsize=REMEMBERED)
def derive_number(text: str) -> int:
    """Make the number of a text: the first eight bytes of its SHA-256; nobody outside can make texts up freely."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:NUMBER_BYTES], signed=True)


def keep_text(database: Database, text: str) -> int:
    """Keep a text unless it is kept already, and return its number; runs inside a write."""
    number = derive_number(text)
    database.change(INSERT, (number, text))
    return number


class SharedTexts(Generic[Parsed]):
    """Texts of one kind as they were read; ``parse`` raises ValueError or TypeError for a text of another kind."""

    def __init__(self, parse: Callable[[str], Parsed]) -> None:
        self._parse = parse
        self._read: dict[int, Parsed] = {}
        _KINDS.append(self)

    def find(self, readable: Readable, number: int) -> Parsed:
        """Read what stands under a number; raises ValueError or TypeError where that is not what its number says.

        Remembered for good, whoever wrote it and whether or not that was kept: a number can only ever mean one text.
        """
        known = self._read.get(number)
        if known is None:
            rows = readable.rows(SELECT, (number,))
            if not rows or derive_number(rows[0][0]) != number:
                raise ValueError(f"the dictionary has nothing under {number!r}")
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            known = self._read[number] = self._parse(rows[0][0])
        return known

    def forget(self) -> None:
        """Forget what was read, as a process does that starts anew."""
        self._read.clear()


def forget_all_texts() -> None:
    """Forget every text of every kind, to see what the database holds now."""
    for kind in _KINDS:
        kind.forget()
