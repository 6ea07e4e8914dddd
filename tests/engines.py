"""The engine that tests run on: a file, or with CONSENT_TEST_ENGINE=postgresql a database of each test's own.

The server is that of CONSENT_TEST_DATABASE_URL, or one that is started for this run and stopped at its end. Where
CONSENT_TEST_CITUS_WORKERS names further ones, as host:port with commas, each database is spread over all of them.
"""

import atexit
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TypeVar

from consent_service.domain.errors import SettingsFault
from consent_service.services.operator.distributing_database import distribute_database
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from consent_service.storage.engine.database import Database
from consent_service.storage.engine.opening import open_database
from tests.postgresql_server import run_postgresql

ENGINE = "CONSENT_TEST_ENGINE"
SERVER = "CONSENT_TEST_DATABASE_URL"
WORKERS = "CONSENT_TEST_CITUS_WORKERS"
SHARDS = 4

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
    for server in [start_server(), *list_workers()] if names else []:
        with psycopg.connect(server, autocommit=True) as connection:
            for name in names:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def make_database_url() -> str:
    """Make an empty database on the server of this run, and name it."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    server, workers = start_server(), list_workers()
    name = f"test_{secrets.token_hex(8)}"
    for one in (server, *workers):
        with psycopg.connect(one, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
    given = conninfo_to_dict(server)
    login = f"{given['user']}:{given['password']}" if given.get("password") else given["user"]
    url = f"postgresql://{login}@{given['host']}:{given['port']}/{name}"
    if workers:
        join_cluster(url, [one.replace("/postgres", f"/{name}") for one in workers])
    return url


def list_workers() -> list[str]:
    """List the servers of a cluster besides the one that is asked."""
    from psycopg.conninfo import conninfo_to_dict

    user = conninfo_to_dict(start_server())["user"] if os.environ.get(WORKERS) else ""
    return [f"postgresql://{user}@{place}/postgres" for place in os.environ.get(WORKERS, "").split(",") if place]


def join_cluster(url: str, workers: list[str]) -> None:
    """Make a cluster of an empty database and those of the same name on its workers."""
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import conninfo_to_dict

    for one in (*workers, url):
        with psycopg.connect(one, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION citus")
            # Limits that a session sets stay on the server that it speaks to.
            connection.execute(
                sql.SQL("ALTER DATABASE {} SET lock_timeout = '2s'").format(sql.Identifier(one.rpartition("/")[2]))
            )
    own, *others = [conninfo_to_dict(one) for one in (url, *workers)]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT citus_set_coordinator_host(%s, %s)", (own["host"], int(str(own["port"]))))
        for other in others:
            connection.execute("SELECT citus_add_node(%s, %s)", (other["host"], int(str(other["port"]))))


def spread_database(settings: Settings) -> None:
    """Spread the database of a home that was made, where tests run on a cluster."""
    if settings.database_url and list_workers():
        resources = open_resources(settings)
        deque(distribute_database(resources, SHARDS), maxlen=0)
        resources.database.close()


@cache
def start_server() -> str:
    """Start the server of this run, once, and name it; skips the test where there is none."""
    if given := os.environ.get(SERVER):
        return given
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(run_postgresql()).url()
