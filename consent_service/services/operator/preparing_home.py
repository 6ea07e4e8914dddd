"""Preparing a home folder: keys and database, made or brought up to date before the service starts."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from consent_service.domain.errors import SettingsFault
from consent_service.keys.checkpoint_keys import create_checkpoint_key
from consent_service.keys.key_files import list_files
from consent_service.keys.key_ring import MAKE_OR_NAME, SUFFIX, KeyRing, create_key
from consent_service.keys.secret_ring import create_secrets
from consent_service.private_files import open_private
from consent_service.services.ledger.beginning_epochs import require_home_epoch
from consent_service.services.ledger.guarding_ledger import require_whole_ledgers
from consent_service.services.ledger.noting_denials import require_journal
from consent_service.services.operator.guarding_home import require_no_log, require_own_home, require_whole_home
from consent_service.services.resources import Resources, read_system_clock
from consent_service.settings import Settings
from consent_service.storage.engine.database import Database
from consent_service.storage.engine.migrating import (
    GENERATION,
    is_empty,
    lacks_ledger,
    lacks_subjects,
    migrate,
    require_current,
)
from consent_service.storage.engine.opening import open_database

UNFINISHED = ".unfinished"
"""What is behind the name of a database that is being made."""


def open_resources(settings: Settings) -> Resources:
    """Open the keys and the database of a home folder; raises a ConsentError where either is not fit to use."""
    require_own_home(settings)
    with _open_database(settings, GENERATION) as (database, stored):
        keys = KeyRing(settings.keys)
        _require_filled(database, stored=stored)
        # First, because a home from before there were subjects gets its secrets with the migration.
        require_current(database)
        database.require_generation()
        keys.secrets.require()
        keys.checkpoints.require()
    return Resources(database, keys, denials_copy=settings.denials_copy, backup_days=settings.backup_days)


def open_stored_resources(settings: Settings) -> Resources:
    """Open a home folder whatever the schema of its database, to copy it as it is."""
    require_own_home(settings)
    with _open_database(settings) as (database, stored):
        _require_filled(database, stored=stored)
        keys = KeyRing(settings.keys)
    return Resources(database, keys, denials_copy=settings.denials_copy)


def open_whole_resources(settings: Settings) -> Resources:
    """Open a home folder to serve it; raises StoreBehind besides where its database is an older copy.

    Raises StorageUnavailable where the journal of denials is gone that was begun in it.
    """
    resources = open_resources(settings)
    try:
        require_home_epoch(resources)
        require_whole_ledgers(resources)
        require_journal(resources)
    except BaseException:
        resources.database.close()
        raise
    return resources


def prepare_home(settings: Settings) -> list[str]:
    """Make a home folder, or bring one up to date, and say what was made; harmless to repeat.

    Raises SettingsFault where the folder cannot be written, and where a part of the home was lost.
    """
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_own_home(settings)
        with hold_home(settings):
            unfinished = settings.database.with_name(settings.database.name + UNFINISHED)
            with closing(open_database(settings.database, settings.database_url)) as database:
                new = not _is_stored(settings, database)
            if new and (unfinished.exists() or not list_files(settings.keys, SUFFIX)):
                require_no_log(settings)
                return _make_home(settings)
    except OSError as error:
        raise SettingsFault(f"{settings.home}: the home folder cannot be written ({error.strerror})") from None
    return [f"migration {name}" for name in migrate_home(settings)]


def migrate_home(settings: Settings, say: Callable[[str], None] = lambda _: None) -> list[str]:
    """Bring the database to this version's schema and name the migrations that were applied; never makes one.

    ``say`` is told how far a long one is.

    The secrets of subjects and links are made with the tables that hold subjects, and never again: another secret in
    the place of a lost one would make everybody a stranger.
    """
    require_own_home(settings)
    with _open_database(settings) as (database, stored):
        _require_filled(database, stored=stored)
        if lacks_subjects(database):
            create_secrets(settings.keys)
        if lacks_ledger(database):
            create_checkpoint_key(settings.keys, read_system_clock())
        applied = migrate(database, say)
    database.close()
    return applied


@contextmanager
def _open_database(settings: Settings, generation: int | None = None) -> Iterator[tuple[Database, bool]]:
    """Open the database of a whole home, and say whether it is there; closed again where the block fails."""
    database = open_database(settings.database, settings.database_url, generation)
    try:
        stored = _is_stored(settings, database)
        require_whole_home(settings, database.name, stored=stored)
        yield database, stored
    except BaseException:
        database.close()
        raise


def _require_filled(database: Database, *, stored: bool) -> None:
    """Raise SettingsFault for no database, and for one that was emptied, which knows of no withdrawal."""
    if not stored:
        raise SettingsFault(f"{database.name}: there is no database; {MAKE_OR_NAME}")
    if is_empty(database):
        raise SettingsFault(f"{database.name}: holds nothing of this service; restore it from a backup")


def _is_stored(settings: Settings, database: Database) -> bool:
    """Say whether there is a database: the file, or anything of ours in the one on the server."""
    return settings.database.exists() if settings.database_url is None else not is_empty(database)


def _make_home(settings: Settings) -> list[str]:
    """Make keys and database; that appears under its name last, so that a start that broke off is told from a loss."""
    unfinished = settings.database.with_name(settings.database.name + UNFINISHED)
    os.close(open_private(unfinished, os.O_RDWR | os.O_CREAT))
    made = []
    if not list_files(settings.keys, SUFFIX):
        made.append(f"signing key {create_key(settings.keys, read_system_clock())}")
    KeyRing(settings.keys)
    create_secrets(settings.keys)
    create_checkpoint_key(settings.keys, read_system_clock())
    database = open_database(unfinished, settings.database_url)
    made += [f"migration {name}" for name in migrate(database)]
    database.empty_log()
    database.close()
    if settings.database_url is None:
        settings.database.hardlink_to(unfinished)
    for file in settings.home.glob(f"{unfinished.name}*"):
        file.unlink()
    return made


@contextmanager
def hold_home(settings: Settings) -> Iterator[None]:
    """Keep every other process from making the same home at the same time."""
    folder = os.open(settings.home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
