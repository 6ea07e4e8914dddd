"""Opening: which engine a database is on, by whether there is an address of a server."""

from pathlib import Path

from consent_service.domain.errors import SettingsFault
from consent_service.storage.engine.database import Database
from consent_service.storage.engine.sqlite import SqliteDatabase

INSTALL = "pip install 'consent-service[postgresql]'"


def open_database(file: Path, url: str | None, generation: int | None = None) -> Database:
    """Open the database of a home: on the server at ``url`` where one is named, else the file.

    Nothing is asked of it yet. Raises SettingsFault for a malformed address, and where the driver is not installed.
    """
    if url is None:
        return SqliteDatabase(file, generation)
    try:
        # Not at the top: who stays with a file needs no driver.
        from consent_service.storage.engine.postgresql.postgresql_database import PostgresqlDatabase
    except ImportError as error:
        raise SettingsFault(f"CONSENT_DATABASE_URL: the driver is not there ({error}); run: {INSTALL}") from None
    return PostgresqlDatabase(url, file.parent, generation)
