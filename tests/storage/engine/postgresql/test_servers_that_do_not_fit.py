"""Servers that cannot be worked with: each is told by its name, with what to do, and no password in the message."""

import sys
import time
from contextlib import contextmanager

import psycopg
import pytest

from consent_service.domain.errors import ConsentError, SettingsFault, StorageUnavailable
from consent_service.services.operator.preparing_home import migrate_home, open_resources, prepare_home
from consent_service.settings import Settings
from consent_service.storage.engine.opening import open_database
from consent_service.storage.engine.postgresql import postgresql_connection
from consent_service.storage.engine.postgresql.postgresql_database import PostgresqlDatabase
from tests.cast import choose
from tests.engines import start_server
from tests.ports import free_port
from tests.postgresql_server import run_postgresql

SECRET = "s3cret"


@pytest.mark.parametrize(
    "text",
    ["", "consent", "mysql://user@host/name", "postgresql://user@host", "postgresql://user@host/name?nonsense=1"],
)
def test_what_is_no_address_is_refused_with_an_example(text, tmp_path):
    with pytest.raises(SettingsFault, match=r"CONSENT_DATABASE_URL: expected .* postgresql://user:password@host:5432/"):
        open_database(tmp_path / "x", text)


def test_an_address_comes_from_the_environment_or_from_a_file(tmp_path):
    (tmp_path / "url").write_text(f"postgresql://consent:{SECRET}@db/consent\n")
    settings = Settings.from_environ({"CONSENT_DATABASE_URL_FILE": str(tmp_path / "url")})
    assert settings.database_url == f"postgresql://consent:{SECRET}@db/consent"
    assert open_database(tmp_path / "x", settings.database_url).name == "postgresql://db:5432/consent"


def test_several_servers_are_named_and_the_one_that_takes_writes_is_sought(tmp_path):
    database = PostgresqlDatabase("postgresql://u@one,two:5433/shop", tmp_path)
    assert database.name == "postgresql://one:5432,two:5433/shop"
    assert "target_session_attrs=read-write" in database._conninfo


def fault_of(settings):
    with pytest.raises(ConsentError) as caught:
        prepare_home(settings)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_nobody_there_and_a_wrong_name_are_told_at_once(tmp_path):
    port = free_port()
    nobody = Settings(home=tmp_path / "home", database_url=f"postgresql://consent:{SECRET}@127.0.0.1:{port}/consent")
    began = time.monotonic()
    assert f"postgresql://127.0.0.1:{port}/consent: the database cannot be reached: " in fault_of(nobody)
    assert time.monotonic() - began < 5
    server = start_server().rpartition("/")[0]
    assert 'database "nowhere" does not exist' in fault_of(
        Settings(home=tmp_path / "home", database_url=f"{server}/nowhere")
    )
    stranger = server.replace("consent@", f"stranger:{SECRET}@")
    assert 'role "stranger" does not exist' in fault_of(
        Settings(home=tmp_path / "home", database_url=f"{stranger}/postgres")
    )
    assert not list((tmp_path / "home").glob("keys/*"))


def test_an_old_server_is_refused(tmp_path, url, monkeypatch):
    monkeypatch.setattr(postgresql_connection, "OLDEST", 99)
    assert "is too old; version 99 or newer is needed" in fault_of(Settings(home=tmp_path / "home", database_url=url))


