"""Announcing: a change becomes one job in the outbox for each webhook that asked for its event."""

import json
from collections.abc import Iterable, Mapping

from consent_service.domain.basics.moment import write_time
from consent_service.domain.feed.feed_change import FeedChange
from consent_service.domain.feed.webhook import Webhook
from consent_service.domain.feed.webhook_event import Event, find_event, write_event_data
from consent_service.domain.identifier import read_subject_key
from consent_service.domain.job import Job
from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from consent_service.storage.outbox import add_jobs
from consent_service.storage.webhooks import list_webhooks_of

WEBHOOK_JOB = "webhook"


def announce(resources: Resources, site: Site, changes: Iterable[FeedChange], now: int) -> None:
    """Queue what the webhooks of a site are to be told about these changes; runs inside a write."""
    webhooks = list_webhooks_of(resources.database, site.id)
    if not webhooks:
        return
    for change in changes:
        if event := find_event(change.kind, change.after):
            _queue(resources, webhooks, event, write_change_data(site, change), now, seq=change.seq)


def announce_event(resources: Resources, site: Site, event: Event, data: dict[str, object], now: int) -> int:
    """Queue one event for every webhook that asked for it and return how many those are; runs inside a write."""
    return _queue(resources, list_webhooks_of(resources.database, site.id), event, data, now, seq=0)


def _queue(
    resources: Resources,
    webhooks: Iterable[Webhook],
    event: Event,
    data: dict[str, object],
    now: int,
    *,
    seq: int,
) -> int:
    jobs = [make_webhook_job(resources, one, event, data, now, seq=seq) for one in webhooks if one.wants(event)]
    if jobs:
        add_jobs(resources.database, jobs)
    return len(jobs)


def make_webhook_job(
    resources: Resources, webhook: Webhook, event: str, data: Mapping[str, object], at: int, *, seq: int = 0
) -> Job:
    """Make the job that tells one webhook of something that happened at a time; its id is that of the message."""
    now = resources.clock()
    identifier = f"msg_{resources.new_id(now)}"
    body = json.dumps({"type": event, "timestamp": write_time(at), "data": data}, ensure_ascii=False).encode()
    sealed = resources.keys.secrets.seal.close(body, identifier)
    return Job(identifier, webhook.site, WEBHOOK_JOB, webhook.id, seq, event, sealed, now, now)


def write_change_data(site: Site, change: FeedChange) -> dict[str, object]:
    """Write what an event says of a change."""
    purpose = site.purpose_by_key.get(change.name)
    subject = read_subject_key(change.principal)
    return write_event_data(change.seq, subject, change.ref, purpose, change.kind, change.name, change.after)
