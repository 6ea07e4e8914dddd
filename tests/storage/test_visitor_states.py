"""Current decisions: what is written is read back, and what cannot be read is never guessed."""

import importlib.util
from contextlib import suppress
from zlib import crc32

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.subject.standing import Standing
from consent_service.storage import said_texts as said
from consent_service.storage.engine import migrating as schema
from consent_service.storage.engine.migrating import migrate
from consent_service.storage.said_texts import digest_said, keep_said
from consent_service.storage.standings import find_standing
from consent_service.storage.visitor_states import REACH, delete_decisions, read_current_decisions, replace_decisions
from tests.cast import make_database

SOMEBODY, NEIGHBOUR = "demo/v/somebody", "demo/v/neighbour"
ALIKE = ("demo/v/End5S0N9rLyHJf2k9of5QQ", "demo/v/6XT5ibmnORoPwfciaiGXFw", "demo/v/dVi7CeT5QY3y4AsxcyChxQ")
"""Two visitors of one number, and one of the next."""
GRANTED = Decision("analytics", State.GRANTED, Method.SAVE, 5, 9, "record-1", "text a", signalled=False)
REFUSED = Decision("marketing", State.REFUSED, Method.SAVE, 5, 9, "record-1", "text m", signalled=True)
OLDER = Decision("preferences", State.WITHDRAWN, Method.WITHDRAW, 4, 8, "record-0", "text p", signalled=False)
ALL = {decision.purpose: decision for decision in (GRANTED, REFUSED, OLDER)}
OLD_ROW = "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
SAVED = '["save",false,{"analytics":["granted","text a"],"marketing":["refused","text m"]}]'
WITHDRAWN = '["withdraw",false,{"preferences":["withdrawn","text p"]}]'
UNREADABLE = ["r", "r 5 9", "r 5 9 ", f"r x 9 {digest_said(SAVED)}", f"r 5 9 {SAVED}", f"r 5 9 {'A' * 12}"]
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
    database = make_database(tmp_path)
    migrate(database)
    return database


def test_what_is_written_is_read_back(database):
    with database.write():
        replace_decisions(database, SOMEBODY, ALL.values())
    assert read_current_decisions(database, SOMEBODY) == ALL
    assert read_current_decisions(database, NEIGHBOUR) == {}


def test_replacing_leaves_nothing_behind_and_nobody_else_out(database):
    with database.write():
        replace_decisions(database, SOMEBODY, ALL.values())
        replace_decisions(database, NEIGHBOUR, ALL.values())
        replace_decisions(database, SOMEBODY, [GRANTED])
    assert read_current_decisions(database, SOMEBODY) == {"analytics": GRANTED}
    assert read_current_decisions(database, NEIGHBOUR) == ALL
    with database.write():
        delete_decisions(database, SOMEBODY)
    assert read_current_decisions(database, SOMEBODY) == {}
    assert read_current_decisions(database, NEIGHBOUR) == ALL


def test_what_decisions_share_is_stored_once(database):
    with database.write():
        replace_decisions(database, SOMEBODY, [GRANTED, REFUSED._replace(signalled=False), OLDER])
    [(text,)] = database.rows("SELECT decisions FROM visitor_state")
    assert text == f"record-1 5 9 {digest_said(SAVED)}\nrecord-0 4 8 {digest_said(WITHDRAWN)}"
    assert sorted(database.rows("SELECT text FROM said")) == [(SAVED,), (WITHDRAWN,)]


def unreadable(database, row):
    with database.write():
        replace_decisions(database, SOMEBODY, [])
        database.change("UPDATE visitor_state SET decisions = ?", (row,))
    with pytest.raises(StorageUnavailable, match="stored decisions cannot be read"):
        read_current_decisions(database, SOMEBODY)


@pytest.mark.parametrize("row", UNREADABLE)
def test_what_cannot_be_read_is_a_fault_of_the_storage(database, row):
    with database.write():
        keep_said(database, [SAVED])
    unreadable(database, row)


@pytest.mark.parametrize("text", UNSAYABLE)
def test_what_nobody_can_have_said_is_a_fault_of_the_storage(database, text):
    with database.write():
        keep_said(database, [text])
    unreadable(database, f"r 5 9 {digest_said(text)}")


def test_what_was_said_is_not_believed_when_its_key_says_otherwise(database):
    refused = '["save",false,{"analytics":["refused","never read before"]}]'
    with database.write():
        keep_said(database, [refused])
        database.change("UPDATE said SET text = replace(text, 'refused', 'granted')")
    unreadable(database, f"r 5 9 {digest_said(refused)}")


def test_what_was_said_in_an_undone_write_means_the_same_afterwards(database):
    first = GRANTED._replace(fingerprint="undone")
    with suppress(RuntimeError), database.write():
        replace_decisions(database, SOMEBODY, [first])
        assert read_current_decisions(database, SOMEBODY) == {"analytics": first}
        raise RuntimeError
    assert read_current_decisions(database, SOMEBODY) == {}
    with database.write():
        replace_decisions(database, NEIGHBOUR, [REFUSED])
        replace_decisions(database, SOMEBODY, [first])
    with pytest.MonkeyPatch.context() as forgotten:
        forgotten.setattr(said, "_read", {})
        assert read_current_decisions(database, SOMEBODY) == {"analytics": first}
        assert read_current_decisions(database, NEIGHBOUR) == {"marketing": REFUSED}


