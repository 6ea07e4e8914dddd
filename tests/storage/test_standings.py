"""Standings: what is written is read back, and what cannot be read is never guessed."""

from contextlib import suppress

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.ledger.decision import Decision, Method, State
from consent_service.domain.subject.standing import Standing
from consent_service.storage.engine.migrating import migrate
from consent_service.storage.ledger import dictionary, statements
from consent_service.storage.ledger.dictionary import derive_number, keep_text
from consent_service.storage.ledger.packed_values import pack_record_id
from consent_service.storage.ledger.statements import LAYOUT
from consent_service.storage.standings import (
    delete_standing,
    find_standing,
    read_current_decisions,
    replace_decisions,
    write_standing,
)
from tests.cast import make_database

SOMEBODY, NEIGHBOUR = "demo/v/somebody", "demo/v/neighbour"
FIRST, SECOND = "019b796d-d600-7998-9071-faebc0db7432", "019b796d-d600-7998-9071-faebc0db7433"
PERSON = "demo/s/1.somebody"
GRANTED = Decision("analytics", State.GRANTED, Method.SAVE, 5, 9, SECOND, "text a", signalled=False)
REFUSED = Decision("marketing", State.REFUSED, Method.SAVE, 5, 9, SECOND, "text m", signalled=True)
OLDER = Decision("preferences", State.WITHDRAWN, Method.WITHDRAW, 4, 8, FIRST, "text p", signalled=False)
ALL = {decision.purpose: decision for decision in (GRANTED, REFUSED, OLDER)}
SAVED = '["save",false,{"analytics":["granted","text a"],"marketing":["refused","text m"]}]'
WITHDRAWN = '["withdraw",false,{"preferences":["withdrawn","text p"]}]'
LINE = LAYOUT.pack(pack_record_id(SECOND), 5, 9, derive_number(SAVED))
UNREADABLE = ["text", LINE.decode("latin-1"), LINE[:-1], LINE + b"x", LAYOUT.pack(bytes(16), 5, 9, 7), 7, 1.5]
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
        delete_standing(database, SOMEBODY)
    assert read_current_decisions(database, SOMEBODY) == {}
    assert read_current_decisions(database, NEIGHBOUR) == ALL


def test_what_decisions_share_is_stored_once(database):
    with database.write():
        replace_decisions(database, SOMEBODY, [GRANTED, REFUSED._replace(signalled=False), OLDER])
    [(packed,)] = database.rows("SELECT decisions FROM standing")
    assert packed == LINE + LAYOUT.pack(pack_record_id(FIRST), 4, 8, derive_number(WITHDRAWN))
    assert sorted(database.rows("SELECT text FROM dictionary")) == [(SAVED,), (WITHDRAWN,)]


def unreadable(database, row):
    with database.write():
        replace_decisions(database, SOMEBODY, [])
        database.change("UPDATE standing SET decisions = ?", (row,))
    with pytest.raises(StorageUnavailable, match="stored decisions cannot be read"):
        read_current_decisions(database, SOMEBODY)


@pytest.mark.parametrize("row", UNREADABLE)
def test_what_cannot_be_read_is_a_fault_of_the_storage(database, row):
    with database.write():
        keep_text(database, SAVED)
    unreadable(database, row)


@pytest.mark.parametrize("text", UNSAYABLE)
def test_what_nobody_can_have_said_is_a_fault_of_the_storage(database, text):
    with database.write():
        keep_text(database, text)
    unreadable(database, LAYOUT.pack(bytes(16), 5, 9, derive_number(text)))


def test_what_was_said_is_not_believed_when_its_key_says_otherwise(database):
    refused = '["save",false,{"analytics":["refused","never read before"]}]'
    with database.write():
        keep_text(database, refused)
        database.change("UPDATE dictionary SET text = replace(text, 'refused', 'granted')")
    unreadable(database, LAYOUT.pack(bytes(16), 5, 9, derive_number(refused)))


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
    statements._said.forget()
    assert read_current_decisions(database, SOMEBODY) == {"analytics": first}
    assert read_current_decisions(database, NEIGHBOUR) == {"marketing": REFUSED}


def test_a_process_that_has_read_more_than_it_remembers_reads_on(database, monkeypatch):
    statements._said.forget()
    monkeypatch.setattr(dictionary, "REMEMBERED", 2)
    people = {f"demo/v/{number}": [GRANTED._replace(fingerprint=f"text {number}")] for number in range(5)}
    with database.write():
        for who, decisions in people.items():
            replace_decisions(database, who, decisions)
    for _ in range(2):
        assert [list(read_current_decisions(database, who).values()) for who in people] == list(people.values())
    assert len(statements._said._read) <= 2


def test_a_thread_reads_on_after_the_database_was_closed(database):
    with database.write():
        replace_decisions(database, SOMEBODY, ALL.values())
    assert read_current_decisions(database, SOMEBODY) == ALL
    database.close()
    assert read_current_decisions(database, SOMEBODY) == ALL


@pytest.mark.parametrize("principal", [SOMEBODY, PERSON, "demo/e/019b796d-d600-7998-9071-faebc0db7432"])
def test_every_kind_of_principal_has_one_row(database, principal):
    standing = Standing(ALL, {"bounce": 7}, stopped_at=3, paused_until=8)
    with database.write():
        write_standing(database, principal, standing)
        write_standing(database, f"{principal}x", Standing({}))
    assert find_standing(database, principal) == standing
    assert read_current_decisions(database, principal) == ALL
    with database.write():
        replace_decisions(database, principal, [OLDER])
    assert find_standing(database, principal) == standing._replace(decisions={"preferences": OLDER})


def test_a_record_that_is_none_is_not_written(database):
    with pytest.raises(ValueError, match="not the id of a record"), database.write():
        replace_decisions(database, SOMEBODY, [GRANTED._replace(record="abcd")])
    assert database.rows("SELECT * FROM standing") == []
