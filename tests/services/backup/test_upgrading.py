"""Upgrading a home of an earlier version: backed up as it is, migrated, checked, and the way back tried."""

import pytest

from consent_service.services.backup.describing_backups import BackupFault
from consent_service.services.backup.drilling_backups import drill_backup
from consent_service.services.backup.rebuilding_homes import RebuildSource
from consent_service.services.backup.restoring_backups import restore_backup
from consent_service.services.backup.upgrading import upgrade_home
from consent_service.services.operator.preparing_home import open_resources, prepare_home
from consent_service.settings import Settings
from consent_service.storage.engine import migrating
from consent_service.storage.engine.migrating import find_generation
from tests.cast import choose, make_site
from tests.storage.earlier_home import copy_steps

SITES = {"demo": make_site()}


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def earlier(settings, tmp_path, monkeypatch):
    """Make a home as the version before the epochs made it."""
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "FOLDER", copy_steps(tmp_path / "steps", "0010_ledger"))
        prepare_home(settings)
    return settings


def upgrade(settings, backup):
    return list(upgrade_home(settings, backup, SITES, [], lambda *_: None))


def test_a_home_of_an_earlier_version_is_backed_up_as_it_is_and_migrated(earlier, tmp_path):
    backup = tmp_path / "before"
    taken, applied, ready = upgrade(earlier, backup)
    assert taken.startswith(f"{backup}: backup of ")
    assert applied.startswith("applied 0011_store_epoch")
    assert f"consent-service restore {backup} --accept-loss" in ready
    resources = open_resources(earlier)
    assert find_generation(resources.database) == migrating.GENERATION
    visitor = choose(resources, SITES["demo"], "accept").cookie.visitor
    choose(resources, SITES["demo"], "reject", visitor=visitor)
    resources.database.close()
    restored = restore_backup(earlier, RebuildSource(backup=backup, accepts_loss=True), SITES)
    assert restored.rebuilt.manifest.generation == 10
    assert restored.rebuilt.replayed == (1, 1)
    assert find_generation(open_resources(earlier).database) == migrating.GENERATION


def test_a_migration_that_cannot_be_served_says_the_way_back(earlier, tmp_path):
    (earlier.home / "epoch").write_text("99999999999")
    with pytest.raises(BackupFault, match=r"before this epoch.*; to go back, .*consent-service restore"):
        upgrade(earlier, tmp_path / "before")
    assert (tmp_path / "before").exists()


def test_nothing_is_migrated_where_no_backup_could_be_taken(earlier, tmp_path):
    (tmp_path / "before").write_text("mine")
    with pytest.raises(BackupFault, match="is there already"):
        upgrade(earlier, tmp_path / "before")
    with pytest.raises(Exception, match="lacks 0011_store_epoch"):
        open_resources(earlier)


def test_an_upgrade_that_has_nothing_to_migrate_is_a_backup(earlier, tmp_path):
    upgrade(earlier, tmp_path / "before")
    assert upgrade(earlier, tmp_path / "again")[1] == "the database is up to date"
    assert drill_backup(earlier, RebuildSource(backup=tmp_path / "again"), SITES).faults == []
