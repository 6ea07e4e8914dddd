"""Request bodies, taken in whole on the event loop before any thread is asked for, within bounds of size and time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import IO, Any

from consent_service.keys.sealed_spool import SealedSpool

Receive = Callable[[], Awaitable[dict[str, Any]]]
Spool = Callable[[Callable[[], None]], Awaitable[None]]
"""Runs something that waits for the disk, off the loop."""

IN_MEMORY = 65_536
PIECE = 262_144
PATIENCE_SECONDS = 10.0
"""For a body of any size; what is longer gets a second more for each of these bytes."""
LEAST_BYTES_PER_SECOND = 8_192


class BodyTooSlow(Exception):
    """The body did not come within its time."""


class BodyCutOff(Exception):
    """The body ends before its end: its client has gone, or its chunks are none."""


class BodyTaken:
    """A body as it lies there: its length, and a file to read it from; ``whole`` is False where it was too long."""

    def __init__(self, file: IO[bytes], length: int, *, whole: bool) -> None:
        self.file = file
        self.length = length
        self.whole = whole


class BodyReader:
    """Takes in one body; small ones stay in memory, longer ones lie sealed in a file without a name."""

    def __init__(self, folder: Path, spool: Spool) -> None:
        self._folder = folder
        self._spool = spool

    async def read(self, receive: Receive, longest: int, may_spool: Callable[[], bool]) -> BodyTaken:
        """Take in a body of at most so many bytes; raises BodyTooSlow, BodyCutOff and StorageUnavailable.

        One that is longer is not read to its end: it comes back as not whole, with a length beyond the bound. So does
        one that would have to lie on the disk and may not; ``may_spool`` is asked once, and only about such a one.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        pieces, waiting, length = [], 0, 0
        spool: SealedSpool | None = None
        try:
            while True:
                message = await _receive(receive, deadline + length / LEAST_BYTES_PER_SECOND)
                piece = message.get("body", b"")
                length += len(piece)
                if length > longest or (length > IN_MEMORY and spool is None and not may_spool()):
                    return BodyTaken(BytesIO(), length, whole=False)
                pieces.append(piece)
                waiting += len(piece)
                more = message.get("more_body", False)
                if length > IN_MEMORY:
                    spool = spool or SealedSpool(self._folder)
                if spool is not None and (waiting >= PIECE or not more):
                    await self._spool(_write(spool, b"".join(pieces)))
                    pieces, waiting = [], 0
                if not more:
                    break
            if spool is None:
                return BodyTaken(BytesIO(b"".join(pieces)), length, whole=True)
            taken = BodyTaken(BufferedReader(spool.rewind(), PIECE), length, whole=True)
            spool = None
            return taken
        finally:
            if spool is not None:
                spool.close()


async def _receive(receive: Receive, deadline: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout_at(deadline):
            message = await receive()
    except TimeoutError:
        raise BodyTooSlow from None
    if message["type"] == "http.disconnect":
        raise BodyCutOff
    return message


def _write(spool: SealedSpool, content: bytes) -> Callable[[], None]:
    return lambda: spool.append(content)


@contextmanager
def close_at_end(body: BodyTaken | None) -> Iterator[None]:
    """Close the file of a body when the block is left."""
    try:
        yield
    finally:
        if body is not None:
            body.file.close()
