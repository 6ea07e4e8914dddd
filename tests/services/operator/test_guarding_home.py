"""Guarding a home folder: what is not ours alone is refused before anything of it is used, and told as what it is."""

import os
import stat

import pytest

from consent_service.domain.errors import SettingsFault
from consent_service.services.operator.preparing_home import migrate_home, open_resources, prepare_home
from consent_service.settings import Settings

STARTS = (open_resources, prepare_home, migrate_home)
FILES = ("consent.sqlite3", "keys", "keys/subject-1.secret", "keys/form.secret")


@pytest.fixture
def settings(tmp_path):
    made = Settings(home=tmp_path / "home")
    prepare_home(made)
    return made


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722, 0o702])
@pytest.mark.parametrize("start", STARTS)
def test_a_home_that_others_may_write_into_is_refused(settings, start, mode):
    settings.home.chmod(mode)
    with pytest.raises(SettingsFault, match=f"home: other users may change this; run: chmod 700 {settings.home}"):
        start(settings)
    settings.home.chmod(0o755)
    start(settings)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("bit", [0o040, 0o020, 0o004, 0o002])
def test_keys_and_database_that_others_may_read_are_refused(settings, file, bit):
    place = settings.home / file
    place.chmod(place.stat().st_mode | bit)
    with pytest.raises(SettingsFault, match=f"{place}: other users may read this; run: chmod [67]00"):
        open_resources(settings)


@pytest.mark.parametrize("start", STARTS)
def test_a_home_of_somebody_else_is_told_as_such_and_not_as_one_without_keys(settings, start, monkeypatch):
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises(SettingsFault, match=r"home: belongs to .*, but this runs as .*; run it as .*, or give it away"):
        start(settings)


@pytest.mark.parametrize("file", FILES)
def test_a_single_file_of_somebody_else_is_refused(settings, file, monkeypatch):
    if os.geteuid():
        pytest.skip("only root can give a file away")
    os.chown(settings.home / file, 12345, -1)
    with pytest.raises(SettingsFault, match=f"{file}: belongs to user 12345, but this runs as root"):
        open_resources(settings)


def test_a_pipe_in_the_place_of_a_key_does_not_hold_up_the_start(settings):
    secret = settings.keys / "form.secret"
    secret.unlink()
    os.mkfifo(secret, 0o600)
    with pytest.raises(SettingsFault, match="a key has 32 bytes, this file has 0"):
        open_resources(settings)


def test_opening_a_database_never_makes_one(settings):
    resources = open_resources(settings)
    resources.database.close()
    settings.database.unlink()
    with pytest.raises(Exception, match="cannot be opened"):
        resources.database.rows("SELECT 1")
    assert not settings.database.exists()


def test_the_database_is_ours_alone_whatever_the_umask(tmp_path):
    made, before = Settings(home=tmp_path / "open"), os.umask(0)
    try:
        prepare_home(made)
        open_resources(made).database.rows("SELECT 1")
    finally:
        os.umask(before)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) & 0o077 for file in [made.home, *made.home.rglob("*")]}
    assert not any(modes.values()), modes


def test_the_log_of_a_lost_database_is_not_written_into_a_new_one(tmp_path):
    made = Settings(home=tmp_path / "home")
    made.home.mkdir(0o700)
    log = made.home / "consent.sqlite3-wal"
    log.write_bytes(b"what was committed last")
    log.chmod(0o600)
    with pytest.raises(SettingsFault, match="belongs to a database that is gone; restore it from a backup"):
        prepare_home(made)
    assert (log.read_bytes(), made.database.exists()) == (b"what was committed last", False)