def test_a_process_that_has_read_more_than_it_remembers_reads_on(database, monkeypatch):
    monkeypatch.setattr(said, "_read", {})
    monkeypatch.setattr(said, "REMEMBERED", 2)
    people = {f"demo/v/{number}": [GRANTED._replace(fingerprint=f"text {number}")] for number in range(5)}
    with database.write():
        for who, decisions in people.items():
            replace_decisions(database, who, decisions)
    for _ in range(2):
        assert [list(read_current_decisions(database, who).values()) for who in people] == list(people.values())
    assert len(said._read) <= 2


def test_a_thread_reads_on_after_the_database_was_closed(database):
    with database.write():
        replace_decisions(database, SOMEBODY, ALL.values())
    assert read_current_decisions(database, SOMEBODY) == ALL
    database.close()
    assert read_current_decisions(database, SOMEBODY) == ALL


def steps(folder, names):
    folder.mkdir()
    for name in names:
        (folder / f"{name}.py").write_text((schema.FOLDER / f"{name}.py").read_text())
    return folder


def test_decisions_of_the_first_schema_are_taken_over_whole(tmp_path, monkeypatch):
    old = steps(tmp_path / "migrations", ["0001_consent_records"])
    database = make_database(tmp_path)
    principals = [f"demo/v/{number:05}" for number in range(_batch("0002_principal_state") // len(ALL) * 2 + 1)]
    with monkeypatch.context() as patch:
        patch.setattr(schema, "FOLDER", old)
        migrate(database)
    with database.write():
        database.change_many(
            OLD_ROW, ((who, *said[:-1], int(said.signalled)) for who in principals for said in ALL.values())
        )
    assert migrate(database)[0] == "0002_principal_state"
    assert [row[0] for row in database.rows("SELECT principal FROM visitor_state ORDER BY 1")] == principals
    assert all(read_current_decisions(database, who) == ALL for who in principals)
    assert database.rows("SELECT name FROM sqlite_master WHERE name = 'decision'") == []


def test_rows_that_say_everything_themselves_are_taken_over_whole(tmp_path, monkeypatch):
    names = ["0001_consent_records", "0002_principal_state", "0003_messages"]
    database = make_database(tmp_path)
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
    assert migrate(database)[0] == "0004_said"
    expected = ALL | {"analytics": GRANTED._replace(signalled=True)}
    assert all(read_current_decisions(database, who) == expected for who in principals)
    assert find_standing(database, "demo/s/x") == Standing({}, stopped_at=7)
    assert sorted(database.rows("SELECT text FROM said")) == [(shared,), (WITHDRAWN,)]


def test_visitors_get_their_own_table_and_people_keep_theirs(tmp_path, monkeypatch):
    names = ["0001_consent_records", "0002_principal_state", "0003_messages", "0004_said"]
    database = make_database(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "FOLDER", steps(tmp_path / "migrations", names))
        migrate(database)
    person = "demo/s/1.someone"
    principals = [*ALIKE, *(f"demo/v/{number:05}" for number in range(_batch("0005_visitor_state") * 2 + 1))]
    text = f"record-1 5 9 {digest_said(SAVED)}\nrecord-0 4 8 {digest_said(WITHDRAWN)}"
    with database.write():
        keep_said(database, [SAVED, WITHDRAWN])
        insert = "INSERT INTO principal_state (principal, decisions, paused_until) VALUES (?, ?, ?)"
        database.change_many(insert, ((who, text, None) for who in principals))
        database.change(insert, (person, text, 7))
    assert migrate(database)[0] == "0005_visitor_state"
    expected = ALL | {"marketing": REFUSED._replace(signalled=False)}
    assert all(read_current_decisions(database, who) == expected for who in principals)
    assert database.rows("SELECT principal FROM principal_state") == [(person,)]
    assert find_standing(database, person) == Standing(expected, paused_until=7)


def test_visitors_of_one_number_are_kept_apart(database):
    kept = {who: GRANTED._replace(record=f"record-{place}") for place, who in enumerate(ALIKE)}
    with database.write():
        for who, decision in kept.items():
            replace_decisions(database, who, [decision])
    for leaving in ALIKE[:-1]:
        assert {who: read_current_decisions(database, who)["analytics"] for who in kept} == kept
        with database.write():
            delete_decisions(database, leaving)
            replace_decisions(database, ALIKE[-1], [OLDER])
        del kept[leaving]
        assert read_current_decisions(database, leaving) == {}
        assert read_current_decisions(database, ALIKE[-1]) == {"preferences": OLDER}
        with database.write():
            replace_decisions(database, ALIKE[-1], [kept[ALIKE[-1]]])
    assert database.rows("SELECT count(*) FROM visitor_state") == [(1,)]


def test_a_visitor_for_whom_no_row_is_free_is_refused_and_nobody_is_overwritten(database):
    first = crc32(SOMEBODY.encode())
    fill = "INSERT INTO visitor_state (slot, principal, decisions) VALUES (?, ?, '')"
    with database.write():
        for slot in range(first, first + REACH):
            database.change(fill, (slot, f"demo/v/{slot}"))
    with pytest.raises(StorageUnavailable, match="stand at the number"), database.write():
        replace_decisions(database, SOMEBODY, [GRANTED])
    assert read_current_decisions(database, SOMEBODY) == {}
    assert database.rows("SELECT count(*) FROM visitor_state WHERE decisions = ''") == [(REACH,)]


def _batch(step):
    file = schema.FOLDER / f"{step}.py"
    spec = importlib.util.spec_from_file_location("step", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.BATCH
