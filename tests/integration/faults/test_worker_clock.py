"""A real worker, beside a clock that is years ahead of what the store saw last: it drops nothing, and says so."""

import subprocess
import time

import pytest

from consent_service.domain.basics.moment import DAY
from consent_service.services.resources import read_system_clock
from consent_service.storage.attempts import add_attempt, count_attempts
from consent_service.storage.engine.clock_mark import find_clock_mark, set_clock_mark
from tests.cast import make_resources
from tests.integration.running_service import PROGRAM, environment, run

YEARS = 3_650 * DAY


@pytest.fixture
def resources(tmp_path):
    """A store that was last seen ten years ago, an hour after something that is kept for two days."""
    made = make_resources(tmp_path, read_system_clock)
    then = read_system_clock() - YEARS
    with made.database.write():
        add_attempt(made.database, "demo", then - 3_600_000_000, "one")
        set_clock_mark(made.database, then)
    return made


def test_a_worker_drops_nothing_until_the_clock_is_confirmed(resources, tmp_path):
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen([*PROGRAM, "worker"], env=environment(tmp_path), cwd=tmp_path, stderr=log)
    end = time.monotonic() + 20
    while "housekeeping waits" not in (tmp_path / "log").read_text() and time.monotonic() < end:
        time.sleep(0.1)
    worker.terminate()
    assert worker.wait(timeout=30) == 0
    assert "the store was last seen at" in (tmp_path / "log").read_text()
    assert count_attempts(resources.database, "demo", 0) == 1
    assert run(tmp_path, "prune").returncode == 2
    assert count_attempts(resources.database, "demo", 0) == 1
    assert run(tmp_path, "prune", "--clock-is-right").returncode == 0
    assert count_attempts(resources.database, "demo", 0) == 0
    assert read_system_clock() - find_clock_mark(resources.database) < DAY
