"""Working: jobs are taken from the outbox, done outside any transaction, and settled in one."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event as Signal
from typing import Any, NamedTuple

from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.outbox import Job, add_jobs, claim_jobs, find_next_due, finish_job, retry_job

LEASE = 120_000_000
"""Two minutes, in microseconds: a worker that has not settled a job by then is taken for dead."""
HOUR = 3_600_000_000
IDLE_SECONDS = 0.25
TROUBLE_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Attempt(NamedTuple):
    """What came of one attempt at a job: done for good, or to be tried again at ``retry_at`` (microseconds).

    ``result`` is a short word for lists and logs. ``keep_body`` keeps what was sent, so that it can be sent again.
    """

    result: str
    retry_at: int | None = None
    keep_body: bool = False


Handler = Callable[[Resources, Site, Job, dict[str, Any]], Attempt]
"""Does one job; what it writes it writes itself, before it returns, so that doing it twice does no harm."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Does the jobs of every site served, each kind by its handler."""

    resources: Resources
    sites: Mapping[str, Site]
    handlers: Mapping[str, Handler]

    def run(self, stop: Signal) -> None:
        """Work until told to stop; a database that cannot be used, or holds nonsense, is waited for."""
        while not stop.is_set():
            try:
                busy = self.run_once()
            except StorageUnavailable as error:
                _log.warning("the outbox cannot be read", extra={"cause": str(error)})
                stop.wait(TROUBLE_SECONDS)
            except Exception:
                _log.exception("the outbox failed")
                stop.wait(TROUBLE_SECONDS)
            else:
                stop.wait(0 if busy else IDLE_SECONDS)

    def run_once(self) -> int:
        """Do the jobs that are due and return how many that were."""
        now = self.resources.clock()
        if not has_due(self.resources, now):
            return 0
        with self.resources.database.write():
            # One at a time: a receiver that hangs must not keep others waiting for longer than its own time.
            jobs = claim_jobs(self.resources.database, now, now + LEASE, 1)
        for job in jobs:
            self._do(job)
        return len(jobs)

    def _do(self, job: Job) -> None:
        """Do one job; a fault of ours is tried again like any other failure, and never stops the others."""
        try:
            attempt = self._attempt(job)
        except StorageUnavailable:
            raise
        except Exception:
            _log.exception("a job failed", extra={"job": job.id, "job_kind": job.kind})
            attempt = Attempt("fault", self.resources.clock() + LEASE * (job.attempts + 1))
        now = self.resources.clock()
        with self.resources.database.write():
            if attempt.retry_at is None:
                finish_job(self.resources.database, job.id, now, attempt.result, keep_body=attempt.keep_body)
            else:
                retry_job(self.resources.database, job.id, attempt.retry_at, attempt.result)

    def _attempt(self, job: Job) -> Attempt:
        site, handler = self.sites.get(job.site), self.handlers.get(job.kind)
        if site is None or handler is None:
            # Another version, or the site file when it is back, may know better.
            return Attempt("site_gone" if site is None else "kind_unknown", self.resources.clock() + HOUR)
        content = self.resources.keys.secrets.addresses.open(bytes(job.body), job.id)
        if content is None:
            return Attempt("unreadable")
        return handler(self.resources, site, job, json.loads(content))


def has_due(resources: Resources, now: int) -> bool:
    """Say whether any job is due, from a read alone."""
    due = find_next_due(resources.database)
    return due is not None and due <= now


def make_job(
    resources: Resources, site: Site, kind: str, target: str, body: dict[str, Any], *, event: str = "", seq: int = 0
) -> Job:
    """Make a job that is due at once, its content sealed under its id.

    ``target`` is the principal or the webhook it goes to.
    """
    now = resources.clock()
    identifier = resources.new_id(now)
    content = json.dumps(body, ensure_ascii=False).encode()
    sealed = resources.keys.secrets.addresses.close(content, identifier)
    return Job(identifier, site.id, kind, target, seq, event, sealed, now, now)


def queue_jobs(resources: Resources, *jobs: Job) -> None:
    """Put jobs into the outbox; runs inside a write."""
    add_jobs(resources.database, jobs)
