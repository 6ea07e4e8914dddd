"""Backups that are cut off, changed, of somebody else or no backups: one line each, and nothing is touched."""

import json
import shutil
import subprocess

import pytest

from tests.cli.backups import ACCEPT, IDENTITY, RECIPIENT, members, repack


def test_missing_keys_are_named_before_anything_is_written(taken, home, backup, tmp_path, refused):
    shutil.move(home, tmp_path / "lost")
    home.mkdir(mode=0o700)
    told = refused(taken("restore", backup, *ACCEPT))
    assert all(file.name in told for file in (tmp_path / "lost" / "keys").iterdir())
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("part", [0, 100, 0.3, 0.9, -1, -10_300])
def test_a_backup_that_is_cut_off_is_refused(taken, home, backup, refused, part):
    content = backup.read_bytes()
    end = int(part * len(content)) if isinstance(part, float) else part
    backup.write_bytes(content[:end])
    before = (home / "consent.sqlite3").read_bytes()
    if part == -1:
        assert taken("restore", backup, *ACCEPT).exit_code == 0
        return
    assert "cut off" in (told := refused(taken("restore", backup, *ACCEPT))) or "whole" in told
    assert (home / "consent.sqlite3").read_bytes() == before


def spoil_page(held):
    held["consent.sqlite3"] = held["consent.sqlite3"][:-4000] + b"x" + held["consent.sqlite3"][-3999:]


def spoil_manifest(held, **changes):
    held["manifest.json"] = json.dumps(json.loads(held["manifest.json"]) | changes).encode()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (spoil_page, "it was changed or damaged"),
        (lambda held: spoil_manifest(held, made_at="2026-01-01T00:00:00.000000Z"), "it was changed or damaged"),
        (lambda held: spoil_manifest(held, format=2), "newer version"),
        (lambda held: spoil_manifest(held, generation=99, version="7.0"), "newer version, 7.0"),
        (lambda held: spoil_manifest(held, sites=["elsewhere"]), "the site elsewhere, of which"),
        (lambda held: spoil_manifest(held, keys={"../x": "0"}), "no backup of this service"),
        (lambda held: spoil_manifest(held, sites=3), "no backup of this service"),
        (lambda held: spoil_manifest(held, epoch="3"), "no backup of this service"),
        (lambda held: held.update({"manifest.json": b"[]"}), "no backup of this service"),
        (lambda held: held.update({"keys/../../x": b"[]"}), "which no backup does"),
        (lambda held: held.update({"contents.jws": b"x.y.z"}), "not ours"),
        (lambda held: held.pop("contents.jws"), "cut off"),
        (lambda held: held.pop("manifest.json"), "cut off"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused_in_one_line(taken, home, backup, refused, spoil, told):
    held = members(backup)
    spoil(held)
    repack(backup, held)
    before = (home / "consent.sqlite3").read_bytes()
    assert told in refused(taken("restore", backup, *ACCEPT))
    assert told in refused(taken("drill", backup, "--accept-undone"))
    assert (home / "consent.sqlite3").read_bytes() == before
    assert not (home / "restoring").exists()


@pytest.mark.parametrize("content", [b"", b"x" * 20_000, bytes(20_000), b"age-encryption.org/v1\nx"])
def test_what_is_no_backup_at_all_is_refused(taken, backup, refused, content):
    backup.write_bytes(content)
    assert str(backup) in refused(taken("restore", backup, *ACCEPT))


def test_the_backup_of_another_home_is_refused(taken, home, backup, tmp_path, refused):
    shutil.move(home, tmp_path / "other")
    assert taken("init").exit_code == 0
    assert "lacks" in refused(taken("restore", backup, *ACCEPT))
    for file in (tmp_path / "other" / "keys").iterdir():
        if not (home / "keys" / file.name).exists():
            shutil.copy(file, home / "keys" / file.name)
    assert "of another home" in refused(taken("restore", backup, *ACCEPT))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--with-keys",), "only go into an encrypted backup"),
        (("--recipient", "age1x"), "no public key of age"),
        (("--recipient", IDENTITY), "no public key of age"),
    ],
)
def test_a_backup_that_cannot_be_is_refused(taken, backup, refused, arguments, told):
    assert told in refused(taken("backup", backup.with_name("other"), *arguments))
    assert not backup.with_name("other").exists()


def test_no_backup_replaces_another_and_none_goes_nowhere(taken, backup, refused, tmp_path):
    before = backup.read_bytes()
    assert "is there already" in refused(taken("backup", backup))
    assert backup.read_bytes() == before
    assert "No such file" in refused(taken("backup", tmp_path / "nowhere" / "x"))


def test_another_identity_or_none_opens_nothing(taken, backup, refused, tmp_path):
    sealed, identity = tmp_path / "sealed", tmp_path / "identity"
    assert taken("backup", sealed, "--recipient", RECIPIENT).exit_code == 0
    assert "--identity FILE" in refused(taken("restore", sealed, *ACCEPT))
    identity.write_text("nothing")
    assert "no private key of age" in refused(taken("restore", sealed, *ACCEPT, "--identity", identity))
    if shutil.which("age-keygen"):
        identity.write_bytes(subprocess.run(["age-keygen"], capture_output=True, check=True).stdout)
        assert "for another key" in refused(taken("restore", sealed, *ACCEPT, "--identity", identity))
