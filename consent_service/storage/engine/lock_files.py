"""Locks on files: taken where they are free, and never waited for."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager


def take_lock(descriptor: int, kind: int) -> bool:
    """Lock a file for as long as it is open, or in another way than until now; False where others hold it."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def hold_bytes(descriptor: int, kind: int) -> Iterator[bool]:
    """Lock the content of a file against other processes, beside what ``take_lock`` does; False where they hold it."""
    try:
        fcntl.lockf(descriptor, kind | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        held = False
    else:
        held = True
    try:
        yield held
    finally:
        if held:
            fcntl.lockf(descriptor, fcntl.LOCK_UN)
