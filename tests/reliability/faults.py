"""What is broken under a service while people choose at it: each fault once, in a home of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

from tests.integration.processes import kill, list_job_workers, list_servers
from tests.integration.running_service import ROOT, RunningService, running_service
from tests.postgresql_server import run_postgresql
from tests.reliability.crowd import Crowd, Found
from tests.reliability.file_faults import (
    find_file,
    move_home,
    overwrite_database,
    put_older_copy_back,
    remove_index,
    remove_journal,
    turn_clock,
)
from tests.requirements import missing, require

SMALL_DISK = "size=12m,mode=0700"


class Fault(NamedTuple):
    """What is broken, in words; how; and what of it the page has to say besides."""

    words: str
    happen: Callable[[Path], Found]
    remark: str = ""


def kill_everything(service: RunningService) -> None:
    kill(service.process.pid, *list_servers(service.process.pid), *list_job_workers(service.process.pid))
    service.process.wait()


def kill_all(folder: Path) -> Found:
    with running_service(folder) as service:
        crowd = Crowd(service)
        crowd.start()
        crowd.go_on()
        kill_everything(service)
        crowd.stop()
        service.start_again()
        return crowd.judge()


def kill_worker(folder: Path) -> Found:
    with running_service(folder) as service:
        crowd = Crowd(service)
        crowd.start()
        for _ in range(2):
            crowd.go_on()
            kill(crowd.dice.choice(list_servers(service.process.pid)))
        crowd.wait_for_answers()
        crowd.stop()
        return crowd.judge()


def tear_log(folder: Path) -> Found:
    """Kill all, and leave behind what was confirmed what a disk may that lost power in the middle of a write."""
    with running_service(folder) as service:
        crowd = Crowd(service)
        crowd.start()
        crowd.go_on()
        kill_everything(service)
        crowd.stop()
        for file in (find_file(service, "-wal"), max((folder / "home" / "denials").iterdir())):
            with file.open("ab") as stream:
                stream.write(crowd.dice.randbytes(crowd.dice.randint(1, 9000)))
        service.start_again()
        return crowd.judge()


def fill_disk(folder: Path) -> Found:
    if os.geteuid() != 0:
        missing("only root may mount a disk")
    disk = folder / "disk"
    disk.mkdir()
    mounted = [require("mount"), "-t", "tmpfs", "-o", SMALL_DISK, "tmpfs", str(disk)]
    if subprocess.run(mounted, capture_output=True).returncode:
        missing("no disk can be mounted here")
    try:
        with running_service(disk) as service:
            crowd = Crowd(service)
            crowd.start()
            ballast = disk / "ballast"
            with ballast.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(4096))
            crowd.wait_for("refused")
            ballast.unlink()
            crowd.wait_for_answers()
            crowd.stop()
            return crowd.judge()
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def stop_holder(folder: Path) -> Found:
    with running_service(folder) as service:
        crowd = Crowd(service)
        crowd.start()
        command = [sys.executable, "-m", "tests.storage.engine.writers", "hold", str(folder / "home")]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout
            holder.stdout.readline()
            holder.send_signal(signal.SIGSTOP)
            crowd.wait_for("refused")
            holder.kill()
        crowd.wait_for_answers()
        crowd.stop()
        return crowd.judge()


def kill_postgresql(folder: Path) -> Found:
    with ExitStack() as running:
        server = running.enter_context(run_postgresql(fsync="on"))
        service = running.enter_context(running_service(folder, settings={"CONSENT_DATABASE_URL": server.url()}))
        crowd = Crowd(service)
        crowd.start()
        crowd.go_on()
        server.kill()
        time.sleep(crowd.dice.uniform(0, 1))
        server.start()
        crowd.wait_for_answers()
        crowd.stop()
        return crowd.judge()


FAULTS = {
    "kill all": Fault("All processes are killed (`kill -9`) in the middle of choices", kill_all),
    "kill a worker": Fault("A worker process is killed, twice", kill_worker),
    "tear the log": Fault(
        "All are killed, and the ends of log and journal are torn as by a loss of power",
        tear_log,
        "bytes behind what was synced; what a disk says is on it and is not cannot be made here",
    ),
    "fill the disk": Fault("The disk is full, and later has space again", fill_disk),
    "stop the holder": Fault("Who holds the turn to write is stopped, and killed later", stop_holder),
    "move the home": Fault("The home is moved away under the service, and put back", move_home),
    "remove the index": Fault("The index of the log (`-shm`) is removed under the service", remove_index),
    "overwrite": Fault(
        "The database is overwritten under the service by an empty one", overwrite_database, "a backup came back"
    ),
    "older copy": Fault(
        "A backup from the middle of it comes back",
        put_older_copy_back,
        "counted are noes alone: a yes from after the backup is gone with it, and is asked for again",
    ),
    "remove the journal": Fault("The journal of denials is removed, and put back", remove_journal),
    "turn the clock": Fault("The clock is ten years ahead of what the store saw last", turn_clock),
    "kill PostgreSQL": Fault(
        "The PostgreSQL server is killed in the middle of choices, and comes back", kill_postgresql
    ),
}
