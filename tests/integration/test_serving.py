"""Serving for real: worker processes that agree at once, keys that turn, and an end without loss."""

import json
import re
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.running_service import run, running_service

ALL = ("preferences", "analytics", "marketing")
VISITOR_PART = 2
KID_PART = 5


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with running_service(tmp_path_factory.mktemp("serving")) as running:
        yield running


@pytest.fixture(scope="module")
def bearer(service):
    key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", "tests")
    return {"Authorization": f"Bearer {key}"}


def allowed(answer):
    return {purpose for purpose in ALL if answer.json()["decisions"][purpose]["allowed"]}


def test_a_choice_and_its_withdrawal_show_in_the_very_next_check_of_every_worker(service, bearer):
    cookie = service.choose("accept")
    path = f"/v1/check?visitor={cookie.split('.')[VISITOR_PART]}"
    for _ in range(5):
        assert {frozenset(allowed(answer)) for answer in service.everywhere(path, bearer)} == {frozenset(ALL)}
        cookie = service.choose("reject", cookie)
        assert {frozenset(allowed(answer)) for answer in service.everywhere(path, bearer)} == {frozenset()}
        cookie = service.choose("accept", cookie)
    busy = [count for count in service.counted("consent_checks").values() if count]
    assert len(busy) == 2, "one worker answered everything, so nothing was shown"


def test_a_target_with_a_host_is_answered_by_the_header_where_no_proxy_stands_in_front(service):
    """The server hands on neither; docs/http.md says so, and the proxy that docs/embedding.md shows mends it."""
    for target, host, status in (("other.example", "localhost", 200), ("localhost", "other.example", 400)):
        headers = {"Host": f"{host}:{service.port}"}
        assert service.send("GET", f"http://{target}:{service.port}/consent/", headers).status == status


@pytest.mark.threat("T28")
def test_a_revoked_key_is_refused_by_every_worker_a_second_later(service):
    key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", "soon gone")
    listed = service.command("key", "list")
    headers = {"Authorization": f"Bearer {key}"}
    path = f"/v1/check?visitor={'A' * 22}"
    assert {answer.status for answer in service.everywhere(path, headers)} == {200}
    service.command("key", "revoke", listed.split("\t")[0])
    time.sleep(1)
    refused = service.everywhere(path, headers)
    assert {(answer.status, answer.json()["code"]) for answer in refused} == {(401, "key_revoked")}


def test_a_signing_key_turns_under_traffic_and_nobody_notices(service, bearer):
    before = service.choose("accept")
    cookies, faults, over = [], [], threading.Event()

    def keep_choosing():
        while not over.is_set():
            try:
                cookies.append(service.choose("save", **{"p.analytics": "yes"}))
            except (AssertionError, OSError) as error:
                faults.append(error)

    traffic = threading.Thread(target=keep_choosing)
    traffic.start()
    service.command("key", "rotate")
    after = service.choose("accept")
    over.set()
    traffic.join()
    assert (faults, bool(cookies)) == ([], True)
    assert before.split(".")[KID_PART] != after.split(".")[KID_PART]
    for cookie in (before, cookies[0], cookies[-1], after):
        told = service.everywhere(f"/v1/check?cookie={cookie}", bearer)
        assert {answer.json()["visitor"] for answer in told} == {cookie.split(".")[VISITOR_PART]}
        assert all("analytics" in allowed(answer) for answer in told)
    published = service.everywhere("/consent/keys.json", {})
    assert {tuple(key["kid"] for key in answer.json()["keys"]) for answer in published} == {
        (before.split(".")[KID_PART], after.split(".")[KID_PART])
    }


def test_the_metrics_sum_what_all_workers_counted(service, bearer):
    line = re.compile(r'^consent_checks_total\{reason="unknown_purpose",site="demo"\} ([0-9.]+)$', re.MULTILINE)
    asked = service.everywhere(f"/v1/check?visitor={'A' * 22}&purpose=astrology", bearer)
    assert {answer.status for answer in asked} == {200}
    while True:  # each worker hands its counts on when it is asked
        told = [line.search(answer.body.decode()) for answer in service.everywhere("/metrics", {})]
        if {float(found[1]) for found in told if found} == {float(len(asked))}:
            break


