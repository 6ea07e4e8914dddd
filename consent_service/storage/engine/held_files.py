"""Held files: a database, its log and the log's index belong to the processes that live with them.

The index tells which part of the log counts. Two processes that work with different ones, because files were removed or
replaced under the first, write over what the other has acknowledged; and whoever closes files that are not there any
more has the engine remove those that are. So each process holds a lock as long as it lives, beside which stands which
files it holds, and keeps one connection open, so that the engine removes none of them. A newcomer compares before it
opens anything. The main file is written only while the log is moved into it, so any other change of it shows.
"""

import fcntl
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from consent_service.domain.errors import StorageUnavailable
from consent_service.private_files import open_private
from consent_service.storage.engine.file_places import (
    NOWHERE,
    Note,
    Place,
    find_place,
    find_places,
    find_stamp,
    load_note,
    save_note,
)
from consent_service.storage.engine.lock_files import hold_bytes, take_lock

Connect = Callable[[], apsw.Connection]
PATIENCE_SECONDS = 2.0
"""Who comes as the last holder ends, and who reads a note of one that has ended, needs another look."""
RETRY_SECONDS = 0.002
GONE = "moved, replaced or removed under the running service; restart it"
OVERWRITTEN = "overwritten under the running service; stop it, and put back the database or delete the -wal and -shm"


