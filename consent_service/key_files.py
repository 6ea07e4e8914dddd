"""Key files: secrets of one folder, written whole and durably, and refused where other users could read them."""

import os
import secrets
import stat
import time
from pathlib import Path

from consent_service.domain.errors import SettingsFault

SETTLED = 1_000_000_000
"""A folder changed less than one second ago, in nanoseconds, may change again without its time telling."""


def list_files(folder: Path, suffix: str) -> tuple[str, ...]:
    """List the files of a folder with this ending in the order of their names; none where there is no folder."""
    try:
        with os.scandir(folder) as entries:
            return tuple(sorted(entry.name for entry in entries if entry.name.endswith(suffix)))
    except OSError:
        return ()


class FolderWatch:
    """Tells whether files came into a folder or left it, by the time of its last change alone where that is enough."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._settled = 0

    def change(self) -> int | None:
        """Tell when the folder last changed, in nanoseconds and 0 where that cannot be told; None if it rests since."""
        try:
            changed = os.stat(self._folder).st_mtime_ns  # noqa: PTH116 - each request comes by here
        except OSError:
            changed = 0
        return None if changed and changed == self._settled else changed

    def settle(self, change: int) -> None:
        """Take for known what was there after this change, unless it may change again within the same time."""
        self._settled = change if time.time_ns() - change > SETTLED else 0


def write_secret(file: Path, content: bytes) -> None:
    """Write a new file whole or not at all, and durably: what a lost key signed verifies no more.

    Raises FileExistsError where there is such a file already; it is never replaced.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        file.hardlink_to(partial)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_secret(file: Path, length: int) -> bytes:
    """Read a secret of this many bytes; raises SettingsFault where others may read it or it has another length."""
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise SettingsFault(f"{file}: other users may read this key; run: chmod 600 {file}")
    content = file.read_bytes()
    if len(content) != length:
        raise SettingsFault(f"{file}: a key has {length} bytes, this file has {len(content)}; restore it from a backup")
    return content
