"""A worker: takes jobs from the outbox, does each outside any transaction, and settles it in one."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event as Signal

from consent_service.domain.basics.moment import HOUR, MINUTE
from consent_service.domain.errors import StorageUnavailable
from consent_service.domain.job import Job
from consent_service.domain.site.site import Site
from consent_service.services.queueing_jobs import (
    Attempt,
    Handler,
    claim_due_job,
    find_due_sites,
    open_job_content,
    settle_job,
)
from consent_service.services.resources import Resources
from consent_service.worker.site_turns import SiteTurns

LEASE = 2 * MINUTE
"""A worker that has not settled a job by then is taken for dead."""
IDLE_SECONDS = 0.25
TROUBLE_SECONDS = 2.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worker:
    """Does the jobs of every site served, each kind by its handler."""

    resources: Resources
    sites: Mapping[str, Site]
    handlers: Mapping[str, Handler]
    turns: SiteTurns = field(default_factory=SiteTurns)

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

    def run_once(self) -> bool:
        """Do the job that is due first on the site whose turn it is, and return whether there was one.

        One at a time: a receiver that hangs must not keep others waiting for longer than its own time.
        """
        with self.turns.take(find_due_sites(self.resources)) as site:
            job = claim_due_job(self.resources, site, LEASE) if site else None
            if job is None:
                return False
            settle_job(self.resources, job, self._try(job))
            return True

    def _try(self, job: Job) -> Attempt:
        """Do one job; a fault of ours is tried again like any other failure, and never stops the others."""
        try:
            return self._handle(job)
        except StorageUnavailable:
            raise
        except Exception:
            _log.exception("a job failed", extra={"job": job.id, "job_kind": job.kind})
            return Attempt("fault", self.resources.clock() + LEASE * (job.attempts + 1))

    def _handle(self, job: Job) -> Attempt:
        site, handler = self.sites.get(job.site), self.handlers.get(job.kind)
        if site is None or handler is None:
            # Another version, or the site file when it is back, may know better.
            return Attempt("site_gone" if site is None else "kind_unknown", self.resources.clock() + HOUR)
        content = open_job_content(self.resources, job)
        if content is None:
            return Attempt("unreadable")
        return handler(self.resources, site, job, content)
