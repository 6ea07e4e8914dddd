"""Current decisions: what is written is read back, and what cannot be read is never guessed."""

import importlib.util
from contextlib import suppress

import pytest

from consent_service.domain.decision import Decision, Method, State
from consent_service.domain.errors import StorageUnavailable
from consent_service.storage import said, schema
from consent_service.storage.database import Database
from consent_service.storage.decisions import current_decisions, delete_decisions, replace_decisions, write_decisions
from consent_service.storage.said import keep_said, said_key
from consent_service.storage.schema import migrate

SOMEBODY, NEIGHBOUR = "demo/v/somebody", "demo/v/neighbour"
GRANTED = Decision("analytics", State.GRANTED, Method.SAVE, 5, 9, "record-1", "text a", signalled=False)
REFUSED = Decision("marketing", State.REFUSED, Method.SAVE, 5, 9, "record-1", "text m", signalled=True)
OLDER = Decision("preferences", State.WITHDRAWN, Method.WITHDRAW, 4, 8, "record-0", "text p", signalled=False)
ALL = {decision.purpose: decision for decision in (GRANTED, REFUSED, OLDER)}
OLD_ROW = "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
SAVED = '["save",false,{"analytics":["granted","text a"],"marketing":["refused","text m"]}]'
WITHDRAWN = '["withdraw",false,{"preferences":["withdrawn","text p"]}]'
UNREADABLE = ["r", "r 5 9", "r 5 9 ", f"r x 9 {said_key(SAVED)}", f"r 5 9 {SAVED}", f"r 5 9 {'A' * 12}"]
UNSAYABLE = [
    "",
    "null",
    "[]",
    '["save",0,{}]',
    "[7,false,{}]",
    '["save",false,[]]',
    '["save",false,{"analytics":"granted"}]',
    '["save",false,{"analytics":["granted",7]}]',
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
    assert text == f"record-1 5 9 {said_key(SAVED)}\nrecord-0 4 8 {said_key(WITHDRAWN)}"
    assert sorted(database.rows("SELECT text FROM said")) == [(SAVED,), (WITHDRAWN,)]


def unreadable(database, row):
    with database.write():
        database.change("INSERT INTO principal_state (principal, decisions) VALUES (?, ?)", (SOMEBODY, row))
    with pytest.raises(StorageUnavailable, match="stored decisions cannot be read"):
        current_decisions(database, SOMEBODY)


@pytest.mark.parametrize("row", UNREADABLE)
def test_what_cannot_be_read_is_a_fault_of_the_storage(database, row):
    with database.write():
        keep_said(database, [SAVED])
    unreadable(database, row)


@pytest.mark.parametrize("text", UNSAYABLE)
def test_what_nobody_can_have_said_is_a_fault_of_the_storage(database, text):
    with database.write():
        keep_said(database, [text])
    unreadable(database, f"r 5 9 {said_key(text)}")


def test_what_was_said_is_not_believed_when_its_key_says_otherwise(database):
    refused = '["save",false,{"analytics":["refused","never read before"]}]'
    with database.write():
        keep_said(database, [refused])
        database.change("UPDATE said SET text = replace(text, 'refused', 'granted')")
    unreadable(database, f"r 5 9 {said_key(refused)}")


def test_what_was_said_in_an_undone_write_means_the_same_afterwards(database):
    first = GRANTED._replace(fingerprint="undone")
    with suppress(RuntimeError), database.write():
        replace_decisions(database, SOMEBODY, [first])
        assert current_decisions(database, SOMEBODY) == {"analytics": first}
        raise RuntimeError
    assert current_decisions(database, SOMEBODY) == {}
    with database.write():
        replace_decisions(database, NEIGHBOUR, [REFUSED])
        replace_decisions(database, SOMEBODY, [first])
    with pytest.MonkeyPatch.context() as forgotten:
        forgotten.setattr(said, "_read", {})
        assert current_decisions(database, SOMEBODY) == {"analytics": first}
        assert current_decisions(database, NEIGHBOUR) == {"marketing": REFUSED}


def test_a_process_that_has_read_more_than_it_remembers_reads_on(database, monkeypatch):
    monkeypatch.setattr(said, "_read", {})
    monkeypatch.setattr(said, "REMEMBERED", 2)
    people = {f"demo/v/{number}": [GRANTED._replace(fingerprint=f"text {number}")] for number in range(5)}
    with database.write():
        write_decisions(database, people.items())
    for _ in range(2):
        assert [list(current_decisions(database, who).values()) for who in people] == list(people.values())
    assert len(said._read) <= 2


def test_a_thread_reads_on_after_the_database_was_closed(database):
    with database.write():
        replace_decisions(database, SOMEBODY, ALL.values())
    assert current_decisions(database, SOMEBODY) == ALL
    database.close()
    assert current_decisions(database, SOMEBODY) == ALL


def steps(folder, names):
    folder.mkdir()
    for name in names:
        (folder / f"{name}.py").write_text((schema.FOLDER / f"{name}.py").read_text())
    return folder


def test_decisions_of_the_first_schema_are_taken_over_whole(tmp_path, monkeypatch):
    old = steps(tmp_path / "migrations", ["0001_consent_records"])
    database = Database(tmp_path / "consent.sqlite3")
    principals = [f"demo/v/{number:05}" for number in range(_batch("0002_principal_state") // len(ALL) * 2 + 1)]
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


def test_rows_that_say_everything_themselves_are_taken_over_whole(tmp_path, monkeypatch):
    names = ["0001_consent_records", "0002_principal_state", "0003_messages"]
    database = Database(tmp_path / "consent.sqlite3")
    principals = [f"demo/v/{number:05}" for number in range(_batch("0004_said") * 2 + 1)]
    shared = SAVED.replace("false", "true")
    row = f"record-1 5 9 {shared}\nrecord-0 4 8 {WITHDRAWN}"
    with monkeypatch.context() as patch:
        patch.setattr(schema, "FOLDER", steps(tmp_path / "migrations", names))
        migrate(database)
    with database.write():
        database.change_many(
            "INSERT INTO principal_state (principal, decisions) VALUES (?, ?)", ((who, row) for who in principals)
        )
        database.change("INSERT INTO principal_state (principal, decisions, stopped_at) VALUES ('demo/s/x', '', 7)")
    assert migrate(database) == ["0004_said"]
    expected = ALL | {"analytics": GRANTED._replace(signalled=True)}
    assert all(current_decisions(database, who) == expected for who in principals)
    assert current_decisions(database, "demo/s/x") == {}
    assert sorted(database.rows("SELECT text FROM said")) == [(shared,), (WITHDRAWN,)]


def _batch(step):
    file = schema.FOLDER / f"{step}.py"
    spec = importlib.util.spec_from_file_location("step", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.BATCH
