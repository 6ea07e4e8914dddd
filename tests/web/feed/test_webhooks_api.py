"""The webhooks API: kept by the site's own keys, secrets shown once, only where webhooks may go."""

import json
from dataclasses import replace

import pytest

from consent_service.domain.api_key import Scope
from consent_service.domain.basics.moment import DAY
from consent_service.domain.feed.webhook_event import Event
from consent_service.domain.identifier import name_subject
from consent_service.domain.ledger.decision import Method
from consent_service.domain.subject.act import Act
from consent_service.domain.subject.standing import Block
from consent_service.services.feed.announcing_changes import WEBHOOK_JOB
from consent_service.services.feed.delivering_webhooks import make_webhook_handler
from consent_service.services.subject.recording_acts import record_act
from consent_service.worker.job_worker import Worker
from tests.webhook_receiver import receiving

URL = "https://tool.example/hooks/consent"


@pytest.fixture
def admin(own_service):
    return own_service.key(scopes=[Scope.ADMIN])


def send(service, key, path="", body=None, method="POST"):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    content = b"" if body is None else json.dumps(body).encode()
    return service.client().request(f"/v1/webhooks{path}", method=method, headers=headers, body=content, status="*")


def make(service, key, **told):
    answer = send(service, key, body={"url": URL} | told)
    assert answer.status_int == 201, answer.body
    return answer.json["webhook"]["id"]


def block(service, letter="a"):
    who = name_subject("demo", f"1.{letter * 21}A")
    done = Act(method=Method.API, actor="test", at=service.clock.now, block=Block.MANUAL)
    record_act(service.resources, service.demo, who, done)


def work(service):
    handlers = {WEBHOOK_JOB: make_webhook_handler(loopback_allowed=True)}
    worker = Worker(service.resources, service.sites, handlers)
    while worker.run_once():
        pass


@pytest.fixture
def receiver(own_service):
    own_service.settings = replace(own_service.settings, webhook_loopback=True)
    own_service.start(*own_service.sites.values())
    with receiving() as running:
        yield running


def test_the_secret_is_shown_once_and_lies_sealed(own_service, admin):
    answer = send(own_service, admin, body={"url": URL, "events": ["consent.withdrawn"]})
    secret = answer.json["secret"]
    made = answer.json["webhook"]
    assert secret.startswith("whsec_")
    assert (made["url"], made["events"], made["enabled"]) == (URL, ["consent.withdrawn"], True)
    for path in ("", f"/{made['id']}"):
        assert secret not in send(own_service, admin, path, method="GET").text
    assert secret not in repr(own_service.resources.database.rows("SELECT * FROM webhook"))


def test_without_events_it_is_told_all_of_them(own_service, admin):
    told = send(own_service, admin, f"/{make(own_service, admin)}", method="GET").json
    assert told["events"] == list(Event)


@pytest.mark.parametrize(
    "url",
    [
        "http://tool.example/",
        "https://localhost/",
        "https://127.0.0.1/",
        "http://127.0.0.1:9000/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://2130706433/",
        "https://intranet/",
        "https://user:password@tool.example/",
        "ftp://tool.example/",
        "",
        "x" * 5000,
    ],
)
def test_an_address_that_is_not_of_the_open_internet_is_refused_early(own_service, admin, url):
    kept = make(own_service, admin)
    for answer in (
        send(own_service, admin, body={"url": url}),
        send(own_service, admin, f"/{kept}", {"url": url}, "PATCH"),
    ):
        assert (answer.status_int, answer.json["code"]) == (422, "webhook_refused")
    assert [one["url"] for one in send(own_service, admin, method="GET").json["items"]] == [URL]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"url": URL, "events": []}, 422),
        ({"url": URL, "events": ["consent.guessed"]}, 422),
        ({"url": 7}, 422),
        ({}, 422),
        ({"url": URL, "secret": "mine"}, 422),
        ([], 422),
    ],
)
def test_odd_bodies_are_problems(own_service, admin, body, status):
    assert send(own_service, admin, body=body).status_int == status
    assert send(own_service, admin, method="GET").json["items"] == []


