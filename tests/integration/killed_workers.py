"""Workers to kill, as a program of their own: python -m tests.integration.killed_workers HOME KILLINGS."""

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

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


def kill_workers(home: str, killings: str) -> None:
    """Start workers and kill each after a short random time; the last one finishes."""
    dice = random.Random(11)
    for number in range(int(killings)):
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
