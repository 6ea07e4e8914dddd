"""The schema: what a database looks like, and which databases are refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from consent_service.domain.errors import SchemaMismatch, StorageUnavailable
from consent_service.services.ledger.reading_records import read_history
from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from consent_service.storage.engine import migrating as schema
from consent_service.storage.engine.migrating import migrate, require_current
from consent_service.storage.engine.sqlite import SqliteDatabase
from tests.cast import choose, make_database

STEPS = sorted(file.stem for file in schema.FOLDER.glob("[0-9]*.py"))
TABLES = {
    "api_key": "hash id site label scopes purposes created_at expires_at revoked_at last_used_at",
    "attempt": "bucket at id",
    "checkpoint": "site epoch size at note",
    "change": "site seq at act_at principal ref kind name before after until method source record",
    "declaration": "principal site declared_at source disowned_at expires_at",
    "ending": "principal purpose site at",
    "import_run": (
        "id site file_hash file_name options dry_run stamped_at state line report_size counts actor created_at "
        "updated_at"
    ),
    "job": "id site kind target seq event body created_at due_at attempts finished_at result",
    "key_compromise": "kid since",
    "kept_answer": "site key request status body at",
    "ledger": "site epoch origin size sealer leased_until",
    "ledger_tile": "site level number hashes",
    "standing": "principal decisions blocks stopped_at paused_until",
    "subject": "principal kind sealed ref language created_at",
    "subscription_request": "hash id principal site kind sealed purposes notice language method source ref created_at"
    " expires_at settled_at settled_as",
    "webhook": "id site url events secret previous_secret previous_until created_at failing_since disabled_at"
    " disabled_because",
    "erasure": "id site at actor records",
    "notice": "digest site surface language at document",
    "record": "principal seq id at act template own signature signed",
    "dictionary": "number text",
    "seal_mark": "principal seq size",
    "schema_generation": "id number epoch seen_at",
    "schema_migration": "name applied",
    "unsealed": "principal seq leaf",
}
pytestmark = pytest.mark.one_file
ROOT = Path(__file__).resolve().parents[3]
MIGRATE = """
import os
from pathlib import Path
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.storage.engine.migrating import migrate
print(*migrate(SqliteDatabase(Path(os.environ["DATABASE"]))))
"""


@pytest.fixture
def database(tmp_path):
    return make_database(tmp_path)


def tables(database):
    names = database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name: " ".join(row[1] for row in database.rows(f"PRAGMA table_info({name})")) for (name,) in names}


def primary_key(database, table):
    columns = [(row[5], row[1]) for row in database.rows(f"PRAGMA table_info({table})") if row[5]]
    return [name for _, name in sorted(columns)]


def test_an_empty_database_gets_every_table(database):
    assert migrate(database) == STEPS
    assert tables(database) == TABLES
    require_current(database)


def test_every_hot_table_is_led_by_its_principal(database):
    migrate(database)
    assert primary_key(database, "record") == ["principal", "seq"]
    assert primary_key(database, "standing") == ["principal"]


def test_nothing_but_tables_and_indexes_is_made(database):
    migrate(database)
    assert {row[0] for row in database.rows("SELECT type FROM sqlite_master")} == {"table", "index"}


def test_migrating_again_changes_nothing(database):
    migrate(database)
    before = database.rows("SELECT * FROM sqlite_master")
    assert migrate(database) == []
    assert database.rows("SELECT * FROM sqlite_master") == before


def test_missing_migrations_are_named_with_the_command(database):
    with pytest.raises(SchemaMismatch, match=f"lacks {', '.join(STEPS)}; run: consent-service migrate"):
        require_current(database)


def test_a_database_of_a_newer_version_is_refused_and_left_alone(resources, site):
    visitor = choose(resources, site, "accept").cookie.visitor
    database = resources.database
    with database.write():
        database.change("INSERT INTO schema_migration (name, applied) VALUES ('0042_of_next_year', 1)")
    before = database.rows("SELECT * FROM sqlite_master")
    for refused in (migrate, require_current):
        with pytest.raises(SchemaMismatch, match=r"written by a newer version \(0042_of_next_year\)"):
            refused(database)
    with pytest.raises(SchemaMismatch, match="install that version"):
        open_resources(Settings(home=database.file.parent))
    assert database.rows("SELECT * FROM sqlite_master") == before
    assert len(read_history(resources, site, visitor).statements) == 1


def test_a_home_that_does_not_exist_says_what_to_run(tmp_path):
    with pytest.raises(StorageUnavailable, match="there is no such folder; run: consent-service init"):
        migrate(SqliteDatabase(tmp_path / "nowhere" / "consent.sqlite3"))


def test_several_processes_may_migrate_at_once(database):
    environ = {"DATABASE": str(database.file)}
    command = [sys.executable, "-c", MIGRATE]
    started = [subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    applied = [process.communicate()[0].split() for process in started]
    assert [process.returncode for process in started] == [0] * 4
    assert sorted(applied) == [[], [], [], STEPS]
    assert tables(database) == TABLES


def test_a_migration_that_fails_leaves_the_database_as_it_was(resources, site, tmp_path, monkeypatch):
    visitor = choose(resources, site, "accept").cookie.visitor
    folder = tmp_path / "migrations"
    folder.mkdir()
    for step in STEPS:
        (folder / f"{step}.py").write_text((schema.FOLDER / f"{step}.py").read_text())
    broken = (
        "def up(migrator, db):\n    db.execute_sql('ALTER TABLE record ADD COLUMN x')\n    db.execute_sql('nonsense')\n"
    )
    (folder / "9999_broken.py").write_text(broken)
    monkeypatch.setattr(schema, "FOLDER", folder)
    with pytest.raises(StorageUnavailable, match="cannot be written"):
        migrate(resources.database)
    assert tables(resources.database) == TABLES
    assert len(read_history(resources, site, visitor).statements) == 1
    with pytest.raises(SchemaMismatch, match="lacks 9999_broken"):
        require_current(resources.database)
