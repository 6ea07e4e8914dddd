"""Records and standings of the version before: taken over whole, in slices, while that version goes on writing."""

import subprocess
import sys
from pathlib import Path

import pytest
from playhouse.migrations import Migration

from consent_service.domain.basics.moment import SECOND
from consent_service.domain.errors import LeftBehind
from consent_service.domain.identifier import name_visitor
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.rights.erasing import erase_subject, erase_visitor
from consent_service.services.subject.recording_acts import record_act
from consent_service.storage.engine import migrating
from consent_service.storage.engine import sqlite as engine
from consent_service.storage.engine.migrating import migrate, require_current
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.storage.records import find_record, list_latest_records, stream_site_records
from consent_service.storage.standings import find_standing
from tests.cast import choose, make_database
from tests.storage.earlier_home import INSERT_RECORD, copy_steps, write_as_before, write_standing_before

pytestmark = pytest.mark.one_file

STEP, LEDGER = "0009_record_parts", "0010_ledger"
IN_LINE, RECORDS = (f"SELECT principal, seq FROM {table} ORDER BY 1, 2" for table in ("unsealed", "record"))
ROOT = Path(__file__).resolve().parents[2]
MIGRATE = """
import resource, sys
from pathlib import Path
from consent_service.storage.engine.migrating import migrate
from consent_service.storage.engine.sqlite import SqliteDatabase

database, most = SqliteDatabase(Path(sys.argv[1])), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
migrate(database)
"""


@pytest.fixture
def lived(resources, site, clock):
    """A home where visitors chose, changed their mind and were erased, and people too, with imports among them."""
    visitors = [choose(resources, site, button).cookie.visitor for button in ("accept", "reject", "save", "accept")]
    for number, method in enumerate((Method.API, Method.IMPORT, Method.OPERATOR, Method.API)):
        clock.advance(20 * SECOND)
        choose(resources, site, "withdraw" if number % 2 else "save", visitor=visitors[number], yes=["analytics"])
        told = {"states": {"newsletter": State.GRANTED if number < 3 else State.WITHDRAWN}}
        act = Act(method=method, actor="key:1", at=clock.now, source="läden", evidence={"note": "1 7"}, **told)
        record_act(resources, site, f"demo/s/1.person{number}", act)
    record_act(resources, site, "demo/s/1.person0", Act(method=Method.API, actor="key:1", at=clock.now, stop_all=True))
    record_act(
        resources, site, "demo/s/1.person1", Act(method=Method.API, actor="key:1", at=clock.now, block=Block.BOUNCE)
    )
    erase_visitor(resources, site, visitors[3], "key:1")
    erase_subject(resources, site, "demo/s/1.person2", "key:1")
    return resources


@pytest.fixture
def earlier(lived, tmp_path, monkeypatch):
    """The same home as the version before kept it."""
    (tmp_path / "earlier").mkdir()
    database = make_database(tmp_path / "earlier")
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "FOLDER", copy_steps(tmp_path / "steps", "0008_strangers"))
        migrate(database)
    write_as_before(lived.database, database)
    return database


def held(database):
    """Read everything that is kept of anybody; of what went the version before tells nothing."""
    principals = {row[0] for row in database.rows("SELECT principal FROM standing")}
    return (
        sorted(one for one in stream_site_records(database, "demo") if not one.head.principal.startswith("demo/e/")),
        {principal: find_standing(database, principal) for principal in principals},
    )


@pytest.fixture
def small_slices(monkeypatch):
    """Let the step copy three rows at a time, and tell of each."""
    load = Migration.load

    def load_small(step):
        module = load(step)
        if step.name == STEP:
            module.SLICE, module.PAUSE_SECONDS, module.SECONDS_OF_SILENCE = 3, 0, -1
        return module

    monkeypatch.setattr(Migration, "load", load_small)


