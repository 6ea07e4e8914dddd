"""Readiness: can a choice be recorded and a check be answered right now."""

import os

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.identifier import name_visitor
from consent_service.services.ledger.guarding_ledger import require_whole_ledgers
from consent_service.services.ledger.noting_denials import require_denials_kept
from consent_service.services.resources import Resources
from consent_service.storage.engine.migrating import require_current, touch_generation
from consent_service.storage.records import find_last_record
from consent_service.storage.standings import list_standings_on, read_current_statements

NOBODY = name_visitor("", "")
LEAST_FREE_BYTES = 33_554_432
"""With less than this on the disk the next choices may not be kept: half of what the write-ahead log may grow to.

On a disk that is small itself, a twentieth of it.
"""


def check_ready(resources: Resources) -> None:
    """Raise a ConsentError where the database cannot be read or written, lies at another version, or the disk is full.

    Raises StoreBehind where the database is not the one that its checkpoints outside tell of.

    Asks what a check and a choice ask, and asks the file: this thread's connection may go on for long with what it
    holds in memory while the file below it is broken.
    """
    require_current(resources.database)
    _require_room(resources)
    require_whole_ledgers(resources)
    require_denials_kept(resources)
    with resources.database.snapshot() as stored:
        read_current_statements(stored, NOBODY)
        list_standings_on(stored, [NOBODY], "")
    with resources.database.write():
        find_last_record(resources.database, NOBODY)
        touch_generation(resources.database)
        _ = resources.keys.current


def _require_room(resources: Resources) -> None:
    folder = resources.database.folder
    try:
        disk = os.statvfs(folder)
    except OSError as error:
        raise StorageUnavailable(f"{folder}: the home folder cannot be used ({error.strerror})") from None
    if disk.f_bavail * disk.f_frsize < min(LEAST_FREE_BYTES, disk.f_blocks * disk.f_frsize // 20):
        raise StorageUnavailable(f"{folder}: the disk is full; make room on it")
