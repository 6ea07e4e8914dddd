"""API keys in the database: what those of an earlier version may do, and when a key was last used."""

import shutil

from consent_service.domain.api_key import ApiKey, Scope
from consent_service.storage.api_keys import add_key, list_all_keys, set_last_used
from consent_service.storage.engine import migrating
from consent_service.storage.engine.migrating import migrate
from tests.cast import make_database

OLD_ROW = """
INSERT INTO api_key (hash, id, site, label, scopes, purposes, created_at) VALUES (?, ?, 'demo', 'x', ?, ?, ?)
"""
OLD_KEYS = (("check", None), ("check feed write", None), ("feed", None), ("check", "news"), ("admin", None))


def test_a_key_that_checks_all_purposes_gains_links_and_a_limited_one_does_not(tmp_path, monkeypatch):
    database = make_database(tmp_path)
    before = tmp_path / "migrations"
    before.mkdir()
    for step in migrating.FOLDER.glob("000[1-6]_*.py"):
        shutil.copy(step, before)
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "FOLDER", before)
        migrate(database)
    with database.write():
        for number, (scopes, purposes) in enumerate(OLD_KEYS):
            database.change(OLD_ROW, (f"h{number}", f"k{number}", scopes, purposes, number))
    assert migrate(database)[0] == "0007_key_use"
    kept = list_all_keys(database)
    assert [key.scopes for key in kept] == [
        {Scope.CHECK, Scope.LINKS},
        {Scope.CHECK, Scope.LINKS, Scope.FEED, Scope.WRITE},
        {Scope.FEED},
        {Scope.CHECK},
        {Scope.ADMIN},
    ]
    assert {key.last_used_at for key in kept} == {None}


def test_an_earlier_use_never_replaces_a_later_one(tmp_path):
    database = make_database(tmp_path)
    migrate(database)
    key = ApiKey(id="k", site="demo", label="", scopes=frozenset({Scope.CHECK}), purposes=None, created_at=1)
    with database.write():
        add_key(database, "h", key)
        for at in (5, 9, 7):
            set_last_used(database, "k", at)
            set_last_used(database, "another", at)
    assert [key.last_used_at for key in list_all_keys(database)] == [9]
