"""Preparing a home folder: keys and database, made or brought up to date before the service starts."""

from consent_service.domain.errors import SettingsFault
from consent_service.keys.key_ring import SUFFIX, KeyRing, create_key
from consent_service.keys.secret_ring import create_secrets
from consent_service.services.resources import Resources, read_system_clock
from consent_service.settings import Settings
from consent_service.storage.engine.database import Database
from consent_service.storage.engine.migrating import GENERATION, lacks_subjects, migrate, require_current


def open_resources(settings: Settings) -> Resources:
    """Open the keys and the database of a home folder; raises a ConsentError where either is not fit to use."""
    keys = KeyRing(settings.keys)
    database = Database(settings.database, GENERATION)
    # First, because a home from before there were subjects gets its secrets with the migration.
    require_current(database)
    keys.secrets.require()
    return Resources(database, keys)


def prepare_home(settings: Settings) -> list[str]:
    """Make whatever is missing of the home folder and say what was made; harmless to repeat.

    Raises SettingsFault where the folder cannot be written.
    """
    made = []
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not list(settings.keys.glob(f"*{SUFFIX}")):
            made.append(f"signing key {create_key(settings.keys, read_system_clock())}")
        settings.database.touch(mode=0o600)
    except OSError as error:
        raise SettingsFault(f"{settings.home}: the home folder cannot be written ({error.strerror})") from None
    KeyRing(settings.keys)
    return made + [f"migration {name}" for name in migrate_home(settings)]


def migrate_home(settings: Settings) -> list[str]:
    """Bring the database to this version's schema and name the migrations that were applied.

    The secrets of subjects and links are made with the tables that hold subjects, and never again: another secret in
    the place of a lost one would make everybody a stranger.
    """
    database = Database(settings.database)
    if lacks_subjects(database):
        create_secrets(settings.keys)
    applied = migrate(database)
    database.close()
    return applied
