"""Delivering to webhooks: signed, tried again by the table, and switched off when it leads nowhere."""

import json
import time

import pytest
from standardwebhooks import Webhook

from consent_service.delivery.retry_table import WEBHOOK_DELAYS
from consent_service.domain.basics.moment import DAY
from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.subject.act import Act
from consent_service.services.feed.announcing_changes import WEBHOOK_JOB, announce_event
from consent_service.services.feed.delivering_webhooks import make_webhook_handler
from consent_service.services.feed.keeping_webhooks import (
    Changes,
    change_webhook,
    find_webhook,
    list_deliveries,
    make_webhook,
    replay_changes,
    replay_delivery,
    rotate_secret,
)
from consent_service.services.rights.erasing import erase_subject
from consent_service.services.subject.recording_acts import record_act
from consent_service.worker.job_worker import Worker
from tests.cast import SECOND
from tests.webhook_receiver import receiving

WHO = "demo/s/1.AAAAAAAAAAAAAAAAAAAAAA"
MINUTE = 60 * SECOND


@pytest.fixture
def receiver():
    with receiving() as running:
        yield running


@pytest.fixture
def made(resources, site, receiver):
    return make_webhook(resources, site, receiver.url, list(Event), loopback_allowed=True)


@pytest.fixture
def worker(resources, site):
    return Worker(resources, {site.id: site}, {WEBHOOK_JOB: make_webhook_handler(loopback_allowed=True)})


def act(resources, site, state=State.GRANTED):
    method = Method.SUBSCRIBE_CONFIRM if state is State.GRANTED else Method.ONE_CLICK
    done = Act(method=method, actor="subject", at=resources.clock(), states={"newsletter": state}, revives=True)
    return record_act(resources, site, WHO, done)


def work(worker):
    while worker.run_once():
        pass


def webhook(resources, site, made):
    return find_webhook(resources, site, made.webhook.id)


def deliveries(resources, made):
    return list_deliveries(resources, made.webhook, 100, "")


def test_what_happened_arrives_thin_and_signed_so_that_the_official_library_accepts_it(
    resources, site, made, worker, receiver, clock
):
    clock.now = time.time_ns() // 1000  # the library judges the time of the signature
    act(resources, site)
    work(worker)
    [sent] = receiver.received
    Webhook(made.secret).verify(sent.body, dict(sent.headers))
    told = json.loads(sent.body)
    assert set(told) == {"type", "timestamp", "data"}
    assert told["type"] == "consent.granted"
    assert set(told["data"]) == {"seq", "subject", "ref", "channel", "topic", "state"}
    [delivery] = deliveries(resources, made)
    assert (delivery.result, delivery.id) == ("delivered", sent.headers["webhook-id"])


def test_for_a_day_after_a_rotation_both_secrets_sign_and_then_the_new_one_alone(
    resources, site, made, worker, receiver, clock
):
    rotated = rotate_secret(resources, made.webhook)
    act(resources, site)
    work(worker)
    clock.advance(DAY)
    act(resources, site, State.WITHDRAWN)
    work(worker)
    during, after = (sent.headers["webhook-signature"].split(" ") for sent in receiver.received)
    assert (len(during), len(after)) == (2, 1)
    assert rotated.secret != made.secret


def test_a_failure_is_tried_again_by_the_table_under_the_same_id_and_then_given_up(
    resources, site, made, worker, receiver, clock
):
    receiver.status = 500
    act(resources, site)
    waits = []
    while (job := deliveries(resources, made)[0]).due_at is not None:
        waits.append(job.due_at - clock.now)
        clock.now = job.due_at
        work(worker)
    assert len(receiver.received) == len(WEBHOOK_DELAYS) == len(waits)
    assert all(least <= wait <= least * 1.1 for least, wait in zip(WEBHOOK_DELAYS, waits, strict=True))
    assert {sent.headers["webhook-id"] for sent in receiver.received} == {job.id}
    assert job.result == "status 500"
    assert webhook(resources, site, made).failing_since is not None


def test_a_success_after_failures_ends_the_failing(resources, site, made, worker, receiver, clock):
    receiver.status = 500
    act(resources, site)
    work(worker)
    receiver.status = 204
    clock.advance(10 * SECOND)
    work(worker)
    assert webhook(resources, site, made).failing_since is None
    assert deliveries(resources, made)[0].result == "delivered"


