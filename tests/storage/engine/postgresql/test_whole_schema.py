"""The schema on PostgreSQL: that of SQLite, sorted by octets, without what cannot be spread over several machines."""

import os
import re
import shutil

import pytest
from playhouse.apsw_ext import APSWDatabase

from consent_service.domain.errors import LeftBehind, SchemaMismatch
from consent_service.storage.engine import migrating
from consent_service.storage.engine.migrating import GENERATION, _Runner, migrate, require_current
from consent_service.storage.engine.postgresql.whole_schema import list_statements
from tests.engines import SERVER

FORBIDDEN = (
    "SERIAL",
    "TRIGGER",
    "REFERENCES",
    "UNIQUE INDEX",
    "NEXTVAL",
    "IDENTITY",
    "DEFERRABLE",
    "NOTIFY",
    "EXCLUDE",
)
OF_A_PRINCIPAL = ("record", "standing", "unsealed", "ending", "subject", "declaration")
"""What one visitor or subject touches, and lies on one shard."""
KEY = re.compile(r'CREATE TABLE "(\w+)" .*PRIMARY KEY \("(\w+)"')
LATER = """
from peewee import BigIntegerField, Model, TextField

class Later(Model):
    principal = TextField(primary_key=True)
    at = BigIntegerField()

def up(migrator, db):
    with db.bind_ctx([Later]):
        db.create_tables([Later])
    db.execute_sql("ALTER TABLE api_key ADD COLUMN later BIGINT NOT NULL DEFAULT 0")
"""
COLUMNS = """
SELECT column_name, data_type, is_nullable, collation_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position
"""


@pytest.fixture(scope="module")
def whole():
    database = APSWDatabase(":memory:")
    _Runner(database).up()
    yield database
    database.close()


@pytest.fixture(scope="module")
def statements(whole):
    return list(list_statements(whole))


def test_nothing_is_used_that_engines_which_shard_do_not_have(statements):
    assert len(statements) > 20
    assert not [(word, text) for text in statements for word in FORBIDDEN if word in text.upper()]


def test_what_a_principal_touches_has_it_first_in_its_key(statements):
    keys = dict(match.groups() for text in statements if (match := KEY.search(text)))
    assert {keys[table] for table in OF_A_PRINCIPAL} == {"principal"}


def test_every_text_sorts_by_its_octets(statements):
    assert not [text for text in statements if re.search(r"\bTEXT(?! COLLATE \"C\")", text)]


def test_a_type_without_counterpart_stops_it():
    database = APSWDatabase(":memory:")
    database.execute_sql("CREATE TABLE odd (id BIGINT NOT NULL PRIMARY KEY, at DATETIME)")
    with pytest.raises(KeyError, match="DATETIME"):
        list(list_statements(database))
    database.close()


def test_tables_columns_and_keys_are_those_of_sqlite(resources, whole):
    tables = [name for (name,) in whole.execute_sql("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()]
    assert len(tables) > 15
    for table in tables:
        there = whole.execute_sql('SELECT name, "notnull" OR pk > 0 FROM pragma_table_info(?)', (table,)).fetchall()
        here = resources.database.rows(COLUMNS, (table,))
        assert [(name, nullable == "NO") for name, _, nullable, _ in here] == [
            (name, bool(set_)) for name, set_ in there
        ]
        assert {collation for _, kind, _, collation in here if kind == "text"} <= {"C"}
    assert resources.database.rows("SELECT number FROM schema_generation") == [(GENERATION,)]


def test_ids_come_in_the_order_of_their_octets_whatever_the_database_sorts_by(resources):
    [(as_people_do, by_octets)] = resources.database.rows("SELECT 'a' < 'B', 'a' COLLATE \"C\" < 'B'")
    # A server that somebody else started may sort by octets itself.
    assert (as_people_do or SERVER in os.environ, by_octets) == (True, False)
    names = ["demo/v/B", "demo/v/a", "demo/v/-x", "demo/v/_x", "demo/v/Z" + "z" * 31, "demo0", "demo/"]
    with resources.database.write():
        for name in names:
            resources.database.change("INSERT INTO standing (principal, decisions) VALUES (?, ?)", (name, b""))
    found = resources.database.rows(
        "SELECT principal FROM standing WHERE principal >= ? AND principal < ? ORDER BY 1", ("demo/", "demo0")
    )
    assert [name for (name,) in found] == sorted(name for name in names if name != "demo0")


def test_a_step_that_comes_later_is_applied_and_leaves_older_versions_behind(
    resources, settings, tmp_path, monkeypatch
):
    database = resources.database
    later = f"{GENERATION + 1:04}_later"
    shutil.copytree(migrating.FOLDER, tmp_path / "steps")
    (tmp_path / "steps" / f"{later}.py").write_text(LATER)
    monkeypatch.setattr(migrating, "FOLDER", tmp_path / "steps")
    newer = type(database)(settings.database_url, settings.home)
    with pytest.raises(SchemaMismatch, match=f"lacks {later}; run: consent-service migrate"):
        require_current(newer)
    assert migrate(newer) == [later]
    assert migrate(newer) == []
    assert ("principal", "text", "NO", "C") in newer.rows(COLUMNS, ("later",))
    with pytest.raises(LeftBehind, match="migrated by another version"), database.write():
        pass
    monkeypatch.undo()
    with pytest.raises(SchemaMismatch, match="written by a newer version"):
        migrate(newer)
    newer.close()
