"""Packing a backup: one tar archive, encrypted if wanted, whose last member is a signed list of what lies before it.

Nothing in it is believed before that list was read: an archive that was cut off has none.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, Protocol

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.keys.age_encryption import INTRODUCTION, AgeReader, AgeWriter
from consent_service.keys.typed_signing import sign_typed, verify_typed
from consent_service.private_files import open_private
from consent_service.services.backup.describing_backups import BackupFault

LIST, LIST_TYPE = "contents.jws", "consent-backup+jwt"
MANIFEST, DATABASE, KEYS = "manifest.json", "consent.sqlite3", "keys/"
PIECE = 1_048_576
MOST_SMALL = 1_048_576
"""No member but the database is longer than this."""
NAME = re.compile(r"manifest\.json|consent\.sqlite3|contents\.jws|keys/[A-Za-z0-9][A-Za-z0-9._-]*")


class Writes(Protocol):
    """Whatever bytes can be written to."""

    def write(self, content: bytes, /) -> int:
        """Write bytes."""
        ...


class Packer:
    """Writes member after member, and at last the list of them."""

    def __init__(self, stream: Writes) -> None:
        self._archive = tarfile.open(fileobj=stream, mode="w|", format=tarfile.GNU_FORMAT)  # type: ignore[call-overload]  # noqa: SIM115
        self._digests: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        """Add a short member."""
        self._add(name, io.BytesIO(content), len(content), lambda _: None)

    def add_file(self, name: str, file: Path, say: Callable[[int], None]) -> None:
        """Add a file; ``say`` is told how many bytes are done."""
        with file.open("rb") as stream:
            self._add(name, stream, file.stat().st_size, say)

    def finish(self, key: tuple[str, bytes]) -> None:
        """Sign the list of what was added, and end the archive."""
        self.add(LIST, sign_typed(key, LIST_TYPE, write_canonical_json(self._digests)))
        self._archive.close()

    def _add(self, name: str, stream: BinaryIO, size: int, say: Callable[[int], None]) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        watched = _Watched(stream, say)
        self._archive.addfile(member, watched)
        self._digests[name] = watched.digest.hexdigest()


class _Watched:
    """Digests what is read through it."""

    def __init__(self, stream: IO[bytes], say: Callable[[int], None]) -> None:
        self._stream, self._say, self._done, self.digest = stream, say, 0, hashlib.sha256()

    def read(self, most: int = -1) -> bytes:
        """Read and digest bytes."""
        piece = self._stream.read(most)
        self.digest.update(piece)
        self._done += len(piece)
        self._say(self._done)
        return piece


class Unpacked(NamedTuple):
    """What was in a backup: short members by their name, the digests of all, and the signed list of them."""

    small: Mapping[str, bytes]
    digests: Mapping[str, str]
    signed: bytes


@contextmanager
def open_packed(stream: BinaryIO, recipients: Sequence[bytes]) -> Iterator[Packer]:
    """Pack into a stream, encrypted where there are recipients."""
    if not recipients:
        yield Packer(stream)
        return
    encrypted = AgeWriter(stream, recipients)
    yield Packer(encrypted)
    encrypted.finish()


def unpack(
    stream: BinaryIO, identities: Sequence[bytes], admit: Callable[[bytes], Path], say: Callable[[int], None]
) -> Unpacked:
    """Read a backup to its end; the database goes into the file that ``admit`` names, given the manifest.

    Raises BackupFault for anything that is not a whole backup. Who signed the list is still to be checked.
    """
    small: dict[str, bytes] = {}
    digests: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=_decrypt(stream, identities), mode="r|") as archive:
            for member in archive:
                if not member.isreg() or not NAME.fullmatch(member.name) or member.name in digests:
                    raise BackupFault(f"it holds {member.name[:99]!r}, which no backup does")
                source = _Watched(_open_member(archive, member), say if member.name == DATABASE else lambda _: None)
                if member.name == DATABASE:
                    _require_first(MANIFEST, digests)
                    _write_out(source, admit(small[MANIFEST]))
                elif member.size > MOST_SMALL:
                    raise BackupFault(f"{member.name} in it is too long")
                else:
                    small[member.name] = source.read()
                digests[member.name] = source.digest.hexdigest()
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise BackupFault(f"it is no whole backup: {error}") from None
    _require_first(LIST, digests)
    _require_first(DATABASE, digests)
    digests.pop(LIST)
    return Unpacked(small, digests, small.pop(LIST))


def require_signed(unpacked: Unpacked, public_keys: Mapping[str, bytes]) -> None:
    """Raise BackupFault unless one of these keys signed the list, and the list is of what was there."""
    try:
        listed = json.loads(verify_typed(public_keys, LIST_TYPE, unpacked.signed))
    except ValueError as error:
        raise BackupFault(f"its list of contents is not ours: {error}; is it of another home?") from None
    if listed != unpacked.digests:
        raise BackupFault("what it holds is not what was put into it: it was changed or damaged")


def _open_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    opened = archive.extractfile(member)
    if opened is None:
        raise tarfile.ReadError(f"{member.name} is no file")
    return opened


def _require_first(name: str, digests: Mapping[str, str]) -> None:
    if name not in digests:
        raise BackupFault(f"it is cut off, or no backup of this service: there is no {name} in it")


def _decrypt(stream: BinaryIO, identities: Sequence[bytes]) -> BinaryIO:
    begin = stream.read(len(INTRODUCTION))
    stream.seek(0)
    if begin != INTRODUCTION:
        return stream
    if not identities:
        raise BackupFault("it is encrypted; name the file with the private key: --identity FILE")
    return io.BufferedReader(AgeReader(stream, identities), PIECE)


def _write_out(source: _Watched, file: Path) -> None:
    with open(file, "xb", opener=open_private) as target:
        while piece := source.read(PIECE):
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