def test_410_switches_a_webhook_off_at_once_and_nothing_is_queued_any_more(resources, site, made, worker, receiver):
    receiver.status = 410
    act(resources, site)
    work(worker)
    act(resources, site, State.WITHDRAWN)
    off = webhook(resources, site, made)
    assert (off.disabled_at is not None, "410" in off.disabled_because) == (True, True)
    assert len(deliveries(resources, made)) == 1


def test_five_days_of_failure_switch_a_webhook_off_with_the_reason(resources, site, made, worker, receiver, clock):
    receiver.status = 500
    act(resources, site)
    work(worker)
    clock.advance(5 * DAY)
    work(worker)
    assert webhook(resources, site, made).disabled_because == "nothing was taken for five days; last: status 500"


def test_a_redirect_is_a_failure_and_not_followed(resources, site, made, worker, receiver):
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    act(resources, site)
    work(worker)
    assert len(receiver.received) == 1
    assert deliveries(resources, made)[0].due_at is not None


@pytest.mark.parametrize(("status", "headers", "wait"), [(429, {"Retry-After": "900"}, 900), (502, {}, 300)])
def test_a_receiver_that_asks_for_less_is_left_alone_with_everything(
    resources, site, made, worker, receiver, clock, status, headers, wait
):
    receiver.status, receiver.headers = status, headers
    act(resources, site)
    clock.advance(SECOND)
    act(resources, site, State.WITHDRAWN)
    work(worker)
    assert len(receiver.received) == 1
    receiver.status = 204
    clock.advance((wait - 1) * SECOND)
    work(worker)
    assert len(receiver.received) == 1
    clock.advance(wait * SECOND)
    work(worker)
    assert [job.result for job in deliveries(resources, made)] == ["delivered", "delivered"]


def test_a_finished_delivery_is_sent_again_under_its_id_and_byte_for_byte(resources, site, made, worker, receiver):
    act(resources, site)
    work(worker)
    assert replay_delivery(resources, made.webhook, deliveries(resources, made)[0].id) == 1
    work(worker)
    first, second = receiver.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)


def test_a_range_brings_what_happened_while_the_webhook_was_off(resources, site, made, worker, receiver, clock):
    act(resources, site)
    work(worker)
    off = change_webhook(resources, made.webhook, Changes(enabled=False), loopback_allowed=True)
    clock.advance(SECOND)
    act(resources, site, State.WITHDRAWN)
    on = change_webhook(resources, off, Changes(enabled=True), loopback_allowed=True)
    assert replay_changes(resources, site, on, 1, 10) == 2
    work(worker)
    told = [(json.loads(sent.body)["data"]["seq"], sent.headers["webhook-id"]) for sent in receiver.received]
    assert sorted(seq for seq, _ in told) == [1, 1, 2]
    assert len({identifier for seq, identifier in told if seq == 1}) == 1


def test_a_confirmation_link_is_not_kept_after_its_delivery(resources, site, made, worker, receiver):
    with resources.database.write():
        announce_event(resources, site, Event.CONFIRM_REQUESTED, {"url": "https://x/consent/c/T"}, resources.clock())
    work(worker)
    [delivery] = deliveries(resources, made)
    assert (delivery.result, delivery.body) == ("delivered", b"")
    assert replay_delivery(resources, made.webhook, delivery.id) == 0


def test_an_erasure_takes_what_webhooks_were_told_and_tells_that_it_happened(
    resources, site, made, worker, receiver, clock
):
    act(resources, site)
    work(worker)
    clock.advance(SECOND)
    erase_subject(resources, site, WHO, "key:1")
    work(worker)
    assert [job.event for job in deliveries(resources, made)] == [Event.ERASED]
    assert json.loads(receiver.received[-1].body)["type"] == "subject.erased"


def test_a_webhook_on_this_machine_is_not_posted_to_where_that_is_not_allowed(resources, site, made, receiver):
    strict = Worker(resources, {site.id: site}, {WEBHOOK_JOB: make_webhook_handler(loopback_allowed=False)})
    act(resources, site)
    work(strict)
    assert receiver.received == []
    assert "CONSENT_WEBHOOK_LOOPBACK" in deliveries(resources, made)[0].result
