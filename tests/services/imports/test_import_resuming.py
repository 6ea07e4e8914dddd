"""Imports that are interrupted, by a killed process or because their turn is over, and how fast they are."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from consent_service.domain.basics.row_fault import ImportFault
from consent_service.domain.feed.webhook import Webhook
from consent_service.domain.feed.webhook_event import Event
from consent_service.services.imports.applying_batches import BATCH
from consent_service.services.imports.importing import IMPORT_JOB, continue_import, import_for_a_while
from consent_service.services.imports.keeping_import_files import ImportFolder
from consent_service.services.queueing_jobs import make_job
from consent_service.storage.import_runs import find_run
from consent_service.storage.webhooks import add_webhook
from tests.cast import SECOND, make_resources
from tests.services.imports.import_desk import HEADER, YES, ImportDesk, import_site

ROWS = 1500
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}


@pytest.fixture
def desk(resources):
    return ImportDesk(resources, import_site())


def file_of(rows: int) -> str:
    """Make a file in which every tenth row repeats one before, blocks and broken rows among them."""
    kinds = ("granted", "granted", "withdrawn", "granted", "bounce", "granted", "what?")
    lines = (f"p{number % (rows * 9 // 10)}@example.org,{kinds[number % 7]},{YES},\n" for number in range(rows))
    return HEADER + "".join(lines)


def unbroken(tmp_path, clock, text: str, *, dry_run: bool) -> bytes:
    """Import the same file elsewhere without interruption and return its report."""
    folder = tmp_path / "elsewhere"
    folder.mkdir(exist_ok=True)
    other = ImportDesk(make_resources(folder, clock), import_site())
    return other.run(text, dry_run=dry_run).report


WORK = """
import sys
from pathlib import Path
from consent_service.keys.key_ring import KeyRing
from consent_service.services.imports.importing import continue_import
from consent_service.services.resources import Resources
from consent_service.storage.engine.sqlite import SqliteDatabase
from consent_service.storage.import_runs import find_run
from tests.cast import Clock
from tests.services.imports.import_desk import import_site
home = Path(sys.argv[1])
resources = Resources(SqliteDatabase(home / "consent.sqlite3"), KeyRing(home / "keys"), Clock())
run = find_run(resources.database, sys.argv[2])
continue_import(resources, import_site(), run, on_progress=lambda size: print(size, flush=True) or input())
"""
"""Waits after each batch to be told to go on, so that it is never through before it is killed."""


@pytest.mark.one_file
@pytest.mark.parametrize("dry_run", [False, True])
def test_a_killed_import_goes_on_and_ends_as_if_nothing_had_happened(desk, tmp_path, clock, dry_run):
    text = file_of(ROWS)
    run = desk.begin(text, dry_run=dry_run)
    home = desk.resources.database.file.parent
    for batches in (1, 2, 1):
        process = subprocess.Popen([sys.executable, "-c", WORK, home, run.id], **PIPES)
        assert process.stdin
        assert process.stdout
        for _ in range(batches):
            assert process.stdout.readline()
            process.stdin.write(b"\n")
            process.stdin.flush()
        time.sleep(0.01 * batches)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kept = find_run(desk.resources.database, run.id)
        assert kept
        assert 0 < kept.progress.line < ROWS
    with ImportFolder(desk.resources, run.id).report.open("ab") as report:
        report.write(b"half a li")
    again = desk.begin(text, dry_run=dry_run)
    assert again.id == run.id
    done = continue_import(desk.resources, desk.site, again)
    report_file = ImportFolder(desk.resources, run.id).report
    assert (done.state, done.progress.rows) == ("finished", ROWS)
    assert report_file.read_bytes() == unbroken(tmp_path, clock, text, dry_run=dry_run)
    records = desk.resources.database.rows("SELECT count(*), count(DISTINCT principal || hex(act)) FROM record")[0]
    assert records[0] == records[1] == (0 if dry_run else done.progress.counts["applied"])


ROWS_OF_THREE_BATCHES = 2 * BATCH + 1


@pytest.fixture
def hook(desk):
    sealed = desk.resources.keys.secrets.seal.close(b"x" * 32, "hook")
    with desk.resources.database.write():
        webhook = Webhook("hook", "demo", "https://hook.example/", (Event.IMPORT_FINISHED,), sealed, None, None, 0)
        add_webhook(desk.resources.database, webhook)


def test_the_worker_lets_other_jobs_have_their_turn_and_tells_a_webhook_at_the_end(desk, clock, hook):
    hurried = replace(desk.resources, clock=Hurried(clock))
    run = desk.begin(file_of(ROWS_OF_THREE_BATCHES))
    job = make_job(desk.resources, desk.site, IMPORT_JOB, run.id, {"import": run.id})
    turns = [import_for_a_while(hurried, desk.site, job, {"import": run.id})]
    while turns[-1].retry_at is not None:
        turns.append(import_for_a_while(hurried, desk.site, job, {"import": run.id}))
    assert [turn.result for turn in turns] == ["working"] * 3 + ["finished"]
    assert import_for_a_while(hurried, desk.site, job, {"import": run.id}).result == "gone"
    [(identifier, event, body)] = desk.resources.database.rows("SELECT id, event, body FROM job")
    told = json.loads(desk.resources.keys.secrets.seal.open(bytes(body), identifier))["data"]
    assert event == Event.IMPORT_FINISHED
    assert (told["import"], told["dry_run"], told["rows"]) == (run.id, False, ROWS_OF_THREE_BATCHES)
    assert told["rows"] == sum(told[name] for name in ("applied", "unchanged", "skipped", "rejected") if name in told)


class Hurried:
    """A clock on which every look at it costs six seconds."""

    def __init__(self, clock):
        self._clock = clock

    def __call__(self):
        self._clock.advance(6 * SECOND)
        return self._clock.now


def test_two_processes_never_work_on_one_import(desk):
    run = desk.begin(file_of(10))
    job = make_job(desk.resources, desk.site, IMPORT_JOB, run.id, {"import": run.id})
    with ImportFolder(desk.resources, run.id).lock():
        with pytest.raises(ImportFault, match="another process"):
            continue_import(desk.resources, desk.site, run)
        assert import_for_a_while(desk.resources, desk.site, job, {"import": run.id}).retry_at
    assert continue_import(desk.resources, desk.site, run).state == "finished"


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_row_is_never_done_twice_wherever_the_turns_end(desk, tmp_path, clock, dry_run):
    text = file_of(900)
    run = desk.begin(text, dry_run=dry_run)
    while run.state == "running":
        run = continue_import(desk.resources, desk.site, run, stop=lambda: True)
    report = ImportFolder(desk.resources, run.id).report.read_bytes()
    assert report == unbroken(tmp_path, clock, text, dry_run=dry_run)


def test_an_import_of_5000_rows_tells_its_rate(desk):
    text = HEADER + "".join(f"p{number}@example.org,granted,{YES},\n" for number in range(5000))
    for dry_run in (True, False):
        begun = time.perf_counter()
        assert desk.run(text, dry_run=dry_run).counts == {"applied": 5000}
        rate = 5000 / (time.perf_counter() - begun)
        sys.stderr.write(f"{'dry run' if dry_run else 'import'}: {rate:,.0f} rows a second\n")
