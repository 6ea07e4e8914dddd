"""Key files: secrets of one folder, written whole and durably, and refused where other users could read them."""

import os
import secrets
from pathlib import Path

from consent_service.domain.errors import SettingsFault
from consent_service.private_files import open_private, require_private


def list_files(folder: Path, suffix: str) -> tuple[str, ...]:
    """List the files of a folder with this ending in the order of their names; none where there is no folder."""
    try:
        with os.scandir(folder) as entries:
            return tuple(sorted(entry.name for entry in entries if entry.name.endswith(suffix)))
    except OSError:
        return ()


def write_secret(file: Path, content: bytes) -> None:
    """Write a new file whole or not at all, and durably: what a lost key signed verifies no more.

    Raises FileExistsError where there is such a file already; it is never replaced.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    descriptor = open_private(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
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
    """Read a secret of this many bytes.

    Raises SettingsFault where it belongs to somebody else, others may read it or it has another length.
    """
    # What is a pipe and no file must not hold up the start.
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        require_private(file, os.fstat(stream.fileno()))
        content = stream.read(length + 1) or b""
    if len(content) != length:
        has = "more" if len(content) > length else len(content)
        raise SettingsFault(f"{file}: a key has {length} bytes, this file has {has}; restore it from a backup")
    return content
