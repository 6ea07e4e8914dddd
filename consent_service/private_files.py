"""Private files: who owns them and who else may touch them, and how one is made that nobody else can read."""

import os
import pwd
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from consent_service.domain.errors import SettingsFault

READABLE, WRITABLE = 0o077, 0o022
"""What must be off where others may not even read, and where they may not write."""


def require_private(place: Path, found: os.stat_result, forbidden: int = READABLE) -> None:
    """Raise SettingsFault where a file or folder belongs to somebody else, or others may do to it what is forbidden."""
    if found.st_uid != os.geteuid():
        owner, me = _name_user(found.st_uid), _name_user(os.geteuid())
        detail = f"belongs to {owner}, but this runs as {me}; run it as {owner}, or give it away: chown {me} {place}"
        raise SettingsFault(f"{place}: {detail}")
    if found.st_mode & forbidden:
        what = "change" if forbidden == WRITABLE else "read"
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise SettingsFault(f"{place}: other users may {what} this; run: chmod {mode} {place}")


@contextmanager
def write_whole(file: Path) -> Iterator[BinaryIO]:
    """Open a file to write, which appears under its name, readable by its owner alone, only when all of it is there.

    It replaces a file of that name. Raises FileExistsError for a link, a device or anything else of that name, and
    whatever else OSError has for a folder that cannot be written.
    """
    _require_replaceable(file)
    partial = file.with_name(f".{file.name}.{secrets.token_hex(4)}.partial")
    try:
        stream = open(partial, "xb", opener=open_private)  # noqa: SIM115 - closed below
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(file)) from None
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _require_replaceable(file)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def open_private(path: str | Path, flags: int) -> int:
    """Open a file for nobody but its owner where these flags make it, and never one that a link leads to."""
    return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _require_replaceable(file: Path) -> None:
    try:
        found = file.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise FileExistsError(0, "there is a link or something else that is not a plain file", str(file))


def _name_user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
