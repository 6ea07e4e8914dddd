"""Guarding the ledger: an older copy and another history are noticed, whatever became of the files outside."""

import json
import shutil
from dataclasses import replace

import pytest

from consent_service.domain.evidence.checkpoint import read_origin
from consent_service.keys.checkpoint_keys import create_checkpoint_key
from consent_service.keys.key_ring import KeyRing
from consent_service.services.ledger.beginning_epochs import begin_epoch
from consent_service.services.ledger.guarding_ledger import StoreBehind, require_whole_ledgers
from consent_service.services.ledger.keeping_journal import (
    JournalEntry,
    JournalFault,
    append_to_journal,
    find_journals,
    read_journal_head,
)
from consent_service.services.ledger.sealing_records import seal_records
from consent_service.services.operator.checking_readiness import check_ready
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.storage.evidence.tree import find_ledger, find_newest_checkpoint
from tests.cast import SECOND, choose

DAY = 86_400 * SECOND


@pytest.fixture
def add(resources, site):
    def add(count=1):
        for _ in range(count):
            choose(resources, site, "accept")
        seal_records(resources, site, "one")

    return add


@pytest.fixture
def go_back(resources):
    """Copy the database, and later put the copy in the place of what was written since."""
    file = resources.database.file
    copy = file.with_name("copy")
    opened = [resources.database]

    def keep():
        resources.database.empty_log()
        shutil.copy(file, copy)

    def restore():
        opened[-1].close()
        for suffix in ("-wal", "-shm"):
            file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)
        shutil.copy(copy, file)
        opened.append(SqliteDatabase(file))
        return replace(resources, database=opened[-1])

    return keep, restore


def journal_files(resources, site="demo"):
    return sorted(find_journals(resources)[site].iterdir())


def test_a_home_that_is_whole_passes(resources, add):
    require_whole_ledgers(resources)
    add(3)
    require_whole_ledgers(resources)
    check_ready(resources)


@pytest.mark.threat("T2")
@pytest.mark.one_file
def test_an_older_copy_of_the_database_is_refused_and_readiness_is_red(resources, site, add, go_back):
    keep, restore = go_back
    add(2)
    keep()
    add(1)
    older = restore()
    for guard in (require_whole_ledgers, check_ready):
        with pytest.raises(StoreBehind, match=r"3 records were sealed and the database holds 2.*ledger accept-loss"):
            guard(older)
    choose(older, site, "accept")
    with pytest.raises(StoreBehind):
        seal_records(older, site, "one")


@pytest.mark.threat("T2")
@pytest.mark.one_file
def test_a_database_from_before_anything_was_sealed_is_refused(resources, add, go_back):
    keep, restore = go_back
    keep()
    add(1)
    with pytest.raises(StoreBehind, match="from before the epoch"):
        require_whole_ledgers(restore())


@pytest.mark.threat("T3")
@pytest.mark.one_file
def test_a_fork_is_refused_however_long_it_has_grown(resources, site, add, go_back):
    keep, restore = go_back
    add(2)
    keep()
    add(1)
    journal = [file.read_bytes() for file in journal_files(resources)]
    forked = restore()
    shutil.rmtree(find_journals(forked)["demo"])
    for _ in range(5):
        choose(forked, site, "reject")
    seal_records(forked, site, "one")
    [file] = journal_files(forked)
    file.write_bytes(journal[0])
    with pytest.raises(StoreBehind, match="another history"):
        require_whole_ledgers(forked)


@pytest.mark.one_file
def test_a_loss_is_accepted_in_a_new_epoch(resources, site, clock, add, go_back):
    keep, restore = go_back
    add(2)
    keep()
    add(3)
    older = restore()
    before = find_ledger(older.database, "demo")
    assert begin_epoch(older, [site]) == {"demo": 2}
    after = find_ledger(older.database, "demo")
    assert after.epoch > before.epoch
    assert read_origin(after.origin).epoch == after.epoch
    check_ready(older)
    choose(older, site, "accept")
    assert seal_records(older, site, "one") == 1
    require_whole_ledgers(older)
    # The same copy put back once more is from before that epoch.
    again = restore()
    with pytest.raises(StoreBehind, match="from before the epoch"):
        require_whole_ledgers(again)
    begin_epoch(again, [site])
    assert find_ledger(again.database, "demo").epoch > after.epoch


