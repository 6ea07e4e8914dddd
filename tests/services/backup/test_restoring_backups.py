"""Restoring a backup: no no is undone, nothing is half done, and what does not fit is refused and named."""

import shutil

import pytest

from consent_service.services.backup.rebuilding_homes import RebuildSource
from consent_service.services.backup.restoring_backups import restore_backup
from consent_service.services.backup.taking_backups import take_backup
from tests.cast import SECOND, choose
from tests.services.backup.noes import RealDesk
from tests.services.messages.telling_desk import SITE

DAY = 86_400 * SECOND


@pytest.fixture
def desk(tmp_path):
    return RealDesk(tmp_path)


@pytest.fixture
def backup(tmp_path):
    return tmp_path / "yesterday.backup"


def take(desk, backup, **options):
    return take_backup(desk.resources, backup, keys=desk.settings.keys, **options)


def restore(desk, backup, **options):
    desk.resources.database.close()
    restored = restore_backup(desk.settings, RebuildSource(backup=backup, accepts_loss=True, **options), desk.sites)
    desk.reopen()
    return restored


@pytest.mark.parametrize("number", [40])
def test_a_backup_of_yesterday_undoes_no_no(desk, backup, number):
    people, visitors = desk.agree(number)
    desk.clock.now -= DAY
    take(desk, backup)
    desk.clock.now += DAY
    desk.deny(people, visitors)
    assert desk.list_allowed(people, visitors) == []
    restored = restore(desk, backup)
    assert desk.list_allowed(people, visitors) == []
    assert restored.rebuilt.replayed == (2 * number, 2 * number)


def test_without_the_journal_they_would_all_be_undone(desk, backup):
    people, visitors = desk.agree(10)
    take(desk, backup)
    desk.deny(people, visitors)
    shutil.rmtree(desk.settings.home / "denials")
    restore(desk, backup, accepts_undone=True)
    assert len(desk.list_allowed(people, visitors)) == 20


def test_what_was_agreed_before_the_backup_stays(desk, backup):
    people, visitors = desk.agree(3)
    take(desk, backup)
    choose(desk.resources, SITE, "accept")
    restore(desk, backup, accepts_undone=True)
    assert len(desk.list_allowed(people, visitors)) == 6
