"""Keeping webhooks: where a site is told what happened, with which secret, and what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from consent_service.delivery.webhook_target import parse_target
from consent_service.domain.basics.moment import DAY
from consent_service.domain.errors import CodedFault
from consent_service.domain.feed.webhook import Webhook
from consent_service.domain.feed.webhook_event import Event, find_event
from consent_service.domain.feed.webhook_signature import make_webhook_secret
from consent_service.domain.job import Job
from consent_service.domain.site.site import Site
from consent_service.services.feed.announcing_changes import make_webhook_job, write_change_data
from consent_service.services.resources import Resources
from consent_service.storage.changes import list_changes_after
from consent_service.storage.engine.claims import claim_outbox
from consent_service.storage.outbox import add_jobs, drop_jobs, find_jobs_about, list_jobs_of, resend_jobs
from consent_service.storage.webhooks import (
    add_webhook,
    delete_webhook,
    find_webhook_by_id,
    list_webhooks_of,
    replace_webhook,
)

MAX_WEBHOOKS = 20
MAX_REPLAYED = 10_000
"""How many changes one replay may span."""
OVERLAP = DAY
"""How long a secret goes on signing beside the one that replaced it, in microseconds."""
TEST_EVENT = "webhook.test"
SWITCHED_OFF = "switched off by the API"


class WebhookFault(CodedFault):
    """A webhook cannot be kept so; ``code`` is url_refused or too_many."""


class Made(NamedTuple):
    """A webhook and the text of its secret, which is shown now and never again."""

    webhook: Webhook
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be changed of a webhook; None leaves it as it is."""

    url: str | None = None
    events: Sequence[Event] | None = None
    enabled: bool | None = None


def make_webhook(
    resources: Resources, site: Site, url: str, events: Sequence[Event], *, loopback_allowed: bool
) -> Made:
    """Make a webhook of a site; raises WebhookFault."""
    _require_target(url, loopback_allowed=loopback_allowed)
    with resources.database.write(claim_outbox(site.id)):
        if len(list_webhooks_of(resources.database, site.id)) >= MAX_WEBHOOKS:
            raise WebhookFault("too_many", f"a site has at most {MAX_WEBHOOKS} webhooks")
        now = resources.clock()
        identifier, secret = resources.new_id(now), make_webhook_secret(resources.randomness)
        sealed = resources.keys.secrets.seal.close(secret.encode(), identifier)
        webhook = Webhook(identifier, site.id, url, _sort_events(events), sealed, None, None, now)
        add_webhook(resources.database, webhook)
    return Made(webhook, secret)


def find_webhook(resources: Resources, site: Site, identifier: str) -> Webhook | None:
    """Find a webhook of a site."""
    webhook = find_webhook_by_id(resources.database, identifier)
    return webhook if webhook and webhook.site == site.id else None


def list_webhooks(resources: Resources, site: Site) -> list[Webhook]:
    """List the webhooks of a site, oldest first."""
    return list_webhooks_of(resources.database, site.id)


def change_webhook(resources: Resources, webhook: Webhook, changes: Changes, *, loopback_allowed: bool) -> Webhook:
    """Change a webhook; switching it on forgets that it failed. Raises WebhookFault."""
    if changes.url is not None:
        _require_target(changes.url, loopback_allowed=loopback_allowed)
    with resources.database.write(claim_outbox(webhook.site)):
        now = resources.clock()
        present = find_webhook_by_id(resources.database, webhook.id) or webhook
        if changes.url is not None:
            present = present._replace(url=changes.url)
        if changes.events is not None:
            present = present._replace(events=_sort_events(changes.events))
        if changes.enabled:
            present = present._replace(failing_since=None, disabled_at=None, disabled_because="")
        elif changes.enabled is False and present.disabled_at is None:
            present = present._replace(disabled_at=now, disabled_because=SWITCHED_OFF)
        replace_webhook(resources.database, present)
    return present


def rotate_secret(resources: Resources, webhook: Webhook) -> Made:
    """Give a webhook another secret; the one it had goes on signing beside it for a day."""
    secret = make_webhook_secret(resources.randomness)
    sealed = resources.keys.secrets.seal.close(secret.encode(), webhook.id)
    with resources.database.write(claim_outbox(webhook.site)):
        now = resources.clock()
        present = find_webhook_by_id(resources.database, webhook.id) or webhook
        rotated = present._replace(secret=sealed, previous_secret=present.secret, previous_until=now + OVERLAP)
        replace_webhook(resources.database, rotated)
    return Made(rotated, secret)


def remove_webhook(resources: Resources, webhook: Webhook) -> None:
    """Forget a webhook with everything that was to be sent to it."""
    with resources.database.write(claim_outbox(webhook.site)):
        drop_jobs(resources.database, [webhook.id])
        delete_webhook(resources.database, webhook.id)


def list_deliveries(resources: Resources, webhook: Webhook, most: int, before: str) -> list[Job]:
    """List what was or is to be sent to a webhook, newest first; an empty ``before`` begins with the newest."""
    return list_jobs_of(resources.database, webhook.id, most, before=before or "~")


def replay_delivery(resources: Resources, webhook: Webhook, delivery: str) -> int:
    """Send one delivery again, under the same message id, and return 1; 0 where its content is not kept."""
    with resources.database.write(claim_outbox(webhook.site)):
        return resend_jobs(resources.database, webhook.id, [delivery], resources.clock())


def replay_changes(resources: Resources, site: Site, webhook: Webhook, first: int, last: int) -> int:
    """Send again what changes with these numbers meant for a webhook, and return how many messages that makes.

    What was sent before keeps its message id; what happened while the webhook was off is sent for the first time.
    """
    with resources.database.write(claim_outbox(site.id)):
        changes = list_changes_after(resources.database, site.id, first - 1, min(last - first + 1, MAX_REPLAYED))
        sent = find_jobs_about(resources.database, webhook.id, first, last)
        told = [(find_event(change.kind, change.after), change) for change in changes]
        wanted = [(event, change) for event, change in told if event in webhook.events]
        new = [
            make_webhook_job(resources, webhook, event, write_change_data(site, change), change.at, seq=change.seq)
            for event, change in wanted
            if event and change.seq <= last and change.seq not in sent
        ]
        add_jobs(resources.database, new)
        again = [sent[change.seq] for _, change in wanted if change.seq in sent]
        return len(new) + resend_jobs(resources.database, webhook.id, again, resources.clock())


def send_test(resources: Resources, webhook: Webhook) -> str:
    """Queue a message that says nothing but that it is a test, and return its id."""
    job = make_webhook_job(resources, webhook, TEST_EVENT, {"webhook": webhook.id}, resources.clock())
    with resources.database.write(claim_outbox(webhook.site)):
        add_jobs(resources.database, [job])
    return job.id


def _require_target(url: str, *, loopback_allowed: bool) -> None:
    try:
        parse_target(url, loopback_allowed=loopback_allowed)
    except ValueError as fault:
        raise WebhookFault("url_refused", str(fault)) from None


def _sort_events(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(event for event in Event if event in events)
