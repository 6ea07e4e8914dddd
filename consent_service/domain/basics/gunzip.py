"""Unpacking gzip piece by piece, so that a small body which unpacks to a huge one costs no memory."""

import zlib
from collections.abc import Iterable, Iterator

from consent_service.domain.basics.file_pieces import PIECE
from consent_service.domain.errors import ListFault

GZIP = 31
"""The largest window, and a gzip header and trailer around it (zlib's ``wbits``)."""


def gunzip(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Unpack gzip, also where several members stand in a row; raises ListFault.

    Faults are more than ``most`` bytes in all, what is no gzip, and an end in the middle.
    """
    left = most
    unpacker = zlib.decompressobj(GZIP)
    for chunk in chunks:
        rest, more = chunk, True
        while more:
            if unpacker.eof:
                unpacker = zlib.decompressobj(GZIP)
            try:
                piece = unpacker.decompress(rest, PIECE)
            except zlib.error:
                raise ListFault("gzip_broken", "the body is not gzip, or damaged") from None
            left -= len(piece)
            if left < 0:
                raise ListFault("too_large", f"the list unpacks to more than {most} bytes")
            if piece:
                yield piece
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            # A full piece may have left more behind although all of the chunk was taken in.
            more = bool(rest) or (len(piece) == PIECE and not unpacker.eof)
    if not unpacker.eof:
        raise ListFault("gzip_broken", "the body ends in the middle of its gzip stream")
