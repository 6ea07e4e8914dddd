"""The files of the journal of denials: a file a day, a signed line an entry, each naming the digest of the one before.

Lines are only ever appended, and are on the disk when that returns. A line that a loss of power cut off was
never answered, for the journal is written before the database; the next one takes its place.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from itsdangerous.encoding import base64_encode

from consent_service.domain.errors import ConsentError
from consent_service.keys.key_files import list_files
from consent_service.private_files import open_private

FOLDER = "denials"
SUFFIX = ".jws"
TAIL = 65_536
"""No line is longer than this."""

Told = TypeVar("Told")


class DenialFault(ConsentError):
    """The journal of denials cannot be believed: a part of it is missing, changed, or of another home."""


class JournalEnd(NamedTuple):
    """A place between two lines: the file it lies in, at which byte, and the digest of the line before; or nowhere."""

    file: str = ""
    size: int = 0
    digest: str = ""


def digest_line(line: bytes) -> str:
    """Digest a line, by which the next one names it."""
    return base64_encode(hashlib.sha256(line).digest()[:16]).decode()


def list_days(folder: Path) -> list[Path]:
    """List the files of a journal, oldest first; none where there is no folder."""
    return [folder / name for name in list_files(folder, SUFFIX)]


def find_end(folder: Path) -> JournalEnd:
    """Tell where the next line goes."""
    return _find_end(list_days(folder))


def _find_end(days: Sequence[Path]) -> JournalEnd:
    for file in reversed(days):
        size, line = _read_last_line(file)
        if size:
            return JournalEnd(file.name, size, digest_line(line))
    return JournalEnd()


def append_lines(
    folder: Path, day: str, told: Sequence[Told], write_line: Callable[[Told, str], bytes], lost: JournalEnd | None
) -> bool:
    """Append a line for each of what was told; ``write_line`` is given the digest of the line before.

    A clock that went back never puts a line before an older one. ``lost`` is where a journal ended that was begun here
    and is gone: another follows it, in a file that can lie beside those which are put back. Says whether a file was
    begun. Raises OSError, and then nothing was appended.
    """
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
    with _hold_folder(folder):
        days = list_days(folder)
        end = _find_end(days)
        if not days and lost is not None:
            end = JournalEnd(digest=lost.digest)
            day = f"{max(day, lost.file.removesuffix(SUFFIX))}b"
        lines, digest = [], end.digest
        for one in told:
            line = write_line(one, digest)
            digest = digest_line(line)
            lines.append(line + b"\n")
        file = max([folder / f"{day}{SUFFIX}", *days[-1:]])
        new = file not in days[-1:]
        _write_behind(file, end.size if file.name == end.file else 0, b"".join(lines))
        if new:
            flush_folder(folder)
            flush_folder(folder.parent)
        return new


def copy_days(folder: Path, second: Path, most: int | None = None) -> None:
    """Bring the newest days in a second place up to what the first holds, or all of them.

    Raises OSError where that place cannot be written, and DenialFault where it holds what the first does not.
    """
    with _hold_folder(folder):
        for file in list_days(folder)[-(most or 0) :]:
            _copy_missing(file, second / file.name)


def flush_folder(folder: Path) -> None:
    """Make what stands in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_behind(file: Path, size: int, content: bytes) -> None:
    with os.fdopen(open_private(file, os.O_RDWR | os.O_CREAT), "rb+", buffering=0) as stream:
        stream.seek(size)
        try:
            stream.truncate(size)
            left = memoryview(content)
            while left:
                left = left[stream.write(left) :]
            os.fdatasync(stream.fileno())
        except OSError:
            with suppress(OSError):
                stream.truncate(size)
            raise


def _read_last_line(file: Path) -> tuple[int, bytes]:
    """Read the last whole line of a file, and tell where it ends; 0 where there is none."""
    with file.open("rb", buffering=0) as stream:
        length = os.fstat(stream.fileno()).st_size
        start = max(0, length - 2 * TAIL)
        whole, newline, _ = os.pread(stream.fileno(), length - start, start).rpartition(b"\n")
    if start and not newline:
        raise DenialFault(f"{file}: is no journal of denials; move it away, or put it back from its second place")
    return (start + len(whole) + 1, whole.rpartition(b"\n")[2]) if newline else (0, b"")


def _copy_missing(source: Path, target: Path) -> None:
    new = not target.exists()
    kept, line = (0, b"") if new else _read_last_line(target)
    size, _ = _read_last_line(source)
    with source.open("rb", buffering=0) as stream:
        same = os.pread(stream.fileno(), len(line), max(0, kept - len(line) - 1)) == line
        if kept > size or not same:
            told = "the second place of the journal of denials holds what the first does not"
            raise DenialFault(f"{target}: {told}; is the home an older copy? Restore, and name it with --journal")
        if kept < size:
            _write_behind(target, kept, os.pread(stream.fileno(), size - kept, kept))
    if new:
        flush_folder(target.parent)


@contextmanager
def _hold_folder(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
