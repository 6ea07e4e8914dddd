"""Noting denials: each is signed and lies in the journal, on the disk, before the database is told to commit it.

So whatever was answered, and whatever the database knows, the journal knows too, and a repeat that changes nothing
needs no entry. An entry whose commit failed takes away more than was answered, never less.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from consent_service.domain.basics.moment import DAY, write_time
from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.ledger.decision import State
from consent_service.domain.ledger.denial import TYPE, NotedDenial, describe_denial
from consent_service.keys.typed_signing import sign_typed
from consent_service.services.ledger.keeping_denials import (
    FOLDER,
    SUFFIX,
    DenialFault,
    JournalEnd,
    append_lines,
    copy_days,
    find_end,
    list_days,
)
from consent_service.services.ledger.marking_denials import find_mark, guard_beginning, mark_beginning
from consent_service.services.ledger.signing_records import encode_canonical_json
from consent_service.services.resources import Resources

NO = frozenset({State.REFUSED, State.WITHDRAWN})
NEWEST = 2
"""So many days are looked at whenever an entry goes to the second place; all of them when readiness is asked for."""

_log = logging.getLogger(__name__)


def find_denials_folder(resources: Resources) -> Path:
    """Tell where the journal of denials lies."""
    return resources.database.folder / FOLDER


def pick_denied(states: Mapping[str, State]) -> dict[str, str]:
    """Pick the purposes to which somebody said no."""
    return {purpose: str(state) for purpose, state in states.items() if state in NO}


def note_denial(resources: Resources, denial: NotedDenial) -> None:
    """Have a denial in the journal before it is committed; runs inside a write."""
    resources.database.before_commit(FOLDER, partial(_append_denials, resources), denial)


def require_denials_kept(resources: Resources) -> None:
    """Raise StorageUnavailable where a no could not be kept, or the journal is gone that was begun here.

    The second place is brought up to the first.
    """
    second = resources.denials_copy
    folder = find_denials_folder(resources)
    require_journal(resources)
    if not folder.is_dir():
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise StorageUnavailable(f"{folder}: the journal of denials cannot be written")
    try:
        find_end(folder)
        if second:
            copy_days(folder, second)
    except OSError as error:
        told = f"the second place of the journal of denials cannot be written ({error.strerror})"
        raise StorageUnavailable(f"{second}: {told}") from None
    except DenialFault as error:
        raise StorageUnavailable(str(error)) from None


def require_journal(resources: Resources) -> None:
    """Raise StorageUnavailable, with what to do, where the journal that was begun in this home is gone."""
    try:
        guard_beginning(find_denials_folder(resources))
    except DenialFault as error:
        raise StorageUnavailable(str(error)) from None
    except OSError as error:
        raise StorageUnavailable(
            f"{error.filename}: the journal of denials cannot be read ({error.strerror})"
        ) from None


def prune_denials(resources: Resources) -> int:
    """Drop the days of the journal that are older than any backup that is kept; return how many those were."""
    oldest = f"{write_time(resources.clock() - resources.backup_days * DAY)[:10]}{SUFFIX}"
    places = [place for place in (resources.denials_copy, find_denials_folder(resources)) if place]
    old = [file for place in places for file in list_days(place)[:-1] if file.name < oldest]
    folder = find_denials_folder(resources)
    if any(file.parent == folder for file in old) and find_mark(folder).exists():
        mark_beginning(folder, [file for file in list_days(folder) if file not in old])
    for file in old:
        file.unlink(missing_ok=True)
    return len({file.name for file in old})


def _find_lost(resources: Resources) -> JournalEnd | None:
    """Tell where a journal ended that was begun here and is gone, as far as its second place knows."""
    folder, second = find_denials_folder(resources), resources.denials_copy
    if list_days(folder) or not find_mark(folder).exists():
        return None
    _log.error("the journal of denials is gone and is begun anew", extra={"cause": str(folder)})
    return find_end(second) if second and second.is_dir() else JournalEnd()


def _append_denials(resources: Resources, denials: Sequence[NotedDenial]) -> None:
    folder, key = find_denials_folder(resources), resources.keys.current

    def write_line(denial: NotedDenial, previous: str) -> bytes:
        return sign_typed(key, TYPE, encode_canonical_json(describe_denial(denial, previous)))

    try:
        begun = append_lines(folder, write_time(resources.clock())[:10], denials, write_line, _find_lost(resources))
        if begun and not find_mark(folder).exists():
            mark_beginning(folder, list_days(folder))
    except OSError as error:
        raise StorageUnavailable(f"{folder}: the journal of denials cannot be written ({error.strerror})") from None
    except DenialFault as error:
        raise StorageUnavailable(str(error)) from None
    if resources.denials_copy:
        try:
            copy_days(folder, resources.denials_copy, NEWEST)
        except (OSError, DenialFault) as error:
            # A no must not fail for it. Readiness tells of it, and what is missing follows when the place is back.
            _log.error("the second place of the journal of denials was not written", extra={"cause": str(error)})
