"""Workers to kill, as a program of their own: python -m tests.integration.faults.killed_workers HOME KILLINGS."""

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from consent_service.services.feed.announcing_changes import WEBHOOK_JOB
from consent_service.services.feed.delivering_webhooks import make_webhook_handler
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.resources import read_system_clock
from consent_service.settings import Settings
from consent_service.worker.job_worker import LEASE, Worker
from tests.cast import make_site

SITE = make_site()


def later_clock(number: int) -> Callable[[], int]:
    """Make a clock for which the lease of every worker before is over."""
    return lambda: read_system_clock() + number * (LEASE + 1_000_000)


def worker(home: str, number: int) -> Worker:
    resources = replace(open_resources(Settings(home=Path(home))), clock=later_clock(number))
    return Worker(resources, {SITE.id: SITE}, {WEBHOOK_JOB: make_webhook_handler(loopback_allowed=True)})


def die_before_the_note(home: str) -> None:
    """Let a worker deliver one job and be killed with the answer in its hands, which chance may never bring about."""

    def deliver(*job: Any) -> None:
        make_webhook_handler(loopback_allowed=True)(*job)
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        replace(worker(home, 0), handlers={WEBHOOK_JOB: deliver}).run_once()
        os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def kill_workers(home: str, killings: str) -> None:
    """Kill a worker at the worst moment and others after a short random time; the last one finishes."""
    die_before_the_note(home)
    dice = random.Random(11)
    for number in range(1, int(killings)):
        child = os.fork()
        if child == 0:
            worker(home, number).run(threading.Event())
        time.sleep(dice.uniform(0.01, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    last = worker(home, int(killings))
    while last.run_once():
        pass


if __name__ == "__main__":
    kill_workers(*sys.argv[1:])
