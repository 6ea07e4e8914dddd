"""The database under several writers, stopped and killed ones, full and read-only disks, and broken files."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from consent_service.domain.errors import BrokenRecord, StorageUnavailable
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.ledger.exporting_records import export_records
from consent_service.services.ledger.reading_records import read_history
from consent_service.services.rights.erasing import erase_visitor
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.storage.engine.writers_turn import WritersTurn
from consent_service.verifier.export_verification import verify_export
from tests.cast import choose
from tests.requirements import KILLINGS, require

pytestmark = pytest.mark.one_file

ROOT = Path(__file__).resolve().parents[3]
OPEN_FILES = Path("/proc/self/fd")


def program(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tests.storage.engine.writers", *map(str, arguments)]


def start(*arguments: object) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(program(*arguments), cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


def output(*arguments: object, before: tuple[str, ...] = ()) -> list[str]:
    command = [*before, *program(*arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture
def home(resources):
    return resources.database.file.parent


@contextmanager
def lock_holder(home: Path) -> Iterator[subprocess.Popen[str]]:
    with start("hold", home) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            yield holder
        finally:
            holder.kill()


def visitors(resources):
    return {row[0].rpartition("/")[2] for row in resources.database.rows("SELECT principal FROM record")}


def is_allowed(resources, site, visitor):
    return check_visitor(resources, site, visitor, ["analytics"], signal=False)["analytics"].allowed


def test_writers_of_four_processes_lose_nothing(resources, site, home):
    writers = [start("write", home, 100) for _ in range(4)]
    acknowledged = [writer.communicate()[0].split() for writer in writers]
    assert [len(lines) for lines in acknowledged] == [100] * 4
    assert visitors(resources) == {visitor for lines in acknowledged for visitor in lines}
    assert not verify_export(export_records(resources, site, None), resources.keys.public_keys).faults


def test_a_stopped_writer_holds_others_up_for_a_short_time_only(resources, site, home):
    visitor = choose(resources, site, "accept").cookie.visitor
    with lock_holder(home) as holder:
        holder.send_signal(signal.SIGSTOP)
        with pytest.raises(StorageUnavailable, match="another process holds its lock"):
            choose(resources, site, "reject", visitor=visitor)
        assert is_allowed(resources, site, visitor)
        holder.kill()
        holder.wait()
        choose(resources, site, "reject", visitor=visitor)
    assert not is_allowed(resources, site, visitor)


@pytest.mark.timeout(300 + 2 * KILLINGS)
def test_what_killed_writers_acknowledged_is_stored_and_nothing_else(resources, site, home):
    resources.database.close()
    attempted, acknowledged = set(), set()
    for line in output("be-killed", home, KILLINGS):
        found = json.loads(line)
        attempted |= set(found["attempted"])
        acknowledged |= set(found["acknowledged"])
        assert acknowledged <= set(found["stored"]) <= attempted
        assert len(found["stored"]) == len(set(found["stored"]))
        assert found["integrity"] == ["ok"]
    assert len(acknowledged) > KILLINGS
    assert not verify_export(export_records(resources, site, None), resources.keys.public_keys).faults


def test_a_full_disk_refuses_writes_answers_reads_and_recovers(home):
    [line] = output("fill", home)
    told = json.loads(line)
    assert told["refusals"]
    assert all("cannot be written" in refusal for refusal in told["refusals"])
    assert told["all allowed"]
    assert told["kept"]


def test_a_full_database_keeps_nothing_half(resources, site, clock):
    visitor = choose(resources, site, "accept").cookie.visitor
    [(pages,)] = resources.database.rows("PRAGMA page_count")
    resources.database.rows(f"PRAGMA max_page_count = {pages}")
    kept = {visitor}

    def fill() -> None:
        for _ in range(200):
            kept.add(choose(resources, site, "accept").cookie.visitor)

    with pytest.raises(StorageUnavailable, match="database or disk is full"):
        fill()
    assert visitors(resources) == kept
    assert all(is_allowed(resources, site, who) for who in kept)
    resources.database.rows(f"PRAGMA max_page_count = {pages + 1000}")
    clock.advance(60_000_000)
    assert not choose(resources, site, "reject", visitor=visitor).allowed


def test_a_read_only_home_is_refused_at_the_start(resources, home):
    resources.database.close()
    for path in (*home.iterdir(), home):
        path.chmod(path.stat().st_mode & ~0o222)
    # Root may write everywhere, unless that capability is taken away.
    powerless = (require("setpriv"), "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
    try:
        [line] = output("open", home, before=powerless)
    finally:
        home.chmod(0o700)
    assert line.startswith("StorageUnavailable: the database cannot be opened")


def test_a_home_without_a_database_is_refused_at_the_start(resources, home):
    resources.database.close()
    resources.database.file.unlink()
    [line] = output("open", home)
    assert "there is no database, but" in line
    assert not resources.database.file.exists()


@pytest.mark.parametrize("content", [b"not a database, but long enough to look like one" * 100, b"SQLite format 3\0"])
def test_a_file_that_is_no_database_is_refused(tmp_path, content):
    (tmp_path / "consent.sqlite3").write_bytes(content)
    with pytest.raises(StorageUnavailable, match="file is not a database"):
        SqliteDatabase(tmp_path / "consent.sqlite3").rows("SELECT * FROM record")


def test_a_lock_file_that_cannot_be_opened_is_named(resources, site):
    Path(f"{resources.database.file}.lock").unlink(missing_ok=True)
    Path(f"{resources.database.file}.lock").mkdir()
    fresh = replace(resources, database=SqliteDatabase(resources.database.file))
    with pytest.raises(StorageUnavailable, match="the lock file cannot be used: Is a directory"):
        choose(fresh, site, "accept")


def test_what_fails_inside_a_write_leaves_nothing_behind_and_frees_the_lock(resources, site):
    def fail() -> None:
        with resources.database.write():
            resources.database.change("INSERT INTO erasure (id, site, at, actor, records) VALUES ('x', '', 1, '', 1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert resources.database.rows("SELECT count(*) FROM erasure") == [(0,)]
    assert choose(resources, site, "accept").allowed


def test_commits_are_durable_and_erased_rows_overwritten(resources):
    pragmas = {name: resources.database.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert resources.database.rows("PRAGMA secure_delete") == [(1,)]


def test_a_list_that_is_being_read_does_not_keep_writers_waiting_for_an_erasure(resources, site):
    visitor = choose(resources, site, "accept").cookie.visitor
    with resources.database.snapshot() as snapshot, ThreadPoolExecutor() as pool:
        before = snapshot.rows("SELECT count(*) FROM record")
        erased = pool.submit(erase_visitor, resources, site, visitor, "operator")
        written = [pool.submit(choose, resources, site, "reject") for _ in range(20)]
        assert erased.result() == 1
        assert all(one.result().cookie for one in written)
        assert snapshot.rows("SELECT count(*) FROM record") == before


def test_a_damaged_file_never_turns_a_refusal_into_a_yes(resources, site, home):
    refused = [choose(resources, site, "reject").cookie.visitor for _ in range(50)]
    resources.database.close()
    content, dice = resources.database.file.read_bytes(), random.Random(11)
    for number in range(40):
        damaged = bytearray(content)
        for _ in range(200):
            damaged[dice.randrange(100, len(damaged))] ^= 1 << dice.randrange(8)
        file = home / f"damaged-{number}.sqlite3"
        file.write_bytes(damaged)
        broken = replace(resources, database=SqliteDatabase(file))
        for visitor in refused:
            try:
                assert not is_allowed(broken, site, visitor)
                read_history(broken, site, visitor)
            except (StorageUnavailable, BrokenRecord):
                continue
        broken.database.close()


def test_a_turn_that_nobody_needs_any_more_leaves_no_file_open(tmp_path):
    turn = WritersTurn(tmp_path / "turn")
    with turn:
        opened = len([*OPEN_FILES.iterdir()])
    del turn
    assert opened - len([*OPEN_FILES.iterdir()]) == 1


def test_closing_waits_for_the_thread_that_holds_the_turn(resources):
    turn, held, let_go = WritersTurn(Path(f"{resources.database.file}.turn")), Event(), Event()

    def hold() -> None:
        with turn:
            held.set()
            assert let_go.wait(10)

    with ThreadPoolExecutor(2) as threads:
        holder = threads.submit(hold)
        assert held.wait(10)
        closer = threads.submit(turn.close)
        with pytest.raises(TimeoutError):
            closer.result(0.05)
        let_go.set()
        holder.result(10)
        closer.result(10)
