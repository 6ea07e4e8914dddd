"""Files that are held: no two processes ever live with different ones, and nothing acknowledged is lost by it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from consent_service.domain.errors import StorageUnavailable
from consent_service.services.operator.preparing_home import open_resources, prepare_home
from consent_service.settings import Settings
from consent_service.storage.engine import sqlite_connection
from consent_service.storage.engine.sqlite import SqliteDatabase
from tests.cast import choose

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = (sys.executable, "-m", "tests.storage.engine.file_holder")
GONE = "moved, replaced or removed under the running service; restart it"
OTHERS = "another process lives with other files of this name"
OVERWRITTEN = "overwritten under the running service"


class Holder:
    """Another process that has the home open."""

    def __init__(self, home):
        self.process = subprocess.Popen(
            [*PROGRAM, str(home)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def tell(self, command):
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()

    def hear(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, command):
        self.tell(command)
        return self.hear()

    def end(self):
        """Let it end by itself, and close what it wants to close."""
        self.process.communicate(timeout=60)
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def home(tmp_path):
    settings = Settings(home=tmp_path / "home")
    prepare_home(settings)
    return settings.home


@pytest.fixture
def start(home):
    holders = []

    def start():
        holders.append(Holder(home))
        assert holders[-1].ask("ready") == {"done": ""}
        return holders[-1]

    yield start
    for holder in holders:
        holder.kill()


def file_of(home, suffix=""):
    return home / f"consent.sqlite3{suffix}"


def stand(home):
    return {path.name: (path.stat().st_ino, path.stat().st_size) for path in home.iterdir() if path.is_file()}


def stored(home):
    resources = open_resources(Settings(home=home))
    found = {row[0].rpartition("/")[2] for row in resources.database.rows("SELECT principal FROM standing")}
    resources.database.close()
    return found


def put_a_copy_in_its_place(home):
    shutil.copy(file_of(home), home / "copy")
    (home / "copy").rename(file_of(home))


MISHAPS = {
    f"remove {suffix or 'the database'}": lambda home, suffix=suffix: file_of(home, suffix).unlink()
    for suffix in ("", "-wal", "-shm")
}
MISHAPS["replace the database"] = put_a_copy_in_its_place


@pytest.mark.parametrize("mishap", MISHAPS.values(), ids=list(MISHAPS))
def test_who_finds_its_files_gone_keeps_nothing_more_and_no_newcomer_begins(home, start, mishap):
    one, other = start(), start()
    assert "done" in one.ask("choose accept")
    mishap(home)
    before = stand(home)
    for holder in (one, other):
        assert GONE in holder.ask("choose reject")["refused"]
        assert GONE in holder.ask("key")["refused"]
    newcomer = Holder(home)
    refused = newcomer.ask("choose accept")["refused"]
    newcomer.end()
    assert any(told in refused for told in (OTHERS, GONE, "there is no database"))
    assert stand(home) == before


@pytest.mark.parametrize("suffix", ["-shm", ".held"])
def test_nothing_acknowledged_is_lost_with_the_index_of_the_log(home, start, suffix):
    one, other = start(), start()
    kept = {holder.ask("choose accept")["done"] for holder in (one, other, one, other)}
    file_of(home, suffix).unlink()
    assert GONE in one.ask("choose accept")["refused"]
    assert (one.end(), other.end()) == (0, 0)
    assert file_of(home, "-wal").exists()
    assert stored(home) == kept


@pytest.mark.parametrize("way", ["end", "kill"])
def test_who_ends_takes_nothing_from_those_who_live_on(home, start, way):
    one, other = start(), start()
    kept = {one.ask("choose accept")["done"], other.ask("choose accept")["done"]}
    getattr(one, way)()
    kept |= {other.ask("choose accept")["done"], start().ask("choose accept")["done"]}
    other.kill()
    assert stored(home) == kept


def test_the_last_who_ends_leaves_one_file_that_holds_everything(home, start):
    one, other = start(), start()
    kept = {one.ask("choose accept")["done"]}
    one.end()
    assert file_of(home, "-wal").exists()
    kept |= {other.ask("choose accept")["done"]}
    other.end()
    assert not file_of(home, "-wal").exists()
    assert not file_of(home, "-shm").exists()
    assert stored(home) == kept


def test_after_everybody_was_killed_the_next_goes_on(home, start):
    holders = [start() for _ in range(3)]
    kept = {holder.ask("choose accept")["done"] for holder in holders}
    for holder in holders:
        holder.kill()
    assert start().ask("ready") == {"done": ""}
    assert stored(home) == kept


def overwrite(home, copy):
    """Write over it in place, as `cp` does."""
    file_of(home).write_bytes(copy)


@pytest.mark.parametrize("tidied", [False, True])
def test_an_overwritten_file_is_noticed_by_choices_and_checks(home, start, tidied):
    copy = file_of(home).read_bytes()
    one, other = start(), start()
    for _ in range(20):
        one.ask("choose accept")
    if tidied:
        one.ask("tidy")
    overwrite(home, copy)
    for holder in (one, other):
        for command in ("choose reject", "key", "tidy", "choose reject"):
            assert OVERWRITTEN in holder.ask(command)["refused"], command
    before = stand(home)
    assert (one.end(), other.end()) == (0, 0)
    assert stand(home) == before
    assert file_of(home).read_bytes() == copy


@pytest.mark.parametrize("replace", [overwrite, lambda home, copy: put_a_copy_in_its_place(home)])
def test_a_log_is_not_played_into_a_database_that_it_does_not_belong_to(home, start, replace):
    copy = file_of(home).read_bytes()
    one = start()
    one.ask("choose accept")
    one.kill()
    replace(home, copy)
    newcomer = Holder(home)
    assert "belongs to a database that was replaced since" in newcomer.ask("ready")["refused"]
    newcomer.end()
    for suffix in ("-wal", "-shm"):
        file_of(home, suffix).unlink()
    assert start().ask("ready") == {"done": ""}


def test_many_who_write_and_tidy_up_and_are_killed_raise_no_alarm(home, start):
    holders = [start() for _ in range(4)]
    for holder in holders:
        holder.tell("busy 4")
    holders.pop().kill()
    while len(holders) < 5:
        holders.append(start())
        holders[-1].tell("busy 1")
    acknowledged = [holder.hear() for holder in holders]
    assert all(answer.get("done", 0) > 0 for answer in acknowledged), acknowledged
    assert {holder.end() for holder in holders} == {0}
    assert len(stored(home)) >= sum(answer["done"] for answer in acknowledged)


@pytest.mark.one_file
def test_a_long_log_is_moved_by_commits_where_nobody_else_does(resources, site, monkeypatch):
    monkeypatch.setattr(sqlite_connection, "MOST_PAGES", 50)
    for _ in range(60):
        choose(resources, site, "accept")
    log = resources.database.file.with_name("consent.sqlite3-wal")
    assert log.stat().st_size < 90 * 4_120


def test_a_command_leaves_no_log_behind(home):
    program = "from consent_service.cli import main; main()"
    environ = os.environ | {"CONSENT_HOME": str(home)}
    command = [sys.executable, "-c", program, "key", "create", "--site", "demo", "--scope", "check", "--label", "x"]
    subprocess.run(command, cwd=ROOT, check=True, env=environ, capture_output=True)
    assert not file_of(home, "-wal").exists()
    assert SqliteDatabase(file_of(home)).rows("SELECT label FROM api_key") == [("x",)]


def test_a_lock_file_that_cannot_be_used_says_so(home):
    held = file_of(home, ".held")
    held.unlink(missing_ok=True)
    held.mkdir()
    with pytest.raises(StorageUnavailable, match=r"consent.sqlite3.held: Is a directory"):
        SqliteDatabase(file_of(home)).rows("SELECT 1")


def test_a_note_that_cannot_be_read_lets_nobody_in_beside_those_who_live(home, start):
    one = start()
    os.truncate(file_of(home, ".held"), 5)
    newcomer = Holder(home)
    assert OTHERS in newcomer.ask("ready")["refused"]
    newcomer.end()
    assert "done" in one.ask("choose accept")
    one.ask("tidy")
    assert start().ask("ready") == {"done": ""}
