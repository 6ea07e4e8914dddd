"""A drill finds what a restore would bring back, and what was broken before the backup was taken."""

import shutil

import pytest

from consent_service.services.backup.drilling_backups import drill_backup
from consent_service.services.backup.rebuilding_homes import RebuildSource
from consent_service.services.backup.taking_backups import take_backup
from consent_service.services.ledger.sealing_records import seal_records
from tests.services.backup.noes import RealDesk
from tests.services.messages.telling_desk import SITE

pytestmark = pytest.mark.one_file


@pytest.fixture
def desk(tmp_path):
    return RealDesk(tmp_path)


@pytest.fixture
def backup(tmp_path):
    return tmp_path / "consent.backup"


def take(desk, backup):
    take_backup(desk.resources, backup, keys=desk.settings.keys)


def drill(desk, backup, **options):
    return drill_backup(desk.settings, RebuildSource(backup=backup, accepts_loss=True, **options), desk.sites)


def test_a_sound_backup_has_no_fault_and_nothing_is_left_of_the_drill(desk, backup):
    people, visitors = desk.agree(10)
    seal_records(desk.resources, SITE, "one")
    take(desk, backup)
    desk.deny(people, visitors)
    seal_records(desk.resources, SITE, "one")
    before = sorted(desk.settings.home.iterdir())
    drilled = drill(desk, backup)
    assert drilled.faults == []
    assert drilled.found[0].endswith(" records read, 0 do not verify")
    assert drilled.rebuilt.replayed == (20, 20)
    assert sorted(desk.settings.home.iterdir()) == before


def test_a_drill_without_the_journal_names_everybody_who_would_be_allowed(desk, backup):
    people, visitors = desk.agree(10)
    take(desk, backup)
    desk.deny(people, visitors)
    shutil.rmtree(desk.settings.home / "denials")
    faults = drill(desk, backup, accepts_undone=True).faults
    undone = {fault.partition(":")[0] for fault in faults}
    assert undone == {who.principal for who in people} | {f"demo/v/{visitor}" for visitor in visitors}
    assert all(fault.endswith("was denied and would be allowed") for fault in faults)


def test_what_was_broken_before_the_backup_is_found(desk, backup):
    desk.agree(2)
    with desk.resources.database.write():
        desk.resources.database.change(
            "UPDATE record SET signature = zeroblob(64) WHERE id = (SELECT min(id) FROM record)"
        )
    take(desk, backup)
    assert ["the signature does not match" in fault for fault in drill(desk, backup).faults] == [True]


def test_another_history_than_that_of_the_store_is_found(desk, backup):
    desk.agree(2)
    seal_records(desk.resources, SITE, "one")
    take(desk, backup)
    with desk.resources.database.write():
        desk.resources.database.change("UPDATE ledger_tile SET hashes = zeroblob(length(hashes))")
    assert any("are not those of the store" in fault for fault in drill(desk, backup).faults)
