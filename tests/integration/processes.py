"""The processes of a running service: the workers that serve, the one that does the jobs, and how long they live."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

JOBS = b"consent_service.worker.job_runner"


def is_alive(process: int) -> bool:
    try:
        return _read_status(process)[0] != "Z"
    except OSError:
        return False


def wait_for(condition: Callable[[], Found]) -> Found:
    """Wait until something holds and return it; the test's time limit ends a wait in vain."""
    while not (found := condition()):
        time.sleep(0.02)
    return found


def list_job_workers(parent: int) -> list[int]:
    """List the processes that do jobs for this server."""
    return [child for child in _list_children(parent) if JOBS in _read_command(child)]


def list_servers(parent: int) -> list[int]:
    """List the worker processes of this server, which answer requests."""
    commands = {child: _read_command(child) for child in _list_children(parent)}
    return [child for child, command in commands.items() if command and JOBS not in command]


def kill(*processes: int) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _read_command(process: int) -> bytes:
    """Read how a process was started; nothing for one that has ended meanwhile."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _list_children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, above, *_ = _read_status(int(folder.name))
            if int(above) == parent and state != "Z":
                found.append(int(folder.name))
    return sorted(found)


def _read_status(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
