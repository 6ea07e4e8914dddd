"""Guarding a home folder: it is ours alone, and it is whole, before anything is read from it or written into it."""

from pathlib import Path

from consent_service.domain.errors import SettingsFault
from consent_service.keys.key_files import list_files
from consent_service.keys.key_ring import SUFFIX
from consent_service.private_files import READABLE, WRITABLE, require_private
from consent_service.settings import Settings

BEGIN_ANEW = "restore it from a backup; to begin anew with nothing, move {} away and run: consent-service init"


def require_own_home(settings: Settings) -> None:
    """Raise SettingsFault where the home, the keys or the database belong to somebody else or are open to others.

    What is not there passes.
    """
    _require_own(settings.home, WRITABLE)
    _require_own(settings.keys)
    for name in list_files(settings.keys, ""):
        _require_own(settings.keys / name)
    for suffix in ("", "-wal", "-shm", ".lock", ".held"):
        _require_own(settings.database.with_name(f"{settings.database.name}{suffix}"))


def require_whole_home(settings: Settings, database: str, *, stored: bool) -> None:
    """Raise SettingsFault where the database is there without the keys, or the keys without the database.

    ``database`` is its name, ``stored`` says whether it is there. Whatever would be put in the place of the one that is
    missing knows of no withdrawal, or verifies nothing.
    """
    signing = list_files(settings.keys, SUFFIX)
    if signing and not stored:
        told = f"there is no database, but {settings.keys} holds the keys of one; {BEGIN_ANEW.format(settings.keys)}"
        raise SettingsFault(f"{database}: {told}")
    if stored and not signing:
        told = f"there is no signing key, but a database; {BEGIN_ANEW.format(database)}"
        raise SettingsFault(f"{settings.keys}: {told}")


def require_no_log(settings: Settings) -> None:
    """Raise SettingsFault where the log of a database that is gone would be written into the one that is to be made."""
    log = settings.database.with_name(f"{settings.database.name}-wal")
    if log.exists():
        raise SettingsFault(f"{log}: belongs to a database that is gone; {BEGIN_ANEW.format(log)}")


def _require_own(place: Path, forbidden: int = READABLE) -> None:
    try:
        found = place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise SettingsFault(f"{place}: cannot be looked at ({error.strerror}); whose folder is it?") from None
    require_private(place, found, forbidden)
