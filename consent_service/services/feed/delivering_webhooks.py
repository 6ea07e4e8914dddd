"""Delivering to webhooks: what happened is posted, signed, until the receiver took it or the table of retries ends."""

import json
from typing import Any

from consent_service.delivery.outcome import DeliveryOutcome
from consent_service.delivery.retry_table import THROTTLE, plan_next_attempt, wait_asked
from consent_service.delivery.webhook_post import post_webhook
from consent_service.delivery.webhook_target import parse_target
from consent_service.domain.basics.moment import DAY, MINUTE, SECOND
from consent_service.domain.feed.webhook import Webhook
from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.feed.webhook_signature import read_webhook_secret, sign_webhook
from consent_service.domain.job import Job
from consent_service.domain.site.site import Site
from consent_service.services.queueing_jobs import Attempt, Handler
from consent_service.services.resources import Resources
from consent_service.storage.engine.claims import claim_outbox
from consent_service.storage.outbox import hold_jobs
from consent_service.storage.webhooks import find_webhook_by_id, replace_webhook

PATIENCE = 5 * DAY
"""A webhook that took nothing for so long is switched off, in microseconds."""
DELIVERED = "delivered"


def make_webhook_handler(*, loopback_allowed: bool) -> Handler:
    """Make the handler of webhook jobs; it posts to this machine itself only where that is allowed."""

    def deliver(resources: Resources, _: Site, job: Job, body: dict[str, Any]) -> Attempt:
        webhook = find_webhook_by_id(resources.database, job.target)
        if webhook is None:
            return Attempt("webhook_gone")
        # A confirmation link is in the body, which no list keeps.
        keeps = job.event != Event.CONFIRM_REQUESTED
        if webhook.disabled_at is not None:
            return Attempt("webhook_off", keep_body=keeps)
        outcome = _post(resources, webhook, job, body, loopback_allowed=loopback_allowed)
        return _settle(resources, webhook, job, outcome, keeps=keeps)

    return deliver


def open_webhook_secrets(resources: Resources, webhook: Webhook, now: int) -> list[bytes]:
    """Open the secrets that sign what a webhook is told at a time, the newest first."""
    sealed = [webhook.secret]
    if webhook.previous_secret is not None and now < (webhook.previous_until or 0):
        sealed.append(webhook.previous_secret)
    opened = [resources.keys.secrets.seal.open(bytes(secret), webhook.id) for secret in sealed]
    return [read_webhook_secret(text.decode()) for text in opened if text is not None]


def _post(
    resources: Resources, webhook: Webhook, job: Job, body: dict[str, Any], *, loopback_allowed: bool
) -> DeliveryOutcome:
    try:
        target = parse_target(webhook.url, loopback_allowed=loopback_allowed)
    except ValueError as fault:
        return DeliveryOutcome(None, "", str(fault))
    now = resources.clock()
    secrets = open_webhook_secrets(resources, webhook, now)
    if not secrets:
        return DeliveryOutcome(None, "", "the secret cannot be opened; rotate it")
    content = json.dumps(body, ensure_ascii=False).encode()
    headers = {
        "webhook-id": job.id,
        "webhook-timestamp": str(now // SECOND),
        "webhook-signature": sign_webhook(secrets, job.id, now // SECOND, content),
    }
    return post_webhook(target, content, headers)


def _settle(resources: Resources, webhook: Webhook, job: Job, outcome: DeliveryOutcome, *, keeps: bool) -> Attempt:
    """Note what came of it; a webhook that does not answer, or asks for less, is left alone for a while."""
    now = resources.clock()
    if outcome.delivered:
        if webhook.failing_since is not None:
            _note(resources, webhook, None, now)
        return Attempt(DELIVERED, keep_body=keeps)
    retry_at = plan_next_attempt(job.attempts + 1, outcome, now, resources.randomness)
    with resources.database.write(claim_outbox(webhook.site)):
        _note(resources, webhook, outcome, now)
        if outcome.throttled:
            hold_jobs(resources.database, webhook.id, now + max(THROTTLE, wait_asked(outcome.retry_after, now)))
        elif outcome.status is None:
            hold_jobs(resources.database, webhook.id, now + MINUTE)
    return Attempt(outcome.detail, retry_at, keep_body=keeps)


def _note(resources: Resources, webhook: Webhook, failure: DeliveryOutcome | None, now: int) -> None:
    """Note since when a webhook fails, and switch it off when it is gone or has failed for too long."""
    with resources.database.write(claim_outbox(webhook.site)):
        present = find_webhook_by_id(resources.database, webhook.id)
        if present is None or present.disabled_at is not None:
            return
        since = (present.failing_since or now) if failure else None
        because = ""
        if failure and failure.gone:
            because = "the receiver answered 410 Gone"
        elif since is not None and now - since >= PATIENCE:
            because = f"nothing was taken for five days; last: {failure.detail if failure else ''}"
        disabled = now if because else None
        changed = present._replace(failing_since=since, disabled_at=disabled, disabled_because=because)
        replace_webhook(resources.database, changed)
