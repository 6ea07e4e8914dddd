"""Request bodies, taken in whole on the event loop before any thread is asked for, within bounds of size and time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import IO, Any

from consent_service.front.spool_room import SpoolRoom
from consent_service.keys.sealed_spool import SealedSpool

Receive = Callable[[], Awaitable[dict[str, Any]]]
Spool = Callable[[Callable[[], None]], Awaitable[None]]
"""Runs something that waits for the disk, off the loop."""
FindSender = Callable[[], Awaitable[str | None]]
"""Finds the site whose key may send a long body."""

IN_MEMORY = 65_536
PIECE = 262_144
PATIENCE_SECONDS = 10.0
"""For the next piece of a body, and for all of it; what is longer gets a second more for each of these bytes."""
LEAST_BYTES_PER_SECOND = 8_192


class BodyTooSlow(Exception):
    """The body did not come within its time."""


class BodyCutOff(Exception):
    """The body ends before its end: its client has gone, or its chunks are none."""


class BodyTaken:
    """A body as it lies there: its length, and a file to read it from; ``whole`` is False where it was too long."""

    def __init__(
        self, file: IO[bytes], length: int, *, whole: bool, give_back: Callable[[], None] = lambda: None
    ) -> None:
        self.file = file
        self.length = length
        self.whole = whole
        self._give_back = give_back

    def close(self) -> None:
        """Let go of the body and of its room."""
        self.file.close()
        self._give_back()


class BodyReader:
    """Takes in one body; small ones stay in memory, longer ones lie sealed in a file without a name."""

    def __init__(self, folder: Path, spool: Spool, room: SpoolRoom) -> None:
        self._folder = folder
        self._spool = spool
        self._room = room

    async def read(self, receive: Receive, longest: int, find_sender: FindSender) -> BodyTaken:
        """Take in a body of at most so many bytes.

        Raises BodyTooSlow, BodyCutOff, SpoolFull and StorageUnavailable. One that is longer is not read to its end: it
        comes back as not whole, with a length beyond the bound. So does one that would have to lie on the disk where
        nobody who may send it is found; that is asked once, and only about such a one.
        """
        began = asyncio.get_running_loop().time()
        pieces, waiting, length = [], 0, 0
        held: _Held | None = None
        try:
            while True:
                message = await _receive(receive, began + PATIENCE_SECONDS + length / LEAST_BYTES_PER_SECOND)
                piece = message.get("body", b"")
                length += len(piece)
                if length > longest:
                    return BodyTaken(BytesIO(), length, whole=False)
                pieces.append(piece)
                waiting += len(piece)
                more = message.get("more_body", False)
                if length > IN_MEMORY and held is None:
                    if (sender := await find_sender()) is None:
                        return BodyTaken(BytesIO(), length, whole=False)
                    held = _Held(self._folder, self._room, sender)
                if held is not None and (waiting >= PIECE or not more):
                    await self._spool(held.append(b"".join(pieces)))
                    pieces, waiting = [], 0
                if not more:
                    break
            if held is None:
                return BodyTaken(BytesIO(b"".join(pieces)), length, whole=True)
            taken = BodyTaken(BufferedReader(held.spool.rewind(), PIECE), length, whole=True, give_back=held.give_back)
            held = None
            return taken
        finally:
            if held is not None:
                held.spool.close()
                held.give_back()


class _Held:
    """What lies on the disk of one body, and the room it takes."""

    def __init__(self, folder: Path, room: SpoolRoom, sender: str) -> None:
        self.spool = SealedSpool(folder)
        self._room = room
        self._sender = sender
        self._size = 0

    def append(self, content: bytes) -> Callable[[], None]:
        """Take room for some more, and return what writes it; raises SpoolFull."""
        self._room.take(self._sender, len(content))
        self._size += len(content)
        return lambda: self.spool.append(content)

    def give_back(self) -> None:
        """Give the room back, once."""
        self._room.give_back(self._sender, self._size)
        self._size = 0


async def _receive(receive: Receive, deadline: float) -> dict[str, Any]:
    """Wait for the next piece: for a while, and no longer than all of the body may take by now."""
    soon = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    try:
        async with asyncio.timeout_at(min(deadline, soon)):
            message = await receive()
    except TimeoutError:
        raise BodyTooSlow from None
    if message["type"] == "http.disconnect":
        raise BodyCutOff
    return message


@contextmanager
def close_at_end(body: BodyTaken | None) -> Iterator[None]:
    """Let go of a body when the block is left."""
    try:
        yield
    finally:
        if body is not None:
            body.close()