def test_where_nothing_was_sealed_no_ledger_begins(resources, site):
    assert begin_epoch(resources, [site]) == {}


def test_power_lost_between_database_and_journal_refuses_no_start(resources, site, add):
    add(1)
    [file] = journal_files(resources)
    older = file.read_bytes()
    add(1)
    file.write_bytes(older)
    require_whole_ledgers(resources)
    seal_records(resources, site, "one")
    assert read_journal_head(resources, "demo").note == find_newest_checkpoint(resources.database, "demo").note


def test_a_line_that_was_cut_off_is_no_checkpoint(resources, site, add):
    add(1)
    [file] = journal_files(resources)
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40])
    require_whole_ledgers(resources)
    add(1)
    assert [json.loads(line)["at"] for line in file.read_bytes().splitlines() if line.endswith(b"}")]
    assert read_journal_head(resources, "demo").note == find_newest_checkpoint(resources.database, "demo").note


def test_a_journal_that_is_missing_is_begun_again(resources, site, add):
    add(1)
    shutil.rmtree(find_journals(resources)["demo"])
    require_whole_ledgers(resources)
    seal_records(resources, site, "one")
    assert read_journal_head(resources, "demo").note == find_newest_checkpoint(resources.database, "demo").note


@pytest.mark.one_file
def test_a_checkpoint_of_another_key_is_refused(resources, add):
    add(1)
    folder = resources.database.folder / "keys"
    for file in folder.glob("*.checkpoint"):
        file.unlink()
    create_checkpoint_key(folder, 1)
    with pytest.raises(StoreBehind, match="not ours: none of the known keys signed the checkpoint"):
        require_whole_ledgers(replace(resources, keys=KeyRing(folder)))


@pytest.mark.parametrize(
    ("old", "new"), [("demo.example", "demo.exampla"), ("\\n1\\n", "\\n0\\n"), ("/demo/", "/other/"), ("— ", "- ")]
)
def test_a_checkpoint_outside_that_was_edited_is_refused(resources, add, old, new):
    add(1)
    [file] = journal_files(resources)
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(StoreBehind, match="not ours"):
        require_whole_ledgers(resources)


def test_the_journal_of_another_site_is_refused(resources, add):
    add(1)
    folder = find_journals(resources)["demo"]
    folder.rename(folder.with_name("other"))
    with pytest.raises(StoreBehind, match="it is of the site 'demo'"):
        require_whole_ledgers(resources)


@pytest.mark.parametrize("line", [b"{}", b"nonsense", b"[]", b'{"at": 1, "note": ""}', b"\xff\xfe"])
def test_a_line_that_is_no_checkpoint_is_refused_with_what_to_do(resources, site, add, line):
    add(1)
    [file] = journal_files(resources)
    file.write_bytes(line + b"\n")
    with pytest.raises(JournalFault, match="restore the file from a copy, or run: consent-service ledger accept-loss"):
        require_whole_ledgers(resources)
    assert begin_epoch(resources, [site]) == {"demo": 1}
    require_whole_ledgers(resources)


def test_of_a_day_that_is_over_the_last_checkpoint_stays(resources, clock, add):
    add(1)
    add(1)
    clock.advance(DAY)
    add(1)
    first, second = journal_files(resources)
    assert [len(file.read_bytes().splitlines()) for file in (first, second)] == [1, 1]
    assert "\\n2\\n" in first.read_text(encoding="utf-8")
    assert {file.stat().st_mode & 0o077 for file in (first, second)} == {0}


def test_a_clock_that_went_back_never_hides_the_newest_checkpoint(resources, clock):
    append_to_journal(resources, "demo", JournalEntry(clock(), "first"))
    append_to_journal(resources, "demo", JournalEntry(clock() - 5 * DAY, "second"))
    assert read_journal_head(resources, "demo").note == "second"
