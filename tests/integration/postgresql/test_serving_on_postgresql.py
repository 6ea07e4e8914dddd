"""The service on PostgreSQL, started as an operator starts it: one journey of each kind, from end to end."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.running_service import running_service
from tests.postgresql_server import run_postgresql

PERSON = "anna@shopper.example"
ONCE = {"Idempotency-Key": "one"}


@pytest.fixture(scope="module")
def server():
    with run_postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def served(server, tmp_path_factory):
    settings = {"CONSENT_DATABASE_URL": server.url()}
    with running_service(tmp_path_factory.mktemp("shop"), settings=settings) as service:
        yield service


@pytest.fixture(scope="module")
def key(served):
    return served.command("key", "create", "--site", "demo", "--scope", "check", "--scope", "write", "--scope", "feed")


def call(service, key, method, path, body=None, **headers):
    sent = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers}
    return service.send(method, path, sent, json.dumps(body) if body is not None else "")


def decide(service, key, visitor):
    answer = call(service, key, "GET", f"/v1/check?visitor={visitor}")
    assert answer.status == 200, answer.body
    return {name: one["reason"] for name, one in answer.json()["decisions"].items()}


def test_a_visitor_chooses_and_every_worker_answers_by_it_at_once(served, key):
    cookie = served.choose("accept")
    visitor = cookie.split(".")[2]
    assert decide(served, key, visitor)["analytics"] == "granted"
    again = served.choose("withdraw", cookie)
    assert again.split(".")[2:4] == [visitor, "2"]
    told = served.everywhere(f"/v1/check?visitor={visitor}&purpose=analytics", {"Authorization": f"Bearer {key}"})
    assert {one.json()["decisions"]["analytics"]["reason"] for one in told} == {"withdrawn"}
    banner = served.send("GET", "/consent/banner")
    assert (banner.status, b"<form" in banner.body) == (200, True)


def test_somebody_who_complained_is_blocked_once_told_in_the_feed_and_erased(served, key):
    before = call(served, key, "GET", "/v1/changes").json()["next"]
    blocked = {"suppressions": [{"email": PERSON, "reason": "complaint"}]}
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(call, served, key, "POST", "/v1/suppressions", blocked, **ONCE) for _ in range(4)]
        answers = [one.result() for one in sent]
    assert {(one.status, one.body) for one in answers} == {(200, answers[0].body)}
    assert sum("Idempotency-Replayed" in one.headers for one in answers) == 3
    told = call(served, key, "GET", f"/v1/changes?after={before}").json()
    assert [change["kind"] for change in told["items"]] == ["block"]
    asked = {"email": PERSON, "purposes": ["offers_email"]}
    decided = call(served, key, "POST", "/v1/check", asked).json()["decisions"]
    assert decided["offers_email"]["reason"] == "blocked_complaint"
    subject = answers[0].json()["results"][0]["subject"]
    assert "1 record" in served.command("erase", "--site", "demo", "--subject", subject)
    told = call(served, key, "GET", f"/v1/changes?after={told['next']}").json()
    assert [change["kind"] for change in told["items"]] == ["erasure", "block"]


def test_one_that_waits_for_changes_is_told_of_the_next(served, key):
    last = call(served, key, "GET", "/v1/changes").json()["next"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(call, served, key, "GET", f"/v1/changes?after={last}&wait=20")
        time.sleep(0.5)
        body = {"suppressions": [{"email": "ben@shopper.example", "reason": "manual"}]}
        assert call(served, key, "POST", "/v1/suppressions", body).status == 200
        assert len(waiting.result(10).json()["items"]) == 1


def test_the_ledger_is_sealed_and_what_is_exported_verifies(served, tmp_path):
    exported = tmp_path / "records.jsonl"
    served.command("ledger", "seal")
    served.command("records", "export", "--site", "demo", "--out", str(exported))
    assert "all of it fits" in served.command("fsck")
    keys = tmp_path / "keys.json"
    keys.write_bytes(served.send("GET", "/consent/keys.json").body)
    assert "verif" in served.command("records", "verify", str(exported), "--keys", str(keys))


def test_a_server_that_is_killed_and_comes_back_needs_no_restart_of_ours(served, server, key):
    cookies, refused, over = [], [], threading.Event()

    def choose():
        form = served.form("accept")
        while not over.is_set():
            answer = served.post(form)
            if answer.status == 303:
                cookies.append(answer.headers["Set-Cookie"].split(".")[2])
            else:
                refused.append(answer.status)

    with ThreadPoolExecutor(4) as pool:
        choosing = [pool.submit(choose) for _ in range(4)]
        time.sleep(1)
        server.kill()
        time.sleep(0.5)
        assert served.send("GET", "/readyz").status == 503
        asked = [call(served, key, "GET", f"/v1/check?visitor={visitor}") for visitor in cookies[:3]]
        assert [(answer.status, answer.json()["code"]) for answer in asked] == [(503, "unavailable")] * 3
        assert served.send("GET", "/consent/banner").status in (200, 204)
        server.start()
        since = len(cookies)
        ends = time.monotonic() + 20
        while len(cookies) < since + 40 and time.monotonic() < ends:
            time.sleep(0.05)
        over.set()
        [one.result() for one in choosing]
    assert len(cookies) >= since + 40
    assert set(refused) <= {503}
    assert {decide(served, key, visitor)["analytics"] for visitor in cookies} == {"granted"}


def test_it_stops_as_it_should_and_leaves_no_connection(tmp_path, server):
    server.run("CREATE DATABASE stopped")
    with running_service(tmp_path, settings={"CONSENT_DATABASE_URL": server.url("stopped")}) as service:
        service.choose("accept")
        assert service.stop() == 0
    server.run("DROP DATABASE stopped")
