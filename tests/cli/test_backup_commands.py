"""Backups as an operator takes, tries and restores them."""

import json
import shutil

from consent_service.services.operator.preparing_home import open_resources
from consent_service.settings import Settings
from tests.cli.backups import ACCEPT, IDENTITY, RECIPIENT, members, say


def allowed(ready, visitor):
    told = ready("check", "--site", "demo", "--visitor", visitor, "--purpose", "analytics")
    return told.stdout.startswith("allowed")


def test_a_backup_is_a_file_for_its_owner_alone_and_holds_no_private_key(taken, home, backup):
    assert oct(backup.stat().st_mode & 0o777) == "0o600"
    held = members(backup)
    assert list(held) == ["manifest.json", "consent.sqlite3", "contents.jws"]
    manifest = json.loads(held["manifest.json"])
    assert (manifest["sites"], manifest["holds_keys"]) == (["demo"], False)
    everything = backup.read_bytes()
    assert not [file for file in (home / "keys").iterdir() if file.read_bytes() in everything]
    assert not list(home.glob("backup*"))


def test_a_backup_is_restored_with_every_no_since(taken, home, backup):
    visitor = say(home, "accept")
    taken("backup", backup.with_name("second"))
    say(home, "reject", visitor)
    restored = taken("restore", backup.with_name("second"), "--accept-loss")
    assert restored.exit_code == 0, restored.output
    assert "1 denial since then in the journal, 1 of them said again" in restored.stdout
    assert not allowed(taken, visitor)
    assert list(home.glob("consent.sqlite3.before-*Z"))
    assert not (home / "restoring").exists()


def test_a_drill_finds_a_sound_backup_sound_and_changes_nothing(taken, home, backup):
    say(home, "reject", say(home, "accept"))
    before = (home / "consent.sqlite3").read_bytes()
    drilled = taken("drill", backup)
    assert drilled.exit_code == 0, drilled.output
    assert "demo: 2 records read, 0 do not verify" in drilled.stdout
    assert (home / "consent.sqlite3").read_bytes() == before
    assert not list(home.glob("consent-drill-*"))


def test_an_upgrade_takes_a_backup_first_and_says_the_way_back(taken, backup):
    upgraded = taken("upgrade", backup.with_name("before"))
    assert upgraded.exit_code == 0, upgraded.output
    assert "the database is up to date" in upgraded.stdout
    assert f"consent-service restore {backup.with_name('before')}" in upgraded.stdout
    assert taken("drill", backup.with_name("before")).exit_code == 0


def test_an_encrypted_backup_holds_the_keys_for_an_empty_home(taken, home, backup, tmp_path):
    everything, identity = tmp_path / "everything", tmp_path / "identity"
    identity.write_text(IDENTITY)
    assert taken("backup", everything, "--recipient", RECIPIENT, "--with-keys").exit_code == 0
    assert b"manifest" not in everything.read_bytes()
    shutil.move(home, tmp_path / "lost")
    restored = taken("restore", everything, "--identity", identity, "--accept-undone")
    assert restored.exit_code == 0, restored.output
    kept = {file.name: file.read_bytes() for file in (tmp_path / "lost" / "keys").iterdir()}
    assert {file.name: file.read_bytes() for file in (home / "keys").iterdir()} == kept
    assert taken("drill", everything, "--identity", identity, "--accept-undone").exit_code == 0


def test_without_the_flag_a_restore_says_what_is_lost(taken, home, backup, refused):
    say(home, "accept")
    assert taken("ledger", "seal").exit_code == 0
    told = refused(taken("restore", backup))
    assert "demo" in told
    assert "--accept-loss" in told
    assert taken("restore", backup, *ACCEPT).exit_code == 0


def test_a_backup_of_an_epoch_before_is_restored_into_a_later_one(taken, home, backup, refused):
    assert taken("ledger", "seal").exit_code == 0
    assert taken("ledger", "accept-loss", "--yes").exit_code == 0
    assert "epoch" in refused(taken("restore", backup))
    epoch = int((home / "epoch").read_text())
    assert taken("restore", backup, *ACCEPT).exit_code == 0
    resources = open_resources(Settings(home=home))
    assert resources.database.rows("SELECT epoch FROM schema_generation") > [(epoch,)]
    assert taken("ledger", "seal").exit_code == 0


def test_a_journal_that_is_missing_or_changed_is_named(taken, home, backup, refused, tmp_path):
    shutil.rmtree(home / "denials")
    assert "no journal of denials" in refused(taken("restore", backup, "--accept-loss"))
    say(home, "reject", say(home, "accept"))
    say(home, "reject", say(home, "accept"))
    [day] = (home / "denials").iterdir()
    lines = day.read_bytes().splitlines(keepends=True)
    day.write_bytes(lines[1])
    told = refused(taken("restore", backup, "--accept-loss"))
    assert "the line before it is missing" in told
    assert "--accept-undone" in told
    restored = taken("restore", backup, *ACCEPT)
    assert "1 denial since then" in restored.stdout, restored.output


def test_the_second_place_of_the_journal_is_named_by_the_operator(taken, home, backup, tmp_path):
    visitor = say(home, "accept")
    later = backup.with_name("later")
    taken("backup", later)
    say(home, "reject", visitor)
    shutil.move(home / "denials", tmp_path / "second")
    restored = taken("restore", later, "--accept-loss", "--journal", tmp_path / "second")
    assert restored.exit_code == 0, restored.output
    assert not allowed(taken, visitor)
    assert list((home / "denials").iterdir())