class HeldFiles:
    """The files of one database, which a process holds from the first connection on that it opens."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file = f"{database}.held"
        self._lock, self._mover = threading.Lock(), threading.RLock()
        self._keeper: apsw.Connection | None = None
        self._descriptor = -1
        self._process = 0
        self._close: Callable[[], object] = tuple
        self._place: Place = NOWHERE
        self._note = Note((NOWHERE, NOWHERE, NOWHERE), NOWHERE, moving=False)
        self._overwritten = False

    def open(self, connect: Connect) -> apsw.Connection:
        """Open a connection, by what moves no log as it is closed.

        Raises StorageUnavailable where a process lives that holds other files, and where other files stand there now.
        """
        if self._keeper is None:
            self._enter(connect)
        self.require_in_place()
        connection = connect()
        if not self._are_ours():
            connection.close()
            self.require_in_place()
        return connection

    def _enter(self, connect: Connect) -> None:
        with self._lock:
            if find_place(self._database) == NOWHERE:
                raise StorageUnavailable(f"the database cannot be opened: {self._database}: there is no such file")
            deadline = time.monotonic() + PATIENCE_SECONDS
            while self._keeper is None and not self._try_to_enter(connect):
                if time.monotonic() > deadline:
                    told = "another process lives with other files of this name; stop it, or put those files back"
                    raise StorageUnavailable(f"{self._database}: {told}")
                time.sleep(RETRY_SECONDS)

    def require_in_place(self) -> None:
        """Raise StorageUnavailable where other files stand under the names now."""
        if not self._are_ours():
            raise StorageUnavailable(f"{self._database}: {GONE}")

    def require_untouched(self) -> None:
        """Raise StorageUnavailable where somebody has written into the database past the engine."""
        if self._keeper is None or (find_stamp(self._database) == self._note.stamp and not self._overwritten):
            return
        if not self._overwritten and self._differs():
            with self._lock_move(fcntl.LOCK_SH) as still:
                # Nobody moves the log now, and who did meanwhile has said so.
                self._overwritten = still and self._differs()
        if self._overwritten:
            raise StorageUnavailable(f"{self._database}: {OVERWRITTEN}")

    @contextmanager
    def move_log(self, patience: float = 0) -> Iterator[bool]:
        """Hold while the log is moved into the database; False where it may not be, or others are at it.

        Those are waited for so many seconds.
        Raises StorageUnavailable where the database was overwritten, which would not show afterwards.
        """
        deadline = time.monotonic() + patience
        while self._keeper is not None:
            with self._lock_move(fcntl.LOCK_EX) as free:
                if free or time.monotonic() >= deadline:
                    self._overwritten = self._overwritten or (free and self._differs())
                    if self._overwritten:
                        raise StorageUnavailable(f"{self._database}: {OVERWRITTEN}")
                    if free and self._are_ours():
                        self._write_note(moving=True)
                        yield True
                        self._write_note(moving=False)
                    else:
                        yield False
                    return
            time.sleep(RETRY_SECONDS)
        yield False

    def leave(self) -> None:
        """Let go of the files; whoever is the last has the engine move the log, unless these are not the files."""
        # Who is moving the log just now must not find the note closed.
        if not self._mover.acquire(timeout=PATIENCE_SECONDS):
            return
        try:
            self._leave()
        finally:
            self._mover.release()

    def _leave(self) -> None:
        with self._lock:
            keeper, self._keeper = self._keeper, None
            if keeper is None or self._process != os.getpid():
                return
            with self._lock_move(fcntl.LOCK_EX) as free:
                ours = free and self._are_ours() and not self._differs()
                if ours:
                    self._write_note(moving=True)
                    keeper.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
                keeper.close()
                if ours and take_lock(self._descriptor, fcntl.LOCK_EX):
                    os.ftruncate(self._descriptor, 0)
                elif ours:
                    self._write_note(moving=False)
            self._close()
            self._descriptor = -1

    def _try_to_enter(self, connect: Connect) -> bool:
        try:
            descriptor = open_private(self._file, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise StorageUnavailable(f"the database cannot be opened: {self._file}: {error.strerror}") from None
        keeper: apsw.Connection | None = None
        try:
            if take_lock(descriptor, fcntl.LOCK_EX):
                keeper = self._begin(descriptor, connect)
            elif take_lock(descriptor, fcntl.LOCK_SH):
                keeper = self._follow(descriptor, connect)
            found = os.fstat(descriptor)
            self._place = found.st_dev, found.st_ino
            if keeper and self._place == find_place(self._file):
                self._keeper, self._descriptor, self._process = keeper, descriptor, os.getpid()
                self._close = weakref.finalize(self, os.close, descriptor)
                return True
        finally:
            if self._keeper is None:
                os.close(descriptor)
                if keeper:
                    keeper.close()
        return False

    def _begin(self, descriptor: int, connect: Connect) -> apsw.Connection | None:
        """Hold the files as the only one; None where another came in between with others."""
        self._require_own_log(load_note(descriptor))
        keeper = connect()
        self._note = Note(find_places(self._database), find_stamp(self._database), moving=False)
        save_note(descriptor, self._note)
        # The one lock is let go of before the other is taken.
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        noted = load_note(descriptor)
        if noted and noted.files == self._note.files:
            return keeper
        keeper.close()
        return None

    def _follow(self, descriptor: int, connect: Connect) -> apsw.Connection | None:
        """Hold the files beside those who do; None where they are others than those that are there."""
        noted = load_note(descriptor)
        if noted is None or noted.files != find_places(self._database):
            return None
        keeper = connect()
        if noted.files != find_places(self._database):
            keeper.close()
            return None
        self._note = noted
        return keeper

    def _require_own_log(self, before: Note | None) -> None:
        """Raise StorageUnavailable where the log that was left is of a database that was replaced since."""
        if before is None or before.moving or not self._holds_log():
            return
        database, log, _ = find_places(self._database)
        same = database == before.files[0] and find_stamp(self._database) == before.stamp
        if log == before.files[1] and not same:
            told = "put that one back, or delete this and the -shm beside it to go on without what it holds"
            raise StorageUnavailable(f"{self._database}-wal: belongs to a database that was replaced since; {told}")

    def _holds_log(self) -> bool:
        return find_stamp(self._database.with_name(f"{self._database.name}-wal"))[1] > 0

    def _are_ours(self) -> bool:
        return find_places(self._database) == self._note.files and find_place(self._file) == self._place

    def _differs(self) -> bool:
        """Say whether the database was written since the log was moved last, as far as that can be told just now."""
        stamp, noted = find_stamp(self._database), load_note(self._descriptor)
        if self._overwritten:
            return True
        if noted is None or noted.moving or find_place(self._database) != noted.files[0]:
            return False
        self._note = noted._replace(files=self._note.files)
        return noted.stamp != stamp

    def _write_note(self, *, moving: bool) -> None:
        self._note = Note(self._note.files, find_stamp(self._database), moving)
        save_note(self._descriptor, self._note)

    @contextmanager
    def _lock_move(self, kind: int) -> Iterator[bool]:
        if not self._mover.acquire(blocking=False):
            yield False
            return
        try:
            with hold_bytes(self._descriptor, kind) as held:
                yield held
        finally:
            self._mover.release()
