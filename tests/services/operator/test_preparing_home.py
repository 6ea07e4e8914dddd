"""Preparing a home folder: made once, repaired where something is missing, refused where it cannot be used."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from consent_service.domain.errors import SchemaMismatch, SettingsFault, StorageUnavailable
from consent_service.services.operator import preparing_home
from consent_service.services.operator.checking_readiness import check_ready
from consent_service.services.operator.preparing_home import migrate_home, open_resources, prepare_home
from consent_service.settings import Settings
from consent_service.storage.engine import migrating
from consent_service.storage.engine.sqlite import SqliteDatabase
from tests.cast import choose

STEPS = sorted(file.stem for file in migrating.FOLDER.glob("[0-9]*.py"))
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "deep" / "home")


def test_a_new_home_gets_a_key_and_a_database(settings, site):
    made = prepare_home(settings)
    assert [line.partition(" ")[0] for line in made] == ["signing", *["migration"] * len(STEPS)]
    resources = open_resources(settings)
    check_ready(resources)
    assert choose(resources, site, "accept").allowed


def test_preparing_again_makes_nothing_and_loses_nothing(settings, site):
    prepare_home(settings)
    resources = open_resources(settings)
    recorded = choose(resources, site, "accept")
    assert prepare_home(settings) == []
    assert open_resources(settings).keys.current == resources.keys.current
    assert choose(resources, site, "reject", visitor=recorded.cookie.visitor).cookie.seq == 2


@pytest.mark.parametrize("start", [open_resources, prepare_home, migrate_home])
def test_a_home_that_lost_its_database_is_refused_and_nothing_is_put_in_its_place(settings, start):
    prepare_home(settings)
    settings.database.unlink()
    with pytest.raises(SettingsFault, match=r"there is no database, but .* holds the keys of one; restore it from a"):
        start(settings)
    assert not settings.database.exists()


@pytest.mark.parametrize("start", [open_resources, prepare_home, migrate_home])
def test_a_home_that_lost_its_keys_is_refused_and_no_others_are_made(settings, start):
    prepare_home(settings)
    shutil.rmtree(settings.keys)
    with pytest.raises(SettingsFault, match="there is no signing key, but a database; restore it from a backup"):
        start(settings)
    assert not settings.keys.exists()


@pytest.mark.parametrize("start", [open_resources, prepare_home, migrate_home])
def test_a_database_that_was_emptied_is_refused_and_not_filled_with_tables(settings, start):
    prepare_home(settings)
    for file in settings.home.glob(f"{settings.database.name}*"):
        file.unlink()
    settings.database.touch(0o600)
    with pytest.raises(SettingsFault, match="holds nothing of this service; restore it from a backup"):
        start(settings)
    assert SqliteDatabase(settings.database).rows("SELECT * FROM sqlite_master") == []


@pytest.mark.parametrize("broken", ["create_key", "create_secrets", "migrate"])
def test_preparing_that_broke_off_goes_on_where_it_was(settings, site, broken):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preparing_home, broken, interrupt)
        with pytest.raises(KeyboardInterrupt):
            prepare_home(settings)
    for start in (open_resources, migrate_home):
        with pytest.raises(SettingsFault, match="there is no"):
            start(settings)
    prepare_home(settings)
    assert choose(open_resources(settings), site, "accept").allowed
    assert {path.name for path in settings.home.iterdir()} >= {"keys", settings.database.name}
    assert not list(settings.home.glob("*unfinished*"))


def interrupt(*_):
    raise KeyboardInterrupt


def test_several_processes_may_prepare_a_home_at_once(settings):
    environ = {"CONSENT_HOME": str(settings.home)}
    command = [sys.executable, "-c", "from consent_service.cli import main; main()", "init"]
    started = [subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    told = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * 4
    assert sorted(text.count("migration") for text in told) == [0, 0, 0, len(STEPS)]
    check_ready(open_resources(settings))


def test_nobody_else_can_read_the_home_even_where_its_folder_is_open(settings):
    settings.home.mkdir(0o755, parents=True)
    prepare_home(settings)
    open_resources(settings).database.rows("SELECT 1")
    assert {path.name: path.stat().st_mode & 0o077 for path in settings.home.iterdir()} == {
        path.name: 0 for path in settings.home.iterdir()
    }


@pytest.mark.parametrize("home", ["file/home", "file"])
def test_a_home_that_cannot_be_made_is_refused(tmp_path, home):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsFault, match="the home folder cannot be written"):
        prepare_home(Settings(home=tmp_path / home))


def test_a_home_that_was_not_prepared_says_what_to_run(settings):
    with pytest.raises(SettingsFault, match="there is no signing key; run: consent-service init"):
        open_resources(settings)
    with pytest.raises(SettingsFault, match="there is no database; run: consent-service init"):
        migrate_home(settings)


@pytest.fixture
def prepare_older_home(settings, tmp_path):
    """Make a home with the first migrations alone."""

    def prepare(*steps):
        folder = tmp_path / "older"
        folder.mkdir()
        for step in steps:
            shutil.copy(migrating.FOLDER / f"{step}.py", folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(migrating, "FOLDER", folder)
            prepare_home(settings)

    return prepare


def test_a_database_that_was_not_migrated_says_what_to_run(settings, prepare_older_home):
    prepare_older_home(*STEPS[:3])
    with pytest.raises(SchemaMismatch, match="run: consent-service migrate"):
        open_resources(settings)
    assert migrate_home(settings) == STEPS[3:]
    check_ready(open_resources(settings))


def test_a_home_from_before_there_were_subjects_is_told_to_migrate_and_gets_its_secrets_then(
    settings, prepare_older_home
):
    prepare_older_home(*STEPS[:2])
    for name in ("subject-1.secret", "link-1.secret", "address.secret"):
        (settings.keys / name).unlink()
    with pytest.raises(SchemaMismatch, match="run: consent-service migrate"):
        open_resources(settings)
    migrate_home(settings)
    check_ready(open_resources(settings))


def test_a_key_that_others_can_read_stops_the_start(settings):
    prepare_home(settings)
    for file in settings.keys.iterdir():
        file.chmod(0o644)
    for start in (open_resources, prepare_home):
        with pytest.raises(SettingsFault, match="other users may read this; run: chmod 600"):
            start(settings)


def test_a_service_whose_database_went_away_is_not_ready(settings):
    prepare_home(settings)
    resources = open_resources(settings)
    check_ready(resources)
    with resources.database.write():
        resources.database.change("DELETE FROM schema_migration")
    with pytest.raises(SchemaMismatch):
        check_ready(resources)


def test_a_service_that_cannot_take_the_writers_lock_is_not_ready(settings):
    prepare_home(settings)
    lock = settings.database.with_name(f"{settings.database.name}.lock")
    lock.unlink(missing_ok=True)
    lock.mkdir(0o700)
    with pytest.raises(StorageUnavailable, match="the lock file cannot be used"):
        check_ready(open_resources(settings))
