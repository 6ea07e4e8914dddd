"""Sending checkpoints: once a day the newest goes to an address outside, which whoever writes here cannot change.

A checkpoint is signed, so it needs no further protection on its way.
"""

from typing import Any

from consent_service.delivery.outcome import DeliveryOutcome
from consent_service.delivery.retry_table import plan_next_attempt, plan_next_mail_attempt
from consent_service.delivery.smtp import MailRefused, send_mail
from consent_service.delivery.webhook_post import post_webhook
from consent_service.delivery.webhook_target import parse_target
from consent_service.domain.basics.moment import DAY, HOUR, write_time
from consent_service.domain.job import Job
from consent_service.domain.messages.mail_message import compose
from consent_service.domain.messages.mail_route import MailRoute
from consent_service.domain.site.site import Site
from consent_service.services.queueing_jobs import Attempt, Handler, make_job, queue_jobs
from consent_service.services.resources import Resources
from consent_service.storage.engine.claims import claim_outbox
from consent_service.storage.evidence.tree import find_newest_checkpoint
from consent_service.storage.outbox import has_job_since

CHECKPOINT_JOB = "checkpoint"
MAX_AGE = 5 * DAY
"""By then newer ones have been sent."""
TYPE = {"Content-Type": "text/plain; charset=utf-8"}
TEXT = """This is the checkpoint of the consent ledger of {name}, sent once a day.
Keep it: everything that was sealed by then can be held to it later.
How: docs/evidence.md, or any tool that reads C2SP checkpoints.

{note}"""


def queue_checkpoint(resources: Resources, site: Site) -> bool:
    """Queue the newest checkpoint of a site for its address outside, unless one was queued on this day (UTC)."""
    database, now = resources.database, resources.clock()
    target, today = f"{site.id}/{CHECKPOINT_JOB}", now - now % DAY
    if not site.checkpoints_to or has_job_since(database, target, today):
        return False
    newest = find_newest_checkpoint(database, site.id)
    if newest is None:
        return False
    with database.write(claim_outbox(site.id)):
        if has_job_since(database, target, today):
            return False
        queue_jobs(resources, make_job(resources, site, CHECKPOINT_JOB, target, {"note": newest.note}))
    return True


def make_checkpoint_handler(route: MailRoute | None, *, loopback_allowed: bool) -> Handler:
    """Make the handler that sends a checkpoint to where the site file says now."""

    def handle(resources: Resources, site: Site, job: Job, body: dict[str, Any]) -> Attempt:
        if not site.checkpoints_to:
            return Attempt("no_address")
        if resources.clock() - job.created_at > MAX_AGE:
            return Attempt("too_late")
        if "@" in site.checkpoints_to.partition("/")[0]:
            return _mail(resources, site, job, body["note"], route)
        return _post(resources, site, job, body["note"], loopback_allowed=loopback_allowed)

    return handle


def _mail(resources: Resources, site: Site, job: Job, note: str, route: MailRoute | None) -> Attempt:
    now = resources.clock()
    if route is None or site.messages is None:
        return Attempt("no_route", now + HOUR)
    sender = site.messages.sender
    domain = sender.rpartition("@")[2].rstrip(">")
    subject = f"Checkpoint of {site.id}, {write_time(job.created_at)[:10]}"
    name = site.name[site.default_language]
    try:
        message = compose(
            sender,
            site.checkpoints_to,
            subject,
            TEXT.format(name=name, note=note),
            at=job.created_at,
            message_id=f"<{job.id}@{domain}>",
            language="en",
        )
        send_mail(route, message)
    except MailRefused as refusal:
        again = plan_next_mail_attempt(job.attempts + 1, now, resources.randomness, permanent=refusal.permanent)
        return Attempt(f"refused_{refusal.code or 'unreachable'}", again)
    except ValueError:
        return Attempt("malformed")
    return Attempt("sent")


def _post(resources: Resources, site: Site, job: Job, note: str, *, loopback_allowed: bool) -> Attempt:
    try:
        target = parse_target(site.checkpoints_to, loopback_allowed=loopback_allowed)
        outcome = post_webhook(target, note.encode(), TYPE)
    except ValueError as fault:
        outcome = DeliveryOutcome(None, "", str(fault))
    if outcome.delivered:
        return Attempt("sent")
    return Attempt(
        outcome.detail, plan_next_attempt(job.attempts + 1, outcome, resources.clock(), resources.randomness)
    )