def test_a_home_of_the_version_before_is_taken_over_whole(lived, earlier):
    told = []
    assert migrate(earlier, told.append)[0] == STEP
    assert held(earlier) == held(lived.database)
    assert earlier.rows("SELECT count(*) FROM record WHERE signed IS NOT NULL") == [(0,)]
    assert all(find_record(earlier, record.head.id) == record for record in held(lived.database)[0])
    require_current(earlier)
    assert migrate(earlier) == []


def test_the_tables_are_those_of_a_new_home(lived, earlier):
    migrate(earlier)
    query = "SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2"
    assert earlier.rows(query) == lived.database.rows(query)


def test_it_says_how_far_it_is(earlier, small_slices):
    told = []
    migrate(earlier, told.append)
    [(records,)] = earlier.rows("SELECT count(*) FROM record")
    assert told[0] == f"record: 3 of {records} rows copied"
    assert f"record: {records} of {records} rows copied" in told
    assert [line.partition(":")[0] for line in (told[0], told[-1])] == ["record", "principal_state"]


def test_it_goes_on_where_it_was_broken_off(lived, earlier, small_slices):
    def break_off(line):
        raise KeyboardInterrupt(line)

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            migrate(earlier, break_off)
    assert earlier.rows("SELECT count(*) FROM copied") == [(2,)]
    assert earlier.rows("SELECT count(*) FROM record_parts") == [(6,)]
    assert migrate(earlier)[0] == STEP
    assert held(earlier) == held(lived.database)


def test_what_the_version_before_writes_meanwhile_is_taken_over_too(lived, earlier, site, clock, small_slices):
    """Somebody changes their mind, somebody comes, somebody is erased, a row gets the number of one that went."""
    [step] = [step for step in Migration.load_directory(str(migrating.FOLDER)) if step.name == STEP]
    step.load().copy_ahead(earlier, print)
    database = lived.database
    clock.advance(20 * SECOND)
    known = [who for (who,) in database.rows("SELECT DISTINCT principal FROM record WHERE principal LIKE '%/v/%'")]
    choose(lived, site, "reject", visitor=known[0].rpartition("/")[2])
    new = name_visitor("demo", choose(lived, site, "accept").cookie.visitor)
    act = Act(method=Method.API, actor="key:1", at=clock.now, states={"newsletter": State.WITHDRAWN})
    record_act(lived, site, "demo/s/1.person1", act)
    erase_visitor(lived, site, known[1].rpartition("/")[2], "key:1")
    [(newest,)] = earlier.rows("SELECT max(rowid) FROM record")
    with earlier.write():
        gone = earlier.rows("SELECT principal FROM record WHERE rowid = ?", (newest,))[0][0]
        for principal in {known[0], known[1], gone, new, "demo/s/1.person1"}:
            earlier.change("DELETE FROM record WHERE principal = ?", (principal,))
            earlier.change("DELETE FROM visitor_state WHERE principal = ?", (principal,))
            earlier.change("DELETE FROM principal_state WHERE principal = ?", (principal,))
            records = list_latest_records(database, principal, 9)
            for head, signed in reversed(records):
                earlier.change(INSERT_RECORD, (principal, head.seq, head.id, "demo", head.at, head.act.hex(), signed))
            if database.rows("SELECT 1 FROM standing WHERE principal = ?", (principal,)):
                write_standing_before(earlier, principal, find_standing(database, principal))
    assert migrate(earlier)[0] == STEP
    assert held(earlier) == held(database)


@pytest.fixture
def small_lines(monkeypatch):
    """Let the step of the ledger put three records in line at a time, and tell of each."""
    load = Migration.load

    def load_small(step):
        module = load(step)
        if step.name == LEDGER:
            module.SLICE, module.PAUSE_SECONDS, module.SECONDS_OF_SILENCE = 3, 0, -1
        return module

    monkeypatch.setattr(Migration, "load", load_small)


