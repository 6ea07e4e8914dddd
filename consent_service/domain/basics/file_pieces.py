"""Reading a file in pieces, so that one of any size needs little memory."""

from collections.abc import Iterator
from typing import IO

PIECE = 65_536
"""The most bytes of a piece."""


def read_pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Read a file piece by piece to its end."""
    while piece := file.read(PIECE):
        yield piece
