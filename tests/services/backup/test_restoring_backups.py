"""Restoring a backup: no no is undone, nothing is half done, and what does not fit is refused and named."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from consent_service.domain.basics.moment import read_time
from consent_service.services.audit.checking_store import check_store
from consent_service.services.backup.describing_backups import BackupFault
from consent_service.services.backup.drilling_backups import drill_backup
from consent_service.services.backup.rebuilding_homes import RebuildSource
from consent_service.services.backup.restoring_backups import restore_backup
from consent_service.services.backup.taking_backups import take_backup
from consent_service.services.check.checking_visitors import check_cookie
from consent_service.services.feed.reading_feed import find_feed_epoch
from consent_service.services.ledger.reading_records import read_history, read_subject_history
from consent_service.services.messages.confirming_requests import disown_request, read_confirmation
from consent_service.storage.standings import find_standing
from tests.cast import SECOND, choose
from tests.services.backup.noes import PURPOSES, RealDesk
from tests.services.messages.telling_desk import NEWS, SITE

pytestmark = pytest.mark.one_file


def open_new(path, flags):
    return os.open(path, flags, 0o600)


DAY = 86_400 * SECOND
ROOT = Path(__file__).resolve().parents[3]


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


@pytest.mark.threat("T2")
@pytest.mark.parametrize("number", [40, pytest.param(500, marks=pytest.mark.slow)])
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
    drilled = drill_backup(desk.settings, RebuildSource(backup=backup, accepts_loss=True), desk.sites)
    assert drilled.faults == []


def test_what_is_said_again_fits_what_is_signed(desk, backup):
    people, [visitor, *others] = desk.agree(3)
    take(desk, backup)
    desk.clock.advance(20 * SECOND)
    desk.deny(people, others)
    choose(desk.resources, SITE, "accept", visitor=visitor)
    desk.clock.advance(20 * SECOND)
    choose(desk.resources, SITE, "save", visitor=visitor, no=["marketing"], yes=["analytics"])
    restore(desk, backup)
    assert check_store(desk.resources).faults == []


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


def test_a_visitors_own_cookie_is_not_newer_than_what_was_said_again(desk, backup):
    _, [visitor, other] = desk.agree(2)
    take(desk, backup)
    desk.clock.advance(20 * SECOND)
    refused = choose(desk.resources, SITE, "reject", visitor=visitor)
    choose(desk.resources, SITE, "accept", visitor=other)
    desk.clock.advance(20 * SECOND)
    choose(desk.resources, SITE, "accept", visitor=other)
    later = choose(desk.resources, SITE, "save", visitor=other, no=["marketing"], yes=["analytics"])
    restore(desk, backup)
    for recorded, known in ((refused, PURPOSES), (later, ["marketing", "preferences"])):
        answers = check_cookie(desk.resources, SITE, recorded.cookie, PURPOSES, signal=False)
        assert not any(answer.allowed for answer in answers.values())
        assert {key for key, answer in answers.items() if answer.reason == "withdrawn"} == set(known)
    # Yeses before the gap hold no longer: what is missing may have been a no.
    assert len(find_standing(desk.resources.database, f"demo/v/{other}").decisions) == 2
    assert drill_backup(desk.settings, RebuildSource(backup=backup, accepts_loss=True), desk.sites).faults == []


def test_a_restored_no_is_a_record_of_its_own_with_the_time_of_the_no(desk, backup):
    [who], [visitor] = desk.agree(1)
    take(desk, backup)
    desk.clock.advance(20 * SECOND)
    desk.click(who, NEWS)
    choose(desk.resources, SITE, "reject", visitor=visitor)
    restore(desk, backup)
    [record, _] = [one.record for one in read_subject_history(desk.resources, who.principal).statements]
    assert (record.method, record.actor, record.source) == ("operator", "operator:restore", "restore")
    assert read_time(record.acted_at) == desk.clock()
    [record, _] = [one.record for one in read_history(desk.resources, SITE, visitor).statements]
    assert (record.method, record.actor, read_time(record.at)) == ("operator", "operator:restore", desk.clock())


def test_a_no_that_was_followed_by_a_yes_in_the_backup_stays_over(desk, backup):
    [who], [visitor] = desk.agree(1)
    desk.clock.advance(20 * SECOND)
    desk.click(who, NEWS)
    choose(desk.resources, SITE, "reject", visitor=visitor)
    desk.clock.advance(20 * SECOND)
    desk.confirm(desk.ask(who, NEWS))
    choose(desk.resources, SITE, "accept", visitor=visitor)
    take(desk, backup)
    restore(desk, backup)
    assert len(desk.list_allowed([who], [visitor])) == 2
    # Nor does a reader who takes the whole journal undo it.
    shutil.move(desk.settings.home / "denials", desk.settings.home / "elsewhere")
    lines = next((desk.settings.home / "elsewhere").iterdir()).read_bytes().splitlines(keepends=True)
    (desk.settings.home / "denials").mkdir()
    (desk.settings.home / "denials" / "2020-01-01.jws").write_bytes(b"".join(lines[:2]))
    restore(desk, backup, accepts_undone=True)
    assert len(desk.list_allowed([who], [visitor])) == 2


def test_a_disowned_request_stays_disowned(desk, backup):
    who, _ = desk.meet()
    token = desk.ask(who, NEWS)
    take(desk, backup)
    disown_request(desk.resources, read_confirmation(desk.resources, SITE, token))
    restore(desk, backup)
    assert desk.confirm(token) != "open"


def test_a_no_that_only_ended_a_request_ends_it_again(desk, backup):
    who, _ = desk.meet()
    desk.withdraw(who, NEWS)
    token = desk.ask(who, NEWS)
    take(desk, backup)
    desk.clock.advance(SECOND)
    desk.withdraw(who, NEWS)
    restore(desk, backup)
    assert desk.confirm(token) == "expired"


def test_a_purpose_that_left_the_site_file_is_not_allowed_when_it_comes_back(desk, backup):
    _, [visitor] = desk.agree(1)
    take(desk, backup)
    desk.clock.advance(20 * SECOND)
    choose(desk.resources, SITE, "reject", visitor=visitor)
    smaller = tuple(purpose for purpose in SITE.purposes if purpose.key != "analytics")
    desk.sites = {SITE.id: replace(SITE, purposes=smaller)}
    restore(desk, backup)
    assert desk.list_allowed([], [visitor]) == []


def test_cursors_of_before_are_of_another_epoch(desk, backup):
    take(desk, backup)
    epoch = find_feed_epoch(desk.resources)
    restore(desk, backup)
    assert find_feed_epoch(desk.resources) > epoch


def test_nothing_is_restored_under_a_running_service(desk, backup):
    take(desk, backup)
    before = desk.settings.database.read_bytes()
    program = "import sys; from tests.storage.engine.writers import *; hold(sys.argv[1])"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(desk.settings.home)], cwd=ROOT, stdin=-1, stdout=-1, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BackupFault, match="stop it first"):
            restore_backup(desk.settings, RebuildSource(backup=backup, accepts_loss=True), desk.sites)
        holder.communicate("")
    assert desk.settings.database.read_bytes() == before
    assert restore(desk, backup)


@pytest.mark.parametrize("parts", [[""], ["", "-wal"], ["", "-wal", "-shm"]])
def test_a_restore_goes_on_where_another_was_killed_between_moving_the_files(desk, backup, parts):
    people, visitors = desk.agree(3)
    take(desk, backup)
    desk.deny(people, visitors)
    log = desk.settings.database.with_name("consent.sqlite3-wal").read_bytes()
    assert log
    desk.resources.database.close()
    with open(desk.settings.database.with_name("consent.sqlite3-wal"), "wb", opener=open_new) as stream:
        stream.write(log)
    for part in parts:
        desk.settings.database.with_name(f"consent.sqlite3{part}").unlink(missing_ok=True)
    restore(desk, backup)
    assert desk.list_allowed(people, visitors) == []
    assert drill_backup(desk.settings, RebuildSource(backup=backup, accepts_loss=True), desk.sites).faults == []
