"""Files that are moved, replaced or removed under the running service: nothing more is written into them."""

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.operator.checking_readiness import check_ready
from consent_service.services.operator.issuing_keys import find_key
from consent_service.storage.engine.sqlite import SqliteDatabase
from tests.cast import choose

pytestmark = pytest.mark.one_file

TOLD = "moved, replaced or removed under the running service; restart it"


def log_of(file):
    return file.with_name(f"{file.name}-wal")


def put_a_copy_in_its_place(file):
    copy = file.with_name("copy")
    shutil.copy(file, copy)
    copy.rename(file)


def remove(file):
    for one in (file, log_of(file), file.with_name(f"{file.name}-shm")):
        one.unlink()


def remove_the_log(file):
    log_of(file).unlink()


@pytest.mark.parametrize("mishap", [put_a_copy_in_its_place, remove, remove_the_log])
def test_no_choice_is_accepted_that_would_be_lost_with_the_process(resources, site, mishap):
    visitor = choose(resources, site, "accept").cookie.visitor
    mishap(resources.database.file)
    for _ in range(2):
        with pytest.raises(StorageUnavailable, match=TOLD):
            choose(resources, site, "reject", visitor=visitor)
    with pytest.raises(StorageUnavailable, match=TOLD):
        find_key(resources, "every check asks for its key")
    with pytest.raises(StorageUnavailable):
        check_ready(resources)


@pytest.fixture
def away(resources, site):
    """A visitor who accepted and whose refusal was not taken since, because the database lies elsewhere: who, where."""
    visitor = choose(resources, site, "accept").cookie.visitor
    elsewhere = resources.database.file.rename(resources.database.file.with_name("away"))
    with pytest.raises(StorageUnavailable, match=TOLD):
        choose(resources, site, "reject", visitor=visitor)
    return visitor, elsewhere


def test_what_was_refused_then_is_nowhere(resources, site, away):
    visitor, _ = away
    assert not resources.database.file.exists()
    assert check_visitor(resources, site, visitor, ["analytics"], signal=False)["analytics"].allowed


def test_files_that_are_put_back_work_without_a_restart(resources, site, away):
    visitor, elsewhere = away
    elsewhere.rename(resources.database.file)
    assert not choose(resources, site, "reject", visitor=visitor).allowed
    check_ready(resources)


def test_behind_a_link_it_is_the_files_themselves_that_count(resources, site, tmp_path_factory):
    here = tmp_path_factory.mktemp("links") / "linked.sqlite3"
    here.symlink_to(resources.database.file)
    linked = replace(resources, database=SqliteDatabase(here))
    visitor = choose(linked, site, "accept").cookie.visitor
    here.unlink()
    choose(linked, site, "reject", visitor=visitor)
    remove(resources.database.file)
    with pytest.raises(StorageUnavailable, match=TOLD):
        choose(linked, site, "accept", visitor=visitor)
    linked.database.close()


def test_a_folder_that_rests_is_looked_at_and_its_files_are_not(resources, site, monkeypatch):
    database = resources.database
    folder, rested = database.file.parent, time.time_ns() - 5_000_000_000
    choose(resources, site, "accept")
    os.utime(folder, ns=(rested, rested))
    choose(resources, site, "accept")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", lambda self, **_: pytest.fail(f"{self} was asked for its times"))
        choose(resources, site, "accept")
    put_a_copy_in_its_place(database.file)
    with pytest.raises(StorageUnavailable, match=TOLD):
        choose(resources, site, "accept")


def test_a_snapshot_may_be_the_first_to_open_the_files(resources, site):
    choose(resources, site, "accept")
    resources.database.close()
    with resources.database.snapshot() as snapshot:
        assert snapshot.rows("SELECT count(*) FROM record") == [(1,)]
    assert choose(resources, site, "accept").record
