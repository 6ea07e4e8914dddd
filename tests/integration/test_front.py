"""The front for real: odd headers, slow senders, readers that stop, polls that wait, and who is not held up by them."""

import json
import socket
import threading
import time
from contextlib import ExitStack, closing

import pytest

from tests.integration.running_service import ready, running_service

POLLS = 60
SLOW_SENDERS = 40
IDLE_SECONDS = 35
"""The server ends its own idle threads after thirty; ours live on."""
ODD_VALUES = [b"M\xc3\xbcnchen", b"M\xfcnchen", b"\xff\xfe\x80", b"caf\xe9; \xe2\x82\xac=1"]
FIELDS = [b"Cookie", b"Referer", b"User-Agent", b"Accept-Language", b"X-Requested-By"]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with running_service(tmp_path_factory.mktemp("front"), workers=1) as running:
        yield running


def raw(service, data):
    """Send bytes as they are and return the answer's head and body as bytes."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def request(service, method, path, headers, body=b""):
    lines = [f"{method} {path} HTTP/1.1".encode(), f"Host: localhost:{service.port}".encode(), b"Connection: close"]
    lines += [name + b": " + value for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}".encode())
    return raw(service, b"\r\n".join([*lines, b"", body]))


@pytest.mark.parametrize("name", ["X-München".encode(), b"X-\xff", b"X Y", b"X(Y)", b""])
@pytest.mark.parametrize("path", ["/consent/banner", "/consent/choice", "/v1/check"])
def test_a_header_whose_name_is_none_is_refused_by_the_server_before_the_service_sees_it(service, name, path):
    answer = request(service, "GET", path, [(name, b"1")])
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (head.split(b"\r\n")[0], body) == (b"HTTP/1.1 400 Bad Request", b"")


def bearer(service, scope):
    """Make a key of a scope, once for each service."""
    file = service.folder / f"{scope}.key"
    if not file.exists():
        file.write_text(service.command("key", "create", "--site", "demo", "--scope", scope, "--label", scope))
    return f"Bearer {file.read_text()}"


@pytest.mark.threat("T11")
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("odd", ODD_VALUES)
def test_a_cookie_of_the_shop_in_whatever_bytes_hides_neither_a_refusal_nor_its_withdrawal(service, odd, first):
    cookie = service.choose("reject").encode()
    ours, theirs = b"consent=" + cookie, b"city=" + odd
    sent = b"; ".join([theirs, ours] if first else [ours, theirs])
    settled = request(service, "GET", "/consent/banner", [(b"Cookie", sent)])
    assert b"<form" not in settled
    assert b"200 OK" in settled
    form = service.form("withdraw").encode()
    headers = [
        (b"Cookie", sent),
        (b"Content-Type", b"application/x-www-form-urlencoded"),
        (b"Sec-Fetch-Site", b"same-origin"),
    ]
    answer = request(service, "POST", "/consent/choice", headers, form)
    assert b"303" in answer.splitlines()[0]
    visitor = cookie.split(b".")[2]
    assert visitor in answer, "somebody new was made of a visitor who was known"


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("odd", ODD_VALUES)
@pytest.mark.parametrize("path", ["/consent/banner", "/consent/", "/consent/subscribe", "/v1/check", "/nowhere"])
def test_no_header_of_whatever_bytes_breaks_a_route(service, field, odd, path):
    status = int(request(service, "GET", path, [(field, odd)]).split(b" ", 2)[1])
    assert status in (200, 401, 404)


@pytest.mark.threat("T31")
def test_slow_uploads_hold_nobody_up(service):
    key = bearer(service, "check")
    head = (
        f"POST /v1/check/stream?purpose=offers_email HTTP/1.1\r\nHost: localhost:{service.port}\r\n"
        f"Authorization: {key}\r\nContent-Type: text/csv\r\nContent-Length: 1000000\r\n\r\nemail\n"
    )
    with ExitStack() as connections:
        for _ in range(SLOW_SENDERS):
            connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
            connections.enter_context(closing(connection)).sendall(head.encode())
        time.sleep(0.3)
        list_headers = {"Authorization": key, "Content-Type": "text/csv"}
        checked = service.send(
            "POST", "/v1/check/stream?purpose=offers_email", list_headers, "email\nada@example.org\n"
        )
        assert (checked.status, checked.body.count(b"never_asked")) == (200, 1)
        assert service.send("GET", "/consent/").status == 200
        assert service.choose("reject")


@pytest.mark.parametrize("path", ["/v1/imports?source=x&purpose=offers_email", "/v1/check/stream?purpose=offers_email"])
@pytest.mark.parametrize("key", ["", f"Authorization: Bearer cs_{'0' * 36}\r\n"])
def test_nothing_of_a_stranger_is_taken_in_that_would_lie_on_the_disk(service, path, key):
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{service.port}\r\n{key}"
        "Content-Type: text/csv\r\nContent-Length: 900000000\r\n\r\n"
    )
    answer = raw(service, head.encode() + b"x" * 70_000)
    assert answer.startswith(b"HTTP/1.1 401 ")


@pytest.mark.threat("T31")
def test_a_form_that_comes_slowly_holds_no_writer_up(service):
    head = (
        f"POST /consent/choice HTTP/1.1\r\nHost: localhost:{service.port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nchoice="
    )
    with ExitStack() as connections:
        for _ in range(SLOW_SENDERS):
            connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
            connections.enter_context(closing(connection)).sendall(head.encode())
        assert service.choose("accept")


def test_a_body_in_chunks_is_read_to_its_end(service):
    head = (
        f"POST /v1/check HTTP/1.1\r\nHost: localhost:{service.port}\r\nConnection: close\r\n"
        f"Authorization: {bearer(service, 'check')}\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    body = b'{"email":"ada@example.org","purposes":["offers_email"]}'
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:9], body[9:])) + b"0\r\n\r\n"
    answer = raw(service, head.encode() + chunks)
    assert b"200 OK" in answer
    assert b"never_asked" in answer


@pytest.mark.parametrize(
    "chunks", [b"choice=withdraw", b"zz\r\nchoice\r\n0\r\n\r\n", b"-1\r\n", b"ffffffffffffffffff\r\na"]
)
def test_chunks_that_are_none_are_answered_as_the_clients_fault(service, chunks):
    for path in ("/consent/choice", "/v1/check", "/v1/check/stream"):
        head = f"POST {path} HTTP/1.1\r\nHost: localhost:{service.port}\r\nTransfer-Encoding: chunked\r\n"
        answer = raw(service, f"{head}Sec-Fetch-Site: same-origin\r\n\r\n".encode() + chunks)
        assert answer.startswith(b"HTTP/1.1 400 ")


def test_many_polls_wait_without_a_thread_and_learn_of_a_change_at_once(service):
    key = bearer(service, "feed")
    write = bearer(service, "write")
    cursor = service.send("GET", "/v1/changes?limit=5000", {"Authorization": key}).json()["next"]
    answers = []

    def poll():
        answers.append(service.send("GET", f"/v1/changes?after={cursor}&wait=20", {"Authorization": key}))

    threads = [threading.Thread(target=poll) for _ in range(POLLS)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    assert not answers
    started = time.monotonic()
    assert service.send("GET", "/consent/").status == 200
    withdrawal = json.dumps({"email": "poll@example.org", "purposes": ["offers_email"]})
    told = {"Authorization": write, "Content-Type": "application/json"}
    assert service.send("POST", "/v1/withdrawals", told, withdrawal).status in (200, 201)
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 15, "they waited their time out"
    assert {len(answer.json()["items"]) for answer in answers} == {1}


def test_a_poll_for_which_nothing_comes_ends_in_its_time(service):
    key = bearer(service, "feed")
    cursor = service.send("GET", "/v1/changes?limit=5000", {"Authorization": key}).json()["next"]
    answer = service.send("GET", f"/v1/changes?after={cursor}&wait=1", {"Authorization": key})
    assert (answer.status, answer.headers["Retry-After"]) == (204, "0")
    assert answer.headers["Consent-Cursor"] == cursor


def test_a_reader_that_stops_reading_holds_nobody_up(service):
    key = bearer(service, "check")
    rows = "email\n" + "".join(f"person{number}@example.org\n" for number in range(60_000))
    head = (
        f"POST /v1/check/stream?purpose=offers_email HTTP/1.1\r\nHost: localhost:{service.port}\r\n"
        f"Authorization: {key}\r\nContent-Type: text/csv\r\nContent-Length: {len(rows)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as stopped:
        stopped.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stopped.sendall(head.encode() + rows.encode())
        assert stopped.recv(100)
        assert service.choose("reject")
        assert service.send("GET", "/consent/").status == 200


@pytest.mark.parametrize(
    "path", ["/consent/choice/", "/consent%2Fchoice", "//metrics", "/metrics/", "/consent", "/healthz/", "/v1/check/"]
)
def test_only_one_spelling_of_a_path_is_answered(service, path):
    assert b" 404 " in request(service, "GET", path, []).splitlines()[0]


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/consent/"), ("post", "/consent/choice"), ("POST", "/consent/p/%72equest")]
)
def test_another_spelling_of_a_request_is_answered_nowhere(service, method, path):
    assert b" 404 " in request(service, method, path, []).splitlines()[0]


def test_a_stop_ends_polls_at_once_and_keeps_what_was_counted(tmp_path):
    with running_service(tmp_path, workers=1) as service:
        key = bearer(service, "feed")
        cursor = service.send("GET", "/v1/changes", {"Authorization": key}).json()["next"]
        answers = []
        poll = threading.Thread(
            target=lambda: answers.append(
                service.send("GET", f"/v1/changes?after={cursor}&wait=30", {"Authorization": key})
            )
        )
        poll.start()
        time.sleep(0.5)
        started = time.monotonic()
        assert service.stop() == 0
        poll.join()
        assert time.monotonic() - started < 15
        assert [answer.status for answer in answers] == [204]
        assert not ready(service)


@pytest.mark.slow
def test_a_server_that_nobody_asked_for_half_a_minute_still_answers(tmp_path):
    with running_service(tmp_path, workers=1, options=("--threads", "4")) as service:
        assert service.choose("reject")
        time.sleep(IDLE_SECONDS)
        assert service.process.poll() is None
        assert service.choose("accept")
        assert {service.send("GET", "/consent/").status for _ in range(8)} == {200}
        assert not [line for line in service.log() if "exit" in line.lower()]
