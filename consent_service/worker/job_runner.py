"""Running jobs: threads that empty the outbox and one for the housekeeping, in a process of their own."""

import logging
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.logs import configure_logs
from consent_service.services.ledger.sealing_records import keep_sealing
from consent_service.services.operator.guarding_clock import ClockDoubted, ClockWatch
from consent_service.services.operator.housekeeping import do_housekeeping
from consent_service.services.operator.preparing_home import open_whole_resources
from consent_service.services.operator.shortening_log import shorten_log
from consent_service.settings import Settings
from consent_service.site_files.site_file import read_sites
from consent_service.texts import Catalogue
from consent_service.worker.job_handlers import list_job_handlers
from consent_service.worker.job_worker import Worker

THREADS = 8
"""Most of the time goes by in waiting for mail servers and receivers. One site has half of them at most."""
MINUTE = 60.0
STOP_SECONDS = 20
"""A delivery on its way takes 15 seconds at most."""
LOOK_SECONDS = 0.5
AGAIN_SECONDS = 1.0
ENDING = frozenset({signal.SIGTERM, signal.SIGINT})

_log = logging.getLogger(__name__)


def run_jobs(settings: Settings, *, parent: int | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until the parent process is gone, and finish what was begun.

    For the main thread of a process. Raises a ConsentError where anything is not fit to start.
    """
    sites = SiteDirectory(read_sites(settings.sites)).sites
    worker = Worker(open_whole_resources(settings), sites, list_job_handlers(settings, Catalogue()))
    stop = threading.Event()
    # The threads inherit this, so that a signal waits for the main thread, which asks for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    tasks = [_repeat_housekeeping, _shorten_log, _keep_sealing, *[Worker.run] * THREADS]
    # Daemons, so that one that hangs cannot keep the process; the next worker takes its job up again.
    threads = [threading.Thread(target=task, args=(worker, stop), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    while not signal.sigtimedwait(ENDING, LOOK_SECONDS) and parent in (None, os.getppid()):
        pass
    stop.set()
    for thread in threads:
        thread.join(STOP_SECONDS / THREADS)
    worker.resources.database.close()


def _repeat_housekeeping(worker: Worker, stop: threading.Event) -> None:
    next_visitor, watch, doubt = "", ClockWatch(worker.resources), ""
    while not stop.is_set():
        try:
            watch.require_trust()
            doubt = ""
            kept = do_housekeeping(worker.resources, worker.sites.values(), first_visitor=next_visitor)
            next_visitor = kept.next_visitor
        except ClockDoubted as error:
            if not doubt:
                _log.warning("housekeeping waits", extra={"cause": str(error)})
            doubt = str(error)
        except StorageUnavailable as error:
            _log.warning("housekeeping could not be done", extra={"cause": str(error)})
        except Exception:
            _log.exception("housekeeping failed")
        else:
            if any((kept.expired, kept.requests, *kept.pruned)):
                counts = {"expired": kept.expired, "unconfirmed": kept.requests, **kept.pruned._asdict()}
                _log.info("housekeeping was done", extra=counts)
        stop.wait(MINUTE)


def _shorten_log(worker: Worker, stop: threading.Event) -> None:
    """Shorten the log here as well: what serves may be another server than ours, which does not."""
    shorten_log(worker.resources, stop)


def _keep_sealing(worker: Worker, stop: threading.Event) -> None:
    keep_sealing(worker.resources, worker.sites.values(), stop)


@contextmanager
def run_worker_beside() -> Iterator[Callable[[], None]]:
    """Keep one worker running, with the settings of the environment, until the block is left or this process ends.

    What the block is given has it start again, once it has finished what it began.
    """
    over, anew = threading.Event(), threading.Event()
    keeper = threading.Thread(target=_keep_running, args=(over, anew), daemon=True)
    keeper.start()
    try:
        yield anew.set
    finally:
        over.set()
        keeper.join()


def _keep_running(over: threading.Event, anew: threading.Event) -> None:
    # -P: nothing is imported from the folder that we were started in, where others may leave what they like.
    command = [sys.executable, "-P", "-m", __name__, str(os.getpid())]
    no_input = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    while not over.is_set():
        # In a group of its own: Ctrl-C goes to us, and we stop it. Spawned and not by subprocess, which waits on a pipe
        # for the program to start, and for ever where the server forks at that moment and its workers inherit the pipe.
        anew.clear()
        worker = os.posix_spawn(command[0], command, os.environ, setpgroup=0, file_actions=no_input)
        status = _wait_for_end(worker, lambda seconds: over.wait(seconds) or anew.is_set())
        if status is None:
            os.kill(worker, signal.SIGTERM)
            if _wait_for_end(worker, threading.Event().wait, STOP_SECONDS + 5) is None:
                os.kill(worker, signal.SIGKILL)
                os.waitpid(worker, 0)
        elif not over.is_set():
            _log.error("the worker ended by itself and is started again", extra={"status": status})
            over.wait(AGAIN_SECONDS)


def _wait_for_end(process: int, wait: Callable[[float], bool], seconds: float = math.inf) -> int | None:
    """Wait for a child to end and return its exit code; None when ``wait`` says to go on, or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if wait(LOOK_SECONDS):
            return None
    return None


if __name__ == "__main__":
    chosen = Settings.from_environ(os.environ)
    configure_logs(chosen.log_level)
    run_jobs(chosen, parent=int(sys.argv[1]))
