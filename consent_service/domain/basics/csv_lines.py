"""The physical lines of a CSV stream, in bounded memory and with a way to take lines back."""

from collections import deque
from collections.abc import Iterable, Iterator

MAX_LINE = 65_536
"""Most bytes of one row, its line ends included."""

Line = str | None
"""A line with its end, or None for one that is longer than a whole row may be."""


class RowTooLong(Exception):
    """The row that is being read has grown past its limit."""


def split_lines(chunks: Iterable[bytes]) -> Iterator[Line]:
    """Split a stream into lines, whichever line ends it has; bytes that are not UTF-8 become U+FFFD."""
    rest = b""
    overlong = False
    for chunk in chunks:
        pieces = (rest + chunk).splitlines(keepends=True)
        # A carriage return at the end may be half of a line end, so it waits for the next chunk.
        rest = b"" if not pieces or pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            yield None if overlong else _decode_line(piece)
            overlong = False
        if len(rest) > MAX_LINE:
            overlong, rest = True, rest[-1:]
    if overlong or rest:
        yield None if overlong else _decode_line(rest)


def _decode_line(piece: bytes) -> Line:
    return piece.decode(errors="replace") if len(piece) <= MAX_LINE else None


class RowLines:
    """Hands out lines to a parser, row by row, and takes back those of a row that turned out to be none."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self._row: list[Line] = []
        self._size = 0
        self._number = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Hand out the next line of the present row; raises TooLong where that makes the row too long."""
        line = self._again.popleft() if self._again else next(self._lines)
        self._row.append(line)
        if line is None:
            raise RowTooLong
        self._size += len(line.encode()) if not line.isascii() else len(line)
        if self._size > MAX_LINE:
            raise RowTooLong
        return line

    @property
    def number(self) -> int:
        """The number of the line on which the present row begins, from 1."""
        return self._number

    def finish_row(self) -> None:
        """Begin a new row after the lines handed out so far."""
        self._number += len(self._row)
        self._row.clear()
        self._size = 0

    def pass_to(self, number: int) -> None:
        """Pass over whole lines until the one of this number is next, or none is left; before a row begins."""
        while self._number < number and (self._again or next(self._lines, "") != ""):
            if self._again:
                self._again.popleft()
            self._number += 1

    def give_up_row(self) -> None:
        """Drop the first line of the present row alone, and hand out its other lines once more."""
        self._again.extendleft(reversed(self._row[1:]))
        del self._row[1:]
        self.finish_row()
