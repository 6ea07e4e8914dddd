"""The physical lines of a CSV stream, in bounded memory, and where a row of several lines ends before it is parsed."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import partial
from typing import NamedTuple

MAX_LINE = 65_536
"""Most bytes of one row, its line ends included."""

Line = str | None
"""A line with its end, or None for one that is longer than a whole row may be."""


class RowTooLong(Exception):
    """The row that is being read has grown past its limit."""


class RowBroken(Exception):
    """The quote that the row opens is never closed, or not as it should be."""


def split_lines(chunks: Iterable[bytes]) -> Iterator[Line]:
    """Split a stream into lines, whichever line ends it has; bytes that are not UTF-8 become U+FFFD."""
    begun, held = bytearray(), b""
    for chunk in chunks:
        pieces = (held + chunk).splitlines(keepends=True)
        tail = b"" if not pieces or pieces[-1].endswith(b"\n") else pieces.pop()
        # A carriage return at the end may be half of a line end, so it waits for the next chunk.
        held = b"\r" if tail.endswith(b"\r") else b""
        if begun and pieces:
            yield _decode_line(begun + pieces.pop(0))
            begun.clear()
        yield from map(_decode_line, pieces)
        if len(begun) <= MAX_LINE:
            begun += tail.removesuffix(held)
    begun += held
    if begun:
        yield _decode_line(begun)


def _decode_line(piece: bytes | bytearray) -> Line:
    return piece.decode(errors="replace") if len(piece) <= MAX_LINE else None


class QuoteState(Enum):
    """What becomes of a quote that is open where a line begins."""

    OPEN = "open"
    CLOSED = "closed"
    BROKEN = "broken"


def judge_quote(line: str, delimiter: str, *, trim: bool = False) -> QuoteState:
    """Say what a line makes of an open quote, as the parser of rows would; ``trim`` lets blanks precede quotes."""
    if '"' not in line:
        return QuoteState.OPEN
    # Only a quote that is still open makes the parser ask for the third piece, which closes it.
    pieces = iter(('"', line, '"'))
    try:
        next(csv.reader(pieces, delimiter=delimiter, skipinitialspace=trim, strict=True))
    except csv.Error:
        return QuoteState.BROKEN
    return QuoteState.CLOSED if next(pieces, None) else QuoteState.OPEN


class LineAhead(NamedTuple):
    """A line behind those that leave a quote open, None at the end of the stream."""

    line: Line
    state: QuoteState


class RowLines:
    """Hands out lines to a parser, row by row, and none behind the first before it knows that the row ends well.

    What a line makes of an open quote does not depend on the row that it belongs to. So each line is judged once,
    however many rows begin in front of it and come to nothing.
    """

    def __init__(self, lines: Iterator[Line], delimiter: str, *, trim: bool = False, number: int = 1) -> None:
        self._lines = lines
        self._judge = partial(judge_quote, delimiter=delimiter, trim=trim)
        self._open: deque[str] = deque()
        self._open_size = 0
        self._ahead: LineAhead | None = None
        self._number = number
        self._taken = 0
        self._first_size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Hand out the next line of the present row; raises RowTooLong or RowBroken where that row is none."""
        if self._taken == 1:
            self._find_end()
        line = self._take()
        self._taken += 1
        if line is None:
            raise RowTooLong
        if self._taken == 1:
            self._first_size = _count_bytes(line)
        return line

    @property
    def number(self) -> int:
        """The number of the line on which the present row begins, from 1."""
        return self._number

    def finish_row(self) -> None:
        """Begin a new row after the lines handed out so far; of a row that is none that is its first alone."""
        self._number += self._taken
        self._taken = 0

    def pass_to(self, number: int) -> None:
        """Pass over whole lines until the one of this number is next, or none is left; before a row begins."""
        while self._number < number:
            try:
                self._take()
            except StopIteration:
                return
            self._number += 1

    def _take(self) -> Line:
        if self._open:
            line = self._open.popleft()
            self._open_size -= _count_bytes(line)
            return line
        ahead, self._ahead = self._ahead, None
        return ahead.line if ahead else next(self._lines)

    def _find_end(self) -> None:
        """Look ahead for the line that closes the quote which the first line left open."""
        while self._first_size + self._open_size <= MAX_LINE:
            if self._ahead is None:
                try:
                    line = next(self._lines)
                except StopIteration:
                    raise RowBroken from None
                state = QuoteState.BROKEN if line is None else self._judge(line)
                if line is not None and state is QuoteState.OPEN:
                    self._open.append(line)
                    self._open_size += _count_bytes(line)
                    continue
                self._ahead = LineAhead(line, state)
            last = self._ahead
            if last.line is None or self._first_size + self._open_size + _count_bytes(last.line) > MAX_LINE:
                raise RowTooLong
            if last.state is QuoteState.BROKEN:
                raise RowBroken
            return
        raise RowTooLong


def _count_bytes(line: str) -> int:
    return len(line) if line.isascii() else len(line.encode())
