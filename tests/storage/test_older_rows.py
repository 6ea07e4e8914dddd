"""Rows of earlier schemas: whatever an older version kept is read the same after all migrations."""

import hashlib
import importlib.util
from base64 import urlsafe_b64encode

from consent_service.domain.subject.standing import Standing
from consent_service.storage.engine import migrating as schema
from consent_service.storage.engine.migrating import migrate
from consent_service.storage.standings import find_standing, read_current_decisions
from tests.cast import make_database
from tests.storage.test_standings import ALL, FIRST, GRANTED, REFUSED, SAVED, SECOND, WITHDRAWN

ALIKE = ("demo/v/End5S0N9rLyHJf2k9of5QQ", "demo/v/6XT5ibmnORoPwfciaiGXFw", "demo/v/dVi7CeT5QY3y4AsxcyChxQ")
"""Two visitors who had one number, and one who had the next."""
OLD_ROW = "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def digest(text):
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:9]).decode()


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
    assert [row[0] for row in database.rows("SELECT principal FROM standing ORDER BY 1")] == principals
    assert all(read_current_decisions(database, who) == ALL for who in principals)
    assert database.rows("SELECT name FROM sqlite_master WHERE name = 'decision'") == []


def test_rows_that_say_everything_themselves_are_taken_over_whole(tmp_path, monkeypatch):
    names = ["0001_consent_records", "0002_principal_state", "0003_messages"]
    database = make_database(tmp_path)
    principals = [f"demo/v/{number:05}" for number in range(_batch("0004_said") * 2 + 1)]
    shared = SAVED.replace("false", "true")
    row = f"{SECOND} 5 9 {shared}\n{FIRST} 4 8 {WITHDRAWN}"
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
    assert sorted(database.rows("SELECT text FROM dictionary")) == [(shared,), (WITHDRAWN,)]


def test_visitors_get_their_own_table_and_people_keep_theirs(tmp_path, monkeypatch):
    names = ["0001_consent_records", "0002_principal_state", "0003_messages", "0004_said"]
    database = make_database(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "FOLDER", steps(tmp_path / "migrations", names))
        migrate(database)
    person = "demo/s/1.someone"
    principals = [*ALIKE, *(f"demo/v/{number:05}" for number in range(_batch("0005_visitor_state") * 2 + 1))]
    text = f"{SECOND} 5 9 {digest(SAVED)}\n{FIRST} 4 8 {digest(WITHDRAWN)}"
    with database.write():
        database.change_many("INSERT INTO said VALUES (?, ?)", [(digest(text), text) for text in (SAVED, WITHDRAWN)])
        insert = "INSERT INTO principal_state (principal, decisions, paused_until) VALUES (?, ?, ?)"
        database.change_many(insert, ((who, text, None) for who in principals))
        database.change(insert, (person, text, 7))
    assert migrate(database)[0] == "0005_visitor_state"
    expected = ALL | {"marketing": REFUSED._replace(signalled=False)}
    assert all(read_current_decisions(database, who) == expected for who in principals)
    assert find_standing(database, person) == Standing(expected, paused_until=7)


def _batch(step):
    file = schema.FOLDER / f"{step}.py"
    spec = importlib.util.spec_from_file_location("step", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.BATCH
