"""Columns that nobody mapped and that speak against a yes, so that a no beside it is never passed over."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from consent_service.domain.imports.import_row import ImportRow, ImportStatus
from consent_service.domain.imports.import_time import is_no_time
from consent_service.domain.imports.import_words import (
    COMMON_WORDS,
    FALSE_WORDS,
    PLAIN_REFUSALS,
    find_qualified_refusal,
    normalise_word,
)
from consent_service.domain.imports.watched_names import WatchedName

MAX_WORD = 40
"""In characters; what is longer is no status, and people write much into notes."""
_SPEAKS_NOT = FALSE_WORDS | {
    word
    for word, status in COMMON_WORDS.items()
    if not (status and status.is_no) and status is not ImportStatus.PENDING
}

PLAIN_WORDS = {word: COMMON_WORDS[word] for word in PLAIN_REFUSALS}

TimeReader = Callable[[str], int | None]
"""Reads a cell as a time, or says that it is none."""


class Contradiction(NamedTuple):
    """What another column says against a yes: its name, and the status, or None for what only casts doubt on it."""

    column: str
    status: ImportStatus | None


class WatchedColumns:
    """The columns of a file that no mapping reads, and those with the time of a no, held against each yes."""

    def __init__(self, header: Sequence[str], read: frozenset[int], withdrawn: frozenset[int] = frozenset()) -> None:
        names = {place: WatchedName(name) for place, name in enumerate(header) if place not in read}
        self._header = header
        self._withdrawn = sorted(withdrawn)
        self._names = list(names.items())

    def find_contradiction(self, row: ImportRow, cells: Sequence[str], read_time: TimeReader) -> Contradiction | None:
        """Find what speaks against a yes, a no before a doubt; a no that is dated before the yes is over."""
        found = list(self._list_contradictions(row, cells, read_time))
        return next((one for one in found if one.status), found[0] if found else None)

    def _list_contradictions(
        self, row: ImportRow, cells: Sequence[str], read_time: TimeReader
    ) -> Iterator[Contradiction]:
        for place in self._withdrawn:
            if _is_refusal(cells[place], row, read_time):
                yield Contradiction(self._header[place], ImportStatus.WITHDRAWN)
        for place, name in self._names:
            text = cells[place].strip()
            if not text or not name.concerns(row.channel):
                continue
            if name.refusals and _is_refusal(text, row, read_time):
                yield Contradiction(self._header[place], name.refusals[0])
            elif len(text) <= MAX_WORD:
                yield from self._judge_word(place, text, row, name)

    def _judge_word(self, place: int, text: str, row: ImportRow, name: WatchedName) -> Iterator[Contradiction]:
        word = normalise_word(text)
        words = COMMON_WORDS if name.status or name.answer else PLAIN_WORDS
        if word not in words and (refusal := find_qualified_refusal(text, words)):
            yield Contradiction(self._header[place], refusal)
        elif word in PLAIN_REFUSALS or ((name.status or name.answer) and word in COMMON_WORDS):
            status = COMMON_WORDS[word]
            if status not in (row.status, ImportStatus.GRANTED):
                yield Contradiction(self._header[place], status if status and status.is_no else None)
        elif name.answer and word in FALSE_WORDS:
            yield Contradiction(self._header[place], None)


def _is_refusal(cell: str, row: ImportRow, read_time: TimeReader) -> bool:
    """Say whether a cell of a column for a no tells of one that is not over; a link tells of none."""
    text = cell.strip().lstrip("<")
    if is_no_time(text) or text.startswith(("http:", "https:", "mailto:")) or normalise_word(text) in _SPEAKS_NOT:
        return False
    at = read_time(text)
    return at is None or row.at is None or at >= row.at