@pytest.mark.threat("T34")
def test_the_log_is_json_and_holds_nothing_of_anybody(service, bearer):
    cookie = service.choose("accept")
    canaries = [
        cookie,
        cookie.split(".")[VISITOR_PART],
        bearer["Authorization"].partition(" ")[2],
        "canary@mail.example",
    ]
    for canary in canaries:
        for path in (f"/consent/{canary}", f"/v1/visitors/{canary}", f"/v1/check?visitor={canary}", "/consent/banner"):
            headers = {**bearer, "Cookie": f"consent={cookie}", "User-Agent": canary, "Referer": canary}
            service.send("GET", path, headers)
    lines = [json.loads(line) for line in service.log()]
    assert lines
    assert not [line for line in lines if not {"at", "level", "logger", "message"} <= set(line)]
    assert not [canary for canary in canaries if any(canary in line for line in service.log())]
    # Hosts that are served are known to everybody; whoever asks for another is told to the operator with them.
    told = [{name: value for name, value in line.items() if name != "known"} for line in lines]
    named = [line["message"] for line in told if "127.0.0.1" in str(line)]
    assert named == [f"Listening at: http://127.0.0.1:{service.port}"]


@pytest.mark.parametrize(("padding", "status"), [(0, 303), (20_000, 413)])
def test_a_form_that_does_not_say_how_long_it_is_is_taken_whole_or_refused_whole(service, padding, status):
    page = service.send("GET", "/consent/").body.decode()
    notice = re.search(r'name="notice" value="([0-9a-f]{64})"', page)[1]
    connection = service.connect()
    headers = {
        "Host": f"localhost:{service.port}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
        "Transfer-Encoding": "chunked",
    }
    body = [f"choice=accept&notice={notice}&x=".encode() + b"x" * padding, b"&p.analytics=no"]
    # A long one is refused at once, while the rest may still be on its way.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", "/consent/choice", iter(body), headers, encode_chunked=True)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == status
    assert ("Set-Cookie" in answer.headers) == (status == 303)


def test_a_port_in_use_is_one_line_and_exit_code_2(service, tmp_path):
    assert run(tmp_path, "init").returncode == 0
    done = run(tmp_path, "serve", "--port", str(service.port))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"consent-service: 127.0.0.1:{service.port}: cannot listen there")
    assert len(done.stderr.splitlines()) == 1


def test_a_home_that_was_never_prepared_is_one_line_and_exit_code_2(tmp_path):
    done = run(tmp_path, "serve")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "consent-service init" in done.stderr


def taken_in(connection):
    """Say whether a server on this machine has accepted a connection and read all that came over it."""
    (_, ours), (_, theirs) = connection.getsockname(), connection.getpeername()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, _, _, _, _, inode, *_ = line.split()
        if local.endswith(f":{theirs:04X}") and remote.endswith(f":{ours:04X}"):
            return inode != "0" and queues.endswith(":00000000")
    return False


def test_a_request_in_flight_is_answered_before_the_end(tmp_path):
    with running_service(tmp_path) as service:
        page = service.send("GET", "/consent/").body.decode()
        notice = re.search(r'name="notice" value="([0-9a-f]{64})"', page)[1]
        body = f"choice=accept&notice={notice}".encode()
        with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
            head = (
                f"POST /consent/choice HTTP/1.1\r\nHost: localhost:{service.port}\r\nSec-Fetch-Site: same-origin\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            connection.sendall(head.encode() + body[:20])
            while not taken_in(connection):
                time.sleep(0.01)
            service.process.terminate()
            time.sleep(0.3)
            connection.sendall(body[20:])
            answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 303")
        assert service.process.wait(timeout=30) == 0
        done = run(tmp_path, "records", "export", "--site", "demo")
        assert json.loads(done.stdout.splitlines()[-1])["records"] == 1


def test_told_to_end_with_nothing_to_do_it_ends_cleanly(tmp_path):
    with running_service(tmp_path, workers=1) as service:
        assert service.stop() == 0
        with pytest.raises(ConnectionRefusedError):
            service.send("GET", "/healthz")
