"""Restoring: a home that was rebuilt from a backup takes the place of the one that is there, which is kept aside."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from consent_service.domain.basics.moment import write_time
from consent_service.domain.site.site import Site
from consent_service.keys.key_files import list_files, write_secret
from consent_service.services.backup.describing_backups import BackupFault
from consent_service.services.backup.rebuilding_homes import RebuildSource, Rebuilt, rebuild_home
from consent_service.services.backup.taking_backups import Progress
from consent_service.services.ledger import beginning_epochs, keeping_journal
from consent_service.services.ledger.keeping_denials import FOLDER as DENIALS
from consent_service.services.ledger.keeping_denials import flush_folder
from consent_service.services.ledger.marking_denials import find_mark
from consent_service.services.operator.guarding_home import require_own_home
from consent_service.services.operator.preparing_home import hold_home
from consent_service.services.resources import read_system_clock
from consent_service.settings import Settings

WORK = "restoring"
PARTS = ("", "-wal", "-shm")


class Restored(NamedTuple):
    """What a restore came to; ``aside`` is where the database that was there lies now, None where there was none."""

    rebuilt: Rebuilt
    aside: Path | None


def restore_backup(
    settings: Settings, source: RebuildSource, sites: Mapping[str, Site], say: Progress = lambda *_: None
) -> Restored:
    """Put the store of a backup in the place of the one that is there, with every denial since, in a new epoch.

    Until all of it is ready and on the disk nothing of the home is changed; broken off, it is begun again. Raises
    BackupFault while anybody has the database open, and whatever ``rebuild_home`` raises.
    """
    if settings.database_url is not None:
        raise BackupFault("CONSENT_DATABASE_URL: a backup is restored into a file; use the means of the server")
    work = settings.home / WORK
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_own_home(settings)
        with hold_home(settings):
            require_nobody_serves(settings)
            with clear_work(work):
                rebuilt = rebuild_home(settings, work, source, sites, say)
                rebuilt.resources.database.close()
                return Restored(rebuilt, _take_place(settings, rebuilt, source))
    except OSError as error:
        raise BackupFault(f"{error.filename or work}: {error.strerror}; nothing was restored") from None


@contextmanager
def clear_work(work: Path) -> Iterator[None]:
    """Clear away what an earlier try left, and afterwards what this one made."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    try:
        yield
    finally:
        shutil.rmtree(work, ignore_errors=True)


def require_nobody_serves(settings: Settings) -> None:
    """Raise BackupFault where another process has the database open."""
    memory = settings.database.with_name(f"{settings.database.name}-shm")
    if not memory.exists():
        return
    with memory.open("rb+") as stream:
        try:
            # SQLite's users of the log share a lock of this byte for as long as they have it open.
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
        except OSError:
            raise BackupFault(f"{settings.database}: the service or a command has it open; stop it first") from None


def _take_place(settings: Settings, rebuilt: Rebuilt, source: RebuildSource) -> Path | None:
    aside = _move_aside(settings)
    for name in list_files(rebuilt.settings.keys, ""):
        if not (settings.keys / name).exists():
            write_secret(settings.keys / name, (rebuilt.settings.keys / name).read_bytes())
    rebuilt.settings.database.rename(settings.database)
    flush_folder(settings.home)
    for name in (keeping_journal.FOLDER, beginning_epochs.FILE):
        made = rebuilt.settings.home / name
        if made.is_dir():
            shutil.copytree(made, settings.home / name, dirs_exist_ok=True)
        elif made.exists():
            os.replace(made, settings.home / name)  # noqa: PTH105
    places = [place for place in (*source.journals, settings.denials_copy) if place and place.is_dir()]
    if places and not (settings.home / DENIALS).exists():
        shutil.copytree(places[0], settings.home / DENIALS)
    if source.accepts_undone:
        find_mark(settings.home / DENIALS).unlink(missing_ok=True)
    return aside


def _move_aside(settings: Settings) -> Path | None:
    """Move the database away, and its log also where it is all that an earlier try has left."""
    stamp = write_time(read_system_clock())[:19].replace(":", "")
    aside = settings.database.with_name(f"{settings.database.name}.before-{stamp}Z")
    # The database first: without it nothing starts, so its log is never written into what comes.
    for part in PARTS:
        old = settings.database.with_name(f"{settings.database.name}{part}")
        if old.exists():
            old.rename(aside.with_name(f"{aside.name}{part}"))
    return aside if aside.exists() else None
