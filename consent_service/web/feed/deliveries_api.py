"""The deliveries API: what was sent to a webhook and what came of it."""

import msgspec
from flask import Blueprint, Response

from consent_service.domain.basics.moment import write_time
from consent_service.domain.job import Job
from consent_service.services.feed.keeping_webhooks import list_deliveries
from consent_service.web.api.api_request import answer_json, make_api_routes, read_number, read_parameters
from consent_service.web.feed.webhooks_api import admit_webhook_site, find_own_webhook
from consent_service.web.frame.wiring import find_wiring

MAX_DELIVERIES, USUAL = 100, 50


class DeliveryAnswer(msgspec.Struct, kw_only=True):
    """One message; its ``id`` is that of header ``webhook-id`` and stays the same however often it is sent.

    ``state`` is waiting, delivered or given_up; ``result`` is what came of the last attempt. ``next_at`` is when it is
    tried next, and ``seq`` the number of the change it tells of, null for none.
    """

    id: str
    event: str
    seq: int | None
    state: str
    result: str
    attempts: int
    created_at: str
    next_at: str | None
    finished_at: str | None


class DeliveriesAnswer(msgspec.Struct, kw_only=True):
    """Messages, newest first; ``next`` is the value of ``before`` for the next page, null on the last."""

    items: list[DeliveryAnswer]
    next: str | None


def get_deliveries(webhook: str) -> Response:
    """Answer with a page of deliveries."""
    kept = find_own_webhook(admit_webhook_site(), webhook)
    given = read_parameters(("before", "limit"))
    most = read_number(given, "limit", USUAL, 1, MAX_DELIVERIES)
    jobs = list_deliveries(find_wiring().resources, kept, most + 1, given.get("before", ""))
    shown = jobs[:most]
    following = shown[-1].id if len(jobs) > len(shown) else None
    return answer_json(DeliveriesAnswer(items=[_describe_delivery(job) for job in shown], next=following))


def _describe_delivery(job: Job) -> DeliveryAnswer:
    return DeliveryAnswer(
        id=job.id,
        event=job.event,
        seq=job.seq or None,
        state=_name_state(job),
        result=job.result,
        attempts=job.attempts,
        created_at=write_time(job.created_at),
        next_at=write_time(job.due_at) if job.due_at is not None else None,
        finished_at=write_time(job.finished_at) if job.finished_at is not None else None,
    )


def _name_state(job: Job) -> str:
    if job.finished_at is None:
        return "waiting"
    return "delivered" if job.result == "delivered" else "given_up"


def deliveries_blueprint() -> Blueprint:
    """Serve deliveries."""
    return make_api_routes("deliveries_api", ("GET", "/v1/webhooks/<webhook>/deliveries", get_deliveries))
