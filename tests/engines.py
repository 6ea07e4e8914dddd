"""The engine that tests run on: a file, or with CONSENT_TEST_ENGINE=postgresql a database of each test's own.

The server is that of CONSENT_TEST_DATABASE_URL, or one that is started for this run and stopped at its end.
"""

import atexit
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TypeVar

from consent_service.domain.errors import SettingsFault
from consent_service.settings import Settings
from consent_service.storage.engine.database import Database
from consent_service.storage.engine.opening import open_database
from tests.postgresql_server import run_postgresql

ENGINE = "CONSENT_TEST_ENGINE"
SERVER = "CONSENT_TEST_DATABASE_URL"

Made = TypeVar("Made")
opened: list[tuple[Database, str]] = []


def find_database_url() -> str | None:
    """Make a database for one test, and name it; None where tests run on a file."""
    match os.environ.get(ENGINE, "sqlite"):
        case "sqlite":
            return None
        case "postgresql":
            return make_database_url()
        case other:
            raise SettingsFault(f"{ENGINE}: expected sqlite or postgresql, got {other!r}")


def runs_on_server() -> bool:
    """Say whether tests run on a server."""
    return os.environ.get(ENGINE, "sqlite") != "sqlite"


def open_on_engine(settings: Settings) -> Database:
    """Open the database of a home, and close it when the test is over."""
    database = open_database(settings.database, settings.database_url)
    if settings.database_url:
        opened.append((database, settings.database_url))
    return database


def open_again(database: Database, generation: int | None = None) -> Database:
    """Open the database that another process has open too, as the version of a generation does."""
    url = next((url for known, url in opened if known is database), None)
    again = open_database(database.folder / "consent.sqlite3", url, generation)
    if url:
        opened.append((again, url))
    return again


def list_tables(database: Database) -> list[str]:
    """List the tables of a database."""
    if runs_on_server():
        query = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
    else:
        query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
    return [name for (name,) in database.rows(query)]


@contextmanager
def outlive_module(make: Callable[[], Made]) -> Iterator[Made]:
    """Make something whose databases are not dropped with those of a module, but when the block is left."""
    before = len(opened)
    made = make()
    held = opened[before:]
    del opened[before:]
    yield made
    opened.extend(held)
    close_databases()
    drop_databases()


def close_databases() -> None:
    """Close every database of a test that is over; one that several tests share is opened again."""
    for database, _ in opened:
        database.close()


def drop_databases() -> None:
    """Drop every database of tests that are over."""
    import psycopg

    names = {url.rpartition("/")[2] for _, url in opened}
    opened.clear()
    for name in names:
        with psycopg.connect(start_server(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def make_database_url() -> str:
    """Make an empty database on the server of this run, and name it."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    server = start_server()
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    given = conninfo_to_dict(server)
    login = f"{given['user']}:{given['password']}" if given.get("password") else given["user"]
    return f"postgresql://{login}@{given['host']}:{given['port']}/{name}"


@cache
def start_server() -> str:
    """Start the server of this run, once, and name it; skips the test where there is none."""
    if given := os.environ.get(SERVER):
        return given
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(run_postgresql()).url()
