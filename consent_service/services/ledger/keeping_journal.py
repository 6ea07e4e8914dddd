"""The journal of checkpoints: files outside the database, only ever appended to, by which a store is known.

A folder for each site, a file for each day, a line for each checkpoint. Of a day that is over its last line stays.
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

from consent_service.domain.basics.canonical_json import write_canonical_json
from consent_service.domain.basics.moment import read_time, write_time
from consent_service.domain.errors import ConsentError
from consent_service.private_files import open_private, write_whole
from consent_service.services.resources import Resources

FOLDER = "checkpoints"
SUFFIX = ".jsonl"


class JournalFault(ConsentError):
    """The journal of checkpoints cannot be read."""


class JournalEntry(NamedTuple):
    """One checkpoint as it was signed; ``at`` in microseconds is when."""

    at: int
    note: str


def find_journals(resources: Resources) -> dict[str, Path]:
    """Find the journal of every site that has one."""
    folder = resources.database.folder / FOLDER
    if not folder.is_dir():
        return {}
    return {found.name: found for found in sorted(folder.iterdir()) if found.is_dir()}


def read_journal_head(resources: Resources, site: str) -> JournalEntry | None:
    """Read the newest checkpoint of a site's journal; None where there is none.

    A line that was cut off by a loss of power was never a checkpoint. Raises JournalFault for one that was changed.
    """
    for file in reversed(_list_days(_find_folder(resources, site))):
        lines = file.read_bytes().split(b"\n")[:-1]
        if whole := [line for line in lines if line]:
            return _read_line(file, whole[-1])
    return None


def append_to_journal(resources: Resources, site: str, entry: JournalEntry) -> None:
    """Append a checkpoint, which is on the disk when this returns."""
    folder = _find_folder(resources, site)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    days = _list_days(folder)
    # A clock that went back never puts a checkpoint behind an older one.
    file = max([folder / f"{write_time(entry.at)[:10]}{SUFFIX}", *days[-1:]])
    new = not file.exists()
    line = write_canonical_json({"at": write_time(entry.at), "note": entry.note}) + b"\n"
    with os.fdopen(open_private(file, os.O_RDWR | os.O_CREAT | os.O_APPEND), "rb+") as stream:
        stream.write(line if _is_whole(stream.fileno()) else b"\n" + line)
        stream.flush()
        os.fsync(stream.fileno())
    if new:
        _flush_folder(folder)
        if days:
            _shorten_day(days[-1])


def _find_folder(resources: Resources, site: str) -> Path:
    return resources.database.folder / FOLDER / site


def _list_days(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def _is_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return not size or os.pread(descriptor, 1, size - 1) == b"\n"


def _read_line(file: Path, line: bytes) -> JournalEntry:
    try:
        entry = json.loads(line)
        return JournalEntry(read_time(entry["at"]), str(entry["note"]))
    except (ValueError, KeyError, TypeError):
        way_out = "restore the file from a copy, or run: consent-service ledger accept-loss"
        raise JournalFault(f"{file}: its last line is no checkpoint; {way_out}") from None


def _shorten_day(file: Path) -> None:
    whole = [line for line in file.read_bytes().split(b"\n")[:-1] if line]
    if len(whole) > 1:
        with write_whole(file) as stream:
            stream.write(whole[-1] + b"\n")


def _flush_folder(folder: Path) -> None:
    for place in (folder, folder.parent, folder.parent.parent):
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
