"""The storage protocol: what every engine does for the named queries, and nothing of how it does it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import peewee

from consent_service.storage.engine.claims import Claim


class Readable(Protocol):
    """Whatever answers a named query: the database as it is now, or a snapshot of it."""

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and fetch all of its rows; raises StorageUnavailable."""
        ...

    def read_fenced(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query on what is in force; raises LeftBehind as ``require_generation`` does, as of the same moment."""
        ...


class Database(Readable, Protocol):
    """Named queries run through ``rows`` and ``change``; every change stands inside ``write``.

    Queries mark the places of their values with question marks and are written in what all engines understand.
    ``name`` is what messages call it, ``folder`` the home folder, where everything lies that is not in the database.
    ``archived`` are the digests of notices that were read from the archive, where they stay for good.
    ``skip_claimed`` stands behind a query whose rows are to be taken, so that of several workers each takes others;
    ``binary`` is the type of octets.

    ``reads_on_loop`` says that reads are so quick that an event loop may make them; ``readers`` and ``writers`` are how
    many threads are worth having in one process. ``begins_whole`` says that a new database does not go through the
    steps of its past.

    A database answers on every thread; each thread has one write at a time, and one that runs inside another is part
    of it.
    """

    name: str
    folder: Path
    archived: frozenset[str]
    skip_claimed: str
    binary: str
    reads_on_loop: bool
    begins_whole: bool
    readers: int
    writers: int

    def stream(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Run a query and hand out its rows one by one, for results of any size; raises LeftBehind."""
        ...

    def snapshot(self) -> AbstractContextManager[Readable]:
        """Keep the present state readable, whatever is written meanwhile; raises LeftBehind."""
        ...

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run a statement inside ``write`` and return the number of rows it changed."""
        ...

    def change_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for every row inside ``write``, without holding the rows in memory."""
        ...

    def write(self, *claims: Claim) -> AbstractContextManager[None]:
        """Hold a write transaction; all of it is durable when the block is left, or none of it is.

        What it reads and nobody else may change meanwhile has to be among its claims. A write inside a write of the
        same thread is part of it and claims nothing that the outer one does not hold.
        """
        ...

    def gather_writes(self) -> AbstractContextManager[None]:
        """Gather short writes of this thread in the block, so that the engine may keep them together.

        One that fails is undone alone. All are durable when the block is left; where they could not be kept, it is left
        by StorageUnavailable, and none was.
        """
        ...

    def before_commit(self, name: str, act: Callable[[list[Any]], None], told: Any) -> None:
        """Have ``act`` called directly before the commit, once, with all told under a name; runs inside ``write``.

        Where it raises, nothing is committed.
        """
        ...

    def alter(self) -> AbstractContextManager[peewee.Database]:
        """Hold everything for a change of the schema, which the migration runner makes through what this hands out."""
        ...

    def has_table(self, name: str) -> bool:
        """Say whether there is a table; raises StorageUnavailable."""
        ...

    def read_without_waiting(self) -> None:
        """Let this thread read alone and wait for nothing, where ``reads_on_loop``: it gets StorageBusy at once."""
        ...

    def require_in_place(self) -> None:
        """Raise StorageUnavailable where the database was taken away under the running service."""
        ...

    def require_generation(self) -> None:
        """Raise LeftBehind where another version has migrated the database, or another epoch has begun since."""
        ...

    def join_epoch(self) -> None:
        """Go on in whatever epoch the next write finds."""
        ...

    def checkpoint(self) -> None:
        """Tidy up what was written, beside readers and writers, where the engine leaves that to us."""
        ...

    def empty_log(self) -> None:
        """Let nothing that was deleted lie around, as far as that is in our hands."""
        ...

    def close_connection(self) -> None:
        """Let go of what this thread holds; its next query takes up anew."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
