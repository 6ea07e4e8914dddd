"""Current decisions: what is written is read back, and what cannot be read is never guessed."""

import importlib.util

import pytest

from consent_service.domain.decision import Decision, Method, State
from consent_service.domain.errors import StorageUnavailable
from consent_service.storage import schema
from consent_service.storage.database import Database
from consent_service.storage.decisions import current_decisions, delete_decisions, replace_decisions, write_decisions
from consent_service.storage.schema import migrate

SOMEBODY, NEIGHBOUR = "demo/v/somebody", "demo/v/neighbour"
GRANTED = Decision("analytics", State.GRANTED, Method.SAVE, 5, 9, "record-1", "text a", signalled=False)
REFUSED = Decision("marketing", State.REFUSED, Method.SAVE, 5, 9, "record-1", "text m", signalled=True)
OLDER = Decision("preferences", State.WITHDRAWN, Method.WITHDRAW, 4, 8, "record-0", "text p", signalled=False)
ALL = {decision.purpose: decision for decision in (GRANTED, REFUSED, OLDER)}
OLD_ROW = "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
UNREADABLE = [
    "r",
    "r 5 9",
    "r 5 9 ",
    "r 5 9 null",
    "r 5 9 []",
    "r x 9 " + '["save",false,{}]',
    "r 5 9 " + '["save",0,{}]',
    "r 5 9 " + "[7,false,{}]",
    "r 5 9 " + '["save",false,[]]',
    "r 5 9 " + '["save",false,{"analytics":"granted"}]',
    "r 5 9 " + '["save",false,{"analytics":["granted",7]}]',
]


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "consent.sqlite3")
    migrate(database)
    return database


def test_what_is_written_is_read_back(database):
    with database.write():
        replace_decisions(database, SOMEBODY, ALL.values())
    assert current_decisions(database, SOMEBODY) == ALL
    assert current_decisions(database, NEIGHBOUR) == {}


def test_replacing_leaves_nothing_behind_and_nobody_else_out(database):
    with database.write():
        write_decisions(database, [(SOMEBODY, ALL.values()), (NEIGHBOUR, ALL.values())])
        replace_decisions(database, SOMEBODY, [GRANTED])
    assert current_decisions(database, SOMEBODY) == {"analytics": GRANTED}
    assert current_decisions(database, NEIGHBOUR) == ALL
    with database.write():
        delete_decisions(database, SOMEBODY)
    assert current_decisions(database, SOMEBODY) == {}
    assert current_decisions(database, NEIGHBOUR) == ALL


def test_what_decisions_share_is_stored_once(database):
    with database.write():
        replace_decisions(database, SOMEBODY, [GRANTED, REFUSED._replace(signalled=False), OLDER])
    [(text,)] = database.rows("SELECT decisions FROM principal_state")
    assert text == (
        'record-1 5 9 ["save",false,{"analytics":["granted","text a"],"marketing":["refused","text m"]}]\n'
        'record-0 4 8 ["withdraw",false,{"preferences":["withdrawn","text p"]}]'
    )


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_is_a_fault_of_the_storage(database, text):
    with database.write():
        database.change("INSERT INTO principal_state (principal, decisions) VALUES (?, ?)", (SOMEBODY, text))
    with pytest.raises(StorageUnavailable, match="stored decisions cannot be read"):
        current_decisions(database, SOMEBODY)


def test_a_thread_reads_on_after_the_database_was_closed(database):
    with database.write():
        replace_decisions(database, SOMEBODY, ALL.values())
    assert current_decisions(database, SOMEBODY) == ALL
    database.close()
    assert current_decisions(database, SOMEBODY) == ALL


def test_decisions_of_the_first_schema_are_taken_over_whole(tmp_path, monkeypatch):
    old = tmp_path / "migrations"
    old.mkdir()
    (old / "0001_consent_records.py").write_text((schema.FOLDER / "0001_consent_records.py").read_text())
    database = Database(tmp_path / "consent.sqlite3")
    principals = [f"demo/v/{number:05}" for number in range(_batch() // len(ALL) * 2 + 1)]
    with monkeypatch.context() as patch:
        patch.setattr(schema, "FOLDER", old)
        migrate(database)
    with database.write():
        database.change_many(
            OLD_ROW, ((who, *said[:-1], int(said.signalled)) for who in principals for said in ALL.values())
        )
    assert migrate(database)[0] == "0002_principal_state"
    assert [row[0] for row in database.rows("SELECT principal FROM principal_state ORDER BY 1")] == principals
    assert all(current_decisions(database, who) == ALL for who in principals)
    assert database.rows("SELECT name FROM sqlite_master WHERE name = 'decision'") == []


def _batch():
    file = schema.FOLDER / "0002_principal_state.py"
    spec = importlib.util.spec_from_file_location("step", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.BATCH