def test_a_database_that_takes_no_writes_is_refused(tmp_path, url):
    name = url.rpartition("/")[2]
    with psycopg.connect(start_server(), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    home = tmp_path / "home"
    assert "read-only" in fault_of(Settings(home=home, database_url=url))
    anything = f"{url}?target_session_attrs=any"
    assert "the database takes no writes" in fault_of(Settings(home=home, database_url=anything))


def test_a_database_in_another_encoding_is_refused(tmp_path, url):
    with psycopg.connect(start_server(), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE latin1 ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0"
        )
    latin = f"{url.rpartition('/')[0]}/latin1"
    try:
        told = fault_of(Settings(home=tmp_path / "home", database_url=latin))
    finally:
        with psycopg.connect(start_server(), autocommit=True) as connection:
            connection.execute("DROP DATABASE latin1 WITH (FORCE)")
    assert "encoded in LATIN1; make one with ENCODING 'UTF8'" in told


def test_a_driver_that_is_not_installed_is_named_with_what_to_run(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("consent_service.storage.engine.postgresql")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsFault, match=r"run: pip install 'consent-service\[postgresql\]'"):
        open_database(tmp_path / "x", "postgresql://u@h/d")


def test_keys_without_what_they_signed_and_records_without_their_keys_are_refused(settings, url, tmp_path):
    elsewhere = Settings(home=tmp_path / "another", database_url=url)
    with pytest.raises(SettingsFault, match="there is no signing key, but a database"):
        prepare_home(elsewhere)
    empty = Settings(home=settings.home, database_url=start_server())
    for attempt in (prepare_home, open_resources, migrate_home):
        with pytest.raises(SettingsFault, match=r"there is no database, but .* holds the keys of one"):
            attempt(empty)


def test_a_second_machine_with_a_copy_of_the_keys_opens_the_same(settings, resources, site, tmp_path):
    import shutil

    made = choose(resources, site, "accept")
    second = Settings(home=tmp_path / "second", database_url=settings.database_url)
    shutil.copytree(settings.home, second.home)
    assert prepare_home(second) == []
    other = open_resources(second)
    assert choose(other, site, "withdraw", visitor=made.cookie.visitor).cookie.seq == 2
    other.database.close()


def test_an_init_that_broke_off_is_done_by_the_next(tmp_path, url, monkeypatch):
    from consent_service.services.operator import preparing_home

    def break_off(*_):
        raise SystemExit

    settings = Settings(home=tmp_path / "home", database_url=url)
    monkeypatch.setattr(preparing_home, "migrate", break_off)
    with pytest.raises(SystemExit):
        prepare_home(settings)
    monkeypatch.undo()
    assert prepare_home(settings)
    open_resources(settings).database.close()


@contextmanager
def dead_server():
    with run_postgresql() as server:
        server.kill()
        yield server


def test_of_several_servers_the_one_that_is_there_is_taken(url, tmp_path):
    with dead_server() as dead:
        place = url.partition("@")[2]
        both = url.replace(place, f"127.0.0.1:{dead.port},{place}")
        settings = Settings(home=tmp_path / "home", database_url=both)
        assert prepare_home(settings)
        database = open_resources(settings).database
        assert database.rows("SELECT count(*) FROM record") == [(0,)]
        database.close()


def test_a_server_that_takes_no_writes_is_passed_over_for_one_that_does(url, tmp_path):
    with run_postgresql(default_transaction_read_only="on") as standby:
        place = url.partition("@")[2]
        settings = Settings(
            home=tmp_path / "home", database_url=url.replace(place, f"127.0.0.1:{standby.port},{place}")
        )
        assert prepare_home(settings)
        open_resources(settings).database.close()


def test_what_is_answered_is_kept_also_where_the_database_would_not_wait(url, settings, tmp_path):
    name = url.rpartition("/")[2]
    with psycopg.connect(start_server(), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    database = PostgresqlDatabase(url, tmp_path)
    with database.write():
        assert database.rows("SHOW synchronous_commit") == [("on",)]
    assert database.rows("SHOW lock_timeout") == [("2s",)]
    database.close()


def test_a_server_that_hangs_holds_nobody_up_for_long(tmp_path, url, settings, resources, site):
    """A lock on the whole table, as somebody's forgotten session holds it."""
    choose(resources, site, "accept")
    with psycopg.connect(url) as forgotten:
        forgotten.execute("LOCK TABLE record IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(StorageUnavailable, match="did not answer in time"):
            choose(resources, site, "accept")
        assert time.monotonic() - began < 5
    assert choose(resources, site, "accept").record


def test_a_sign_that_ends_a_text_is_found_nowhere(resources):
    assert resources.database.rows("SELECT 1 FROM record WHERE principal = ?", ("demo/v/\0",)) == []
