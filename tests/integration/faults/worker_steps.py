"""A worker killed before each statement in turn, as a program that takes a home and the port of a mail server.

Every time there is a request to answer, the mail that follows from it, and a webhook to tell of a change.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

from consent_service.domain.ledger.decision import Method
from consent_service.domain.ledger.notice import make_notice
from consent_service.domain.messages.mail_route import parse_mail_route
from consent_service.domain.site.site import Messages
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.messages.subscribing import Wish, request_subscription
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.resources import read_system_clock
from consent_service.services.subject.identifying_subjects import identify_email
from consent_service.services.subject.recording_acts import record_act
from consent_service.settings import Settings
from consent_service.texts import Catalogue
from consent_service.worker.job_handlers import list_job_handlers
from consent_service.worker.job_worker import LEASE, Worker
from tests.cast import make_site

SITE = make_site(messages=Messages(sender="Demo <letters@demo.example>"))


def worker_of(home: str, port: str, turn: int) -> Worker:
    """Open a worker for which the lease of every worker before is over."""
    route = parse_mail_route(f"smtp://127.0.0.1:{port}")
    settings = Settings(home=Path(home), smtp_url=route, webhook_loopback=True)
    resources = replace(open_resources(settings), clock=lambda: read_system_clock() + turn * (LEASE + 1_000_000))
    return Worker(resources, {SITE.id: SITE}, list_job_handlers(settings, Catalogue()))


def finish_and_make_work(worker: Worker, number: int) -> None:
    """Do what killed workers left, and cause a request and a change."""
    work(worker)
    resources = worker.resources
    blocked = Act(method=Method.API, actor="test", at=resources.clock(), block=Block.MANUAL)
    record_act(resources, SITE, f"demo/s/1.{number:021}A", blocked)
    purpose = SITE.purpose_by_key["newsletter"]
    notice = make_notice(
        SITE, surface="subscribe", language="en", signal=False, purposes=(purpose,), page="<p>News</p>", stylesheet=""
    )
    person = identify_email(resources, SITE, f"reader{number}@shopper.example")
    wish = Wish(person=person, purposes=(purpose.key,), notice=notice, origin="https://demo.example", source="form")
    request_subscription(resources, SITE, wish)


def work(worker: Worker) -> None:
    while worker.run_once():
        pass


def die_before(worker: Worker, step: int) -> None:
    """Let the worker be killed before a statement, counted from 1."""
    steps = count(1)

    def trace(*_: object) -> bool:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    worker.resources.database.engine.connection().exec_trace = trace
    work(worker)


def survives(worker: Callable[[], Worker], do: Callable[[Worker, int], None], step: int) -> bool:
    """Let a worker in a process of its own do something, and say whether it came to its end."""
    process = os.fork()
    if process == 0:
        do(worker(), step)
        os._exit(0)
    status = os.waitpid(process, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a worker failed by itself")
    return os.WIFEXITED(status)


def kill_at_every_step(home: str, port: str) -> None:
    """Kill a worker at each step until it has none left, and print how many steps there were."""
    for step in count(1):
        survives(partial(worker_of, home, port, 2 * step), finish_and_make_work, step)
        if survives(partial(worker_of, home, port, 2 * step + 1), die_before, step):
            print(step)
            return


if __name__ == "__main__":
    kill_at_every_step(*sys.argv[1:])
