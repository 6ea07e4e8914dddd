"""File places: which files stand under the names of a database, by device and number, and whether it was written."""

import os
import struct
from pathlib import Path
from typing import NamedTuple

NOWHERE = 0, 0
_NOTE = struct.Struct(">9Q")

Place = tuple[int, int]
Places = tuple[Place, Place, Place]
Stamp = tuple[int, int]
"""When the database itself was last written, in nanoseconds, and its size."""


class Note(NamedTuple):
    """Which files those who live hold; ``moving`` while the log is moved, and the stamp told nothing."""

    files: Places
    stamp: Stamp
    moving: bool


def load_note(descriptor: int) -> Note | None:
    """Read the note in an open file; None for none."""
    try:
        content = os.pread(descriptor, _NOTE.size + 1, 0)
        one, two, three, four, five, six, written, size, moving = _NOTE.unpack(content)
    except (OSError, struct.error):
        return None
    return Note(((one, two), (three, four), (five, six)), (written, size), bool(moving))


def save_note(descriptor: int, note: Note) -> None:
    """Write a note into an open file in place of the one that is there."""
    database, log, index = note.files
    os.pwrite(descriptor, _NOTE.pack(*database, *log, *index, *note.stamp, note.moving), 0)


def find_places(database: Path) -> Places:
    """Tell which files are the database, its log and the index of the log; zeros for one that is not there."""
    return find_place(database), find_place(f"{database}-wal"), find_place(f"{database}-shm")


def find_place(file: str | Path) -> Place:
    """Tell which file stands under a name; zeros for none."""
    try:
        found = os.stat(file)  # noqa: PTH116 - each write comes by here
    except OSError:
        return NOWHERE
    return found.st_dev, found.st_ino


def find_stamp(database: Path) -> Stamp:
    """Tell when a database was last written and how long it is; zeros for none."""
    try:
        found = os.stat(database)  # noqa: PTH116 - each write comes by here
    except OSError:
        return NOWHERE
    return found.st_mtime_ns, found.st_size