def test_records_are_put_in_line_ahead_in_slices_and_after_a_break_goes_on(earlier, small_lines):
    def break_off(line):
        raise KeyboardInterrupt(line)

    for number in (1, 2):
        with pytest.raises(KeyboardInterrupt, match=f"record: {3 * number} of"):
            migrate(earlier, break_off)
        assert earlier.rows("SELECT count(*) FROM unsealed") == [(3 * number,)]
    told = []
    migrate(earlier, told.append)
    [(records,)] = earlier.rows("SELECT count(*) FROM record")
    assert told[0] == f"record: 9 of {records} put in line to be sealed"
    assert told[-1] == f"record: {records} of {records} put in line to be sealed"
    assert earlier.rows(IN_LINE) == earlier.rows(RECORDS)


def test_what_came_and_went_while_records_were_put_in_line_is_seen_in_the_last_turn(earlier, small_lines):
    [step] = [step for step in Migration.load_directory(str(migrating.FOLDER)) if step.name == LEDGER]
    step.load().copy_ahead(earlier, print)
    with earlier.write():
        [(gone,)] = earlier.rows("SELECT principal FROM record ORDER BY principal LIMIT 1")
        earlier.change("DELETE FROM record WHERE principal = ?", (gone,))
        [row] = earlier.rows("SELECT principal, seq, id, site, at, act, signed FROM record ORDER BY 1, 2 LIMIT 1")
        for place in (("demo/a/first", 1), (row[0], 900), ("demo/z/last", 1)):
            earlier.change(INSERT_RECORD, (*place, f"{place[0]}{place[1]}"[-36:], *row[3:]))
    migrate(earlier)
    in_line = earlier.rows(IN_LINE)
    assert in_line == earlier.rows(RECORDS)
    assert {("demo/a/first", 1), ("demo/z/last", 1), (row[0], 900)} <= set(in_line)
    assert gone not in {principal for principal, _ in in_line}


def test_from_that_moment_the_version_before_writes_nothing(earlier, monkeypatch):
    monkeypatch.setattr(engine, "FIND_LIFE", "SELECT number, 0 FROM schema_generation WHERE id = 1")
    behind = SqliteDatabase(earlier.file, 8)
    with behind.write():
        behind.change("UPDATE visitor_state SET decisions = decisions")
    migrate(earlier)
    with pytest.raises(LeftBehind, match="migrated by another version"), behind.write():
        pass


def test_rows_that_somebody_edited_stop_nothing_and_are_never_believed(lived, earlier):
    with earlier.write():
        earlier.change("UPDATE record SET signed = 'x.y.z' WHERE rowid = 1")
        earlier.change("UPDATE record SET id = 'none', act = 'odd' WHERE rowid = 2")
        earlier.change("UPDATE visitor_state SET decisions = 'gibberish'")
        earlier.change("UPDATE principal_state SET decisions = '' WHERE principal = 'demo/s/1.person3'")
    before = {row[0]: row[1] for row in earlier.rows("SELECT principal || ' ' || seq, signed FROM record")}
    migrate(earlier)
    stored = stream_site_records(earlier, "demo")
    assert {f"{head.principal} {head.seq}": signed for head, signed in stored} == before
    assert earlier.rows("SELECT DISTINCT decisions FROM standing WHERE principal LIKE '%/v/%'") == [
        (b"unreadable: gibberish",)
    ]
    assert find_standing(earlier, "demo/s/1.person3").decisions == {}


@pytest.mark.parametrize("most", [1, 30_000, 120_000])
def test_on_a_full_disk_it_breaks_off_loses_nothing_and_goes_on_later(lived, earlier, most):
    before = sorted(earlier.rows("SELECT principal, seq FROM record"))
    earlier.close()
    command = [sys.executable, "-c", MIGRATE, earlier.file, str(most)]
    broken = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "StorageUnavailable" in broken.stderr
    again = SqliteDatabase(earlier.file)
    assert sorted(again.rows("SELECT principal, seq FROM record")) == before
    assert migrate(again)[0] == STEP
    assert held(again) == held(lived.database)
