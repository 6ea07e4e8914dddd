"""Taking a backup: one file, of one moment, beside the service that goes on."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from consent_service import __version__
from consent_service.domain.basics.moment import write_time
from consent_service.private_files import open_private, write_whole
from consent_service.services.backup.describing_backups import (
    BackupFault,
    BackupManifest,
    digest_keys,
    write_manifest,
)
from consent_service.services.backup.packing_backups import DATABASE, KEYS, MANIFEST, open_packed
from consent_service.services.ledger.keeping_denials import find_end
from consent_service.services.ledger.noting_denials import find_denials_folder
from consent_service.services.resources import Resources
from consent_service.storage.engine.database import Readable
from consent_service.storage.engine.epoch import FIRST_WITH_EPOCH, find_epoch
from consent_service.storage.engine.migrating import find_generation
from consent_service.storage.engine.sqlite_backup import copy_database
from consent_service.storage.records import list_recorded_sites

COPY = "backup.unfinished"
Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def take_backup(
    resources: Resources,
    target: Path,
    *,
    keys: Path,
    recipients: Sequence[bytes] = (),
    with_keys: bool = False,
    say: Progress = lambda *_: None,
) -> BackupManifest:
    """Write a backup of this moment into a file that is not there yet; it appears when all of it is on the disk.

    With ``recipients`` it is encrypted to them, and only then it may hold the private keys in the folder ``keys``.
    Writers go on meanwhile. What an earlier try left unfinished is cleared away.
    """
    if with_keys and not recipients:
        raise BackupFault("private keys only go into an encrypted backup: name whom to encrypt it to with --recipient")
    if target.exists():
        raise BackupFault(f"{target}: is there already; a backup never replaces another")
    for left in target.parent.glob(f".{target.name}.*.partial"):
        left.unlink()
    # An empty one says that nothing was denied yet; one that is not there was lost.
    find_denials_folder(resources).mkdir(mode=0o700, exist_ok=True)
    made_at, needed = write_time(resources.clock()), digest_keys(keys)

    def describe(readable: Readable) -> BackupManifest:
        generation = find_generation(readable)
        return BackupManifest(
            made_at=made_at,
            version=__version__,
            generation=generation,
            epoch=find_epoch(readable) if generation >= FIRST_WITH_EPOCH else 0,
            sites=tuple(list_recorded_sites(readable)),
            denials=find_end(find_denials_folder(resources)),
            keys=needed,
            holds_keys=with_keys,
        )

    with _hold_copy(resources.database.folder / COPY) as copy:
        manifest = copy_database(resources.database, copy, describe, partial(say, "copied"))
        size = copy.stat().st_size
        with write_whole(target) as stream, open_packed(stream, recipients) as packer:
            packer.add(MANIFEST, write_manifest(manifest))
            for name in needed if with_keys else ():
                packer.add(f"{KEYS}{name}", (keys / name).read_bytes())
            packer.add_file(DATABASE, copy, lambda done: say("written", done, size))
            packer.finish(resources.keys.current)
    return manifest


@contextmanager
def _hold_copy(file: Path) -> Iterator[Path]:
    """Make the empty file that the database is copied into, for one backup at a time, and clear it away."""
    descriptor = open_private(file, os.O_RDWR | os.O_CREAT)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFault(f"{file}: another backup is being taken") from None
        try:
            os.ftruncate(descriptor, 0)
            yield file
        finally:
            for left in file.parent.glob(f"{file.name}*"):
                left.unlink()
    finally:
        os.close(descriptor)
