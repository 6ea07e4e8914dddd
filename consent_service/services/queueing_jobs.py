"""Queueing jobs: put into the outbox by what causes them, claimed by one worker at a time, and settled."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from consent_service.domain.job import Job
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.outbox import add_jobs, claim_jobs, finish_job, list_due_sites, retry_job


class Attempt(NamedTuple):
    """What came of one attempt at a job: done for good, or to be tried again at ``retry_at`` (microseconds).

    ``result`` is a short word for lists and logs. ``keep_body`` keeps what was sent, so that it can be sent again.
    """

    result: str
    retry_at: int | None = None
    keep_body: bool = False


Handler = Callable[[Resources, Site, Job, dict[str, Any]], Attempt]
"""Does one job; what it writes it writes itself, before it returns, so that doing it twice does no harm."""


def make_job(
    resources: Resources, site: Site, kind: str, target: str, body: dict[str, Any], *, event: str = "", seq: int = 0
) -> Job:
    """Make a job that is due at once, its content sealed under its id.

    ``target`` is the principal or the webhook it goes to.
    """
    now = resources.clock()
    identifier = resources.new_id(now)
    content = json.dumps(body, ensure_ascii=False).encode()
    sealed = resources.keys.secrets.seal.close(content, identifier)
    return Job(identifier, site.id, kind, target, seq, event, sealed, now, now)


def queue_jobs(resources: Resources, *jobs: Job) -> None:
    """Put jobs into the outbox; runs inside a write."""
    add_jobs(resources.database, jobs)


def find_due_sites(resources: Resources) -> list[str]:
    """Name the sites that have a job which is due; a read alone, so that an idle worker takes no writer's turn."""
    return list_due_sites(resources.database, resources.clock())


def claim_due_job(resources: Resources, site: str, lease: int) -> Job | None:
    """Take the job of a site that is due first and keep other workers off it for so many microseconds.

    None where another was quicker.
    """
    database, now = resources.database, resources.clock()
    with database.write():
        return next(iter(claim_jobs(database, site, now, now + lease, 1)), None)


def open_job_content(resources: Resources, job: Job) -> dict[str, Any] | None:
    """Open what a job was made with; None where no key opens it."""
    content = resources.keys.secrets.seal.open(bytes(job.body), job.id)
    return None if content is None else dict(json.loads(content))


def settle_job(resources: Resources, job: Job, attempt: Attempt) -> None:
    """Finish a job, or put it off until it is tried again."""
    database = resources.database
    with database.write():
        if attempt.retry_at is None:
            finish_job(database, job.id, resources.clock(), attempt.result, keep_body=attempt.keep_body)
        else:
            retry_job(database, job.id, attempt.retry_at, attempt.result)