def test_a_webhook_is_changed_switched_off_and_on_and_forgotten(own_service, admin):
    path = f"/{make(own_service, admin)}"
    changed = send(own_service, admin, path, {"events": ["subject.erased"], "enabled": False}, "PATCH").json
    assert (changed["events"], changed["enabled"]) == (["subject.erased"], False)
    assert changed["disabled_because"] == "switched off by the API"
    again = send(own_service, admin, path, {"enabled": True}, "PATCH").json
    assert (again["enabled"], again["disabled_because"], again["url"]) == (True, None, URL)
    gone = send(own_service, admin, path, method="DELETE")
    assert (gone.status_int, gone.body) == (204, b"")
    for method in ("GET", "DELETE"):
        assert send(own_service, admin, path, method=method).json["code"] == "webhook_unknown"


def test_a_rotation_shows_the_new_secret_and_how_long_the_old_one_signs(own_service, admin):
    path = f"/{make(own_service, admin)}"
    answer = send(own_service, admin, f"{path}/secret")
    assert answer.status_int == 201
    assert answer.json["secret"].startswith("whsec_")
    assert answer.json["webhook"]["previous_secret_until"] == "2026-01-02T12:00:00.000000Z"
    own_service.clock.advance(DAY)


def test_a_test_message_arrives_and_is_listed_with_what_came_of_it(own_service, admin, receiver):
    path = f"/{make(own_service, admin, url=receiver.url)}"
    sent = send(own_service, admin, f"{path}/test")
    assert send(own_service, admin, f"{path}/deliveries", method="GET").json["items"][0]["state"] == "waiting"
    work(own_service)
    [item] = send(own_service, admin, f"{path}/deliveries", method="GET").json["items"]
    assert (sent.status_int, item["id"]) == (202, sent.json["delivery"])
    assert (item["state"], item["event"], item["attempts"]) == ("delivered", "webhook.test", 1)
    assert json.loads(receiver.received[0].body)["type"] == "webhook.test"


def test_deliveries_come_page_by_page_and_lose_none(own_service, admin, receiver):
    path = f"/{make(own_service, admin, url=receiver.url)}"
    for letter in "abcdefg":
        block(own_service, letter)
        own_service.clock.advance(1000)
    seen, before = [], ""
    while before is not None:
        page = send(own_service, admin, f"{path}/deliveries?limit=3&before={before}", method="GET").json
        seen += [item["seq"] for item in page["items"]]
        before = page["next"]
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_a_delivery_or_a_range_is_sent_again_and_what_is_unknown_is_a_problem(own_service, admin, receiver):
    path = f"/{make(own_service, admin, url=receiver.url)}"
    for letter in "ab":
        block(own_service, letter)
    work(own_service)
    first = receiver.received[0].headers["webhook-id"]
    assert send(own_service, admin, f"{path}/replay", {"delivery": first}).json == {"queued": 1}
    work(own_service)
    assert send(own_service, admin, f"{path}/replay", {"first": 1, "last": 2}).json == {"queued": 2}
    work(own_service)
    assert len(receiver.received) == 5
    assert len({sent.headers["webhook-id"] for sent in receiver.received}) == 2
    for body, code in (
        ({"delivery": "msg_x"}, "delivery_unknown"),
        ({}, "body_invalid"),
        ({"first": 1}, "body_invalid"),
        ({"first": 2, "last": 1}, "range_invalid"),
        ({"first": 0, "last": 1}, "range_invalid"),
        ({"first": 1, "last": 10_001}, "range_invalid"),
        ({"first": 2**70, "last": 2**70}, "range_invalid"),
    ):
        assert send(own_service, admin, f"{path}/replay", body).json["code"] == code


@pytest.mark.threat("T27")
def test_a_webhook_of_another_site_is_unknown(own_service, admin):
    path = f"/{make(own_service, admin)}"
    other = own_service.key("silverlark", scopes=[Scope.ADMIN])
    for method, below in (("GET", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/test"), ("GET", "/deliveries")):
        assert send(own_service, other, path + below, method=method).json["code"] == "webhook_unknown"
    assert send(own_service, other, method="GET").json["items"] == []


def test_keys_without_the_scope_or_with_limits_keep_no_webhooks(own_service):
    weak = own_service.key(scopes=[Scope.FEED, Scope.WRITE])
    limited = own_service.key(scopes=[Scope.ADMIN], purposes=["analytics"])
    assert send(own_service, weak, body={"url": URL}).json["code"] == "scope_missing"
    assert send(own_service, limited, body={"url": URL}).json["code"] == "key_limited"


def test_a_site_has_twenty_webhooks_at_most(own_service, admin):
    for _ in range(20):
        make(own_service, admin)
    answer = send(own_service, admin, body={"url": URL})
    assert (answer.status_int, answer.json["code"]) == (409, "webhooks_too_many")
