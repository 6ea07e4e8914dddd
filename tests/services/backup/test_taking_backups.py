"""Taking a backup beside writers, on a full disk, and killed at any moment; and a restore, in the same way."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from consent_service.services.backup.describing_backups import BackupFault
from consent_service.services.backup.drilling_backups import drill_backup
from consent_service.services.backup.rebuilding_homes import RebuildSource
from consent_service.services.backup.restoring_backups import restore_backup
from consent_service.services.backup.taking_backups import COPY, take_backup
from consent_service.services.check.checking_visitors import check_visitor
from tests.cast import choose
from tests.services.backup.noes import PURPOSES, RealDesk
from tests.services.ledger.denials import start_denying, told
from tests.services.messages.telling_desk import SITE

pytestmark = pytest.mark.one_file

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def desk(tmp_path):
    return RealDesk(tmp_path)


@pytest.fixture
def backup(tmp_path):
    return tmp_path / "consent.backup"


def take(desk, backup, **options):
    return take_backup(desk.resources, backup, keys=desk.settings.keys, **options)


def source(backup):
    return RebuildSource(backup=backup, accepts_loss=True)


def start(act, desk, backup, *most):
    program = [sys.executable, "-m", "tests.services.backup.backups_to_kill", act, desk.settings.home, backup, *most]
    running = subprocess.Popen([str(part) for part in program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout.readline() == "begun\n"
    return running


def list_parts(folder):
    return sorted(file.name for file in folder.iterdir() if "partial" in file.name or "unfinished" in file.name)


def test_a_no_is_in_the_backup_or_behind_it_whenever_it_was_said(desk, backup):
    writer = start_denying(desk.settings.home)
    writer.stdout.readline()
    takes = []
    for number in range(5):
        file = backup.with_name(f"{number}.backup")
        takes.append((file, take(desk, file)))
    writer.kill()
    answered = [line.strip() for line in writer.communicate()[0].splitlines()]
    desk.resources.database.close()
    for file, _ in takes:
        assert drill_backup(desk.settings, source(file), desk.sites).faults == []
    assert len({manifest.denials for _, manifest in takes}) > 1
    restore_backup(desk.settings, source(takes[0][0]), desk.sites)
    desk.reopen()
    for visitor in answered:
        answers = check_visitor(desk.resources, SITE, visitor, PURPOSES, signal=False)
        assert not any(answer.allowed for answer in answers.values())


def test_writers_do_not_start_a_backup_over(desk, backup):
    for _ in range(200):
        choose(desk.resources, SITE, "accept")
    steps = []

    def say(what, done, of):
        steps.append((what, done, of))
        if what == "copied":
            choose(desk.resources, SITE, "accept")

    take(desk, backup, say=say)
    copied = [done for what, done, _ in steps if what == "copied"]
    assert copied == sorted(copied)
    assert steps[-1][:2] == ("written", steps[-1][2])


def test_a_second_backup_at_the_same_time_is_refused(desk, backup):
    def say(*_):
        with pytest.raises(BackupFault, match="another backup"):
            take(desk, backup.with_name("other"))

    take(desk, backup, say=say)
    assert list_parts(desk.settings.home) == list_parts(backup.parent) == []


def test_a_backup_that_is_killed_leaves_no_file_and_is_taken_again(desk, backup):
    for _ in range(300):
        choose(desk.resources, SITE, "accept")
    dice, killed = random.Random(3), 0
    for _ in range(8):
        running = start("take", desk, backup)
        time.sleep(dice.uniform(0, 0.08))
        running.kill()
        killed += running.communicate()[0] == ""
        if backup.exists():
            assert drill_backup(desk.settings, source(backup), desk.sites).faults == []
            backup.unlink()
    assert killed
    take(desk, backup)
    assert list_parts(desk.settings.home) == list_parts(backup.parent) == []
    assert drill_backup(desk.settings, source(backup), desk.sites).faults == []


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_backup_on_a_full_disk_leaves_nothing(desk, backup, share):
    for _ in range(300):
        choose(desk.resources, SITE, "accept")
    desk.resources.database.empty_log()
    size = desk.settings.database.stat().st_size
    refused = start("take", desk, backup, int(size * share)).communicate()[0]
    assert refused.startswith("refused: "), refused
    assert not backup.exists()
    assert not (desk.settings.home / COPY).exists()
    assert list_parts(desk.settings.home) == list_parts(backup.parent) == []


def test_a_restore_on_a_full_disk_changes_nothing(desk, backup):
    for _ in range(300):
        choose(desk.resources, SITE, "reject")
    take(desk, backup)
    desk.resources.database.close()
    before = desk.settings.database.read_bytes()
    refused = start("restore", desk, backup, len(before) // 2).communicate()[0]
    assert "nothing was restored" in refused
    assert desk.settings.database.read_bytes() == before
    assert not (desk.settings.home / "restoring").exists()


def test_a_restore_that_is_killed_is_done_again_and_undoes_no_no(desk, backup):
    people, visitors = desk.agree(20)
    take(desk, backup)
    desk.deny(people, visitors)
    desk.resources.database.close()
    dice, killed = random.Random(5), 0
    for _ in range(10):
        running = start("restore", desk, backup)
        time.sleep(dice.uniform(0, 0.9))
        running.kill()
        killed += running.communicate()[0] == ""
    assert killed
    assert start("restore", desk, backup).communicate()[0] == "done\n"
    desk.reopen()
    assert desk.list_allowed(people, visitors) == []
    assert len(told(desk.resources)) == 40
