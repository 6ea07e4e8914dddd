"""A webhook is posted once, to the host that was judged, and whatever the receiver does ends in an outcome."""

import gzip
import ssl
import threading
import tracemalloc

import pytest

from consent_service.delivery.outcome import DeliveryOutcome
from consent_service.delivery.webhook_post import MAX_BYTES, post_webhook
from consent_service.delivery.webhook_target import parse_target
from tests.delivery.receiver import answering, receiver
from tests.delivery.rude_server import dripping, rude_server, saying, silent

BODY = b'{"type":"consent.withdrawn"}'
HEADERS = {"webhook-id": "msg_1", "webhook-timestamp": "1767268800", "webhook-signature": "v1,AAAA"}
TLS_HANDSHAKE = b"\x16\x03\x03\x3f\x00"
LATE = DeliveryOutcome(None, "", "no answer in time")


def to_loopback(host):
    return ["127.0.0.1"]


def post(server, *, scheme="http", host="127.0.0.1", path="/hook?key=1", resolve=to_loopback, **options):
    target = parse_target(f"{scheme}://{host}:{server.port}{path}", loopback_allowed=True)
    return post_webhook(target, BODY, HEADERS, resolve=resolve, **options)


@pytest.fixture
def secure(authority):
    """Run a receiver that proves to be hooks.localhost."""
    with receiver(authority.server_context("hooks.localhost")) as server:
        yield server


def test_the_body_arrives_byte_for_byte_with_its_headers(authority, secure):
    outcome = post(secure, scheme="https", host="hooks.localhost", tls=authority.trusting)
    ((path, headers, body),) = secure.posted
    assert (outcome, outcome.delivered) == (DeliveryOutcome(204, "", "status 204"), True)
    assert (path, body) == ("/hook?key=1", BODY)
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert (headers["Content-Type"], headers["Connection"]) == ("application/json", "close")


def test_the_receiver_is_asked_for_by_its_name_at_the_address_that_was_found(authority, secure):
    asked = []

    def resolve(host):
        asked.append(host)
        return ["127.0.0.1"]

    post(secure, scheme="https", host="hooks.localhost", resolve=resolve, tls=authority.trusting)
    assert asked == secure.asked_for == ["hooks.localhost"]
    assert secure.posted[0][1]["Host"] == f"hooks.localhost:{secure.port}"


def test_a_receiver_that_proves_another_name_gets_nothing(authority, secure):
    outcome = post(secure, scheme="https", host="other.localhost", tls=authority.trusting)
    assert (outcome.status, outcome.detail, secure.posted) == (None, "the certificate does not fit the host", [])


def test_a_receiver_that_nobody_vouches_for_gets_nothing(secure):
    outcome = post(secure, scheme="https", host="hooks.localhost")
    assert (outcome.status, outcome.detail, secure.posted) == (None, "the certificate does not fit the host", [])


def test_a_receiver_that_speaks_old_tls_gets_nothing(authority):
    context = authority.server_context("hooks.localhost")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with receiver(context) as server:
        outcome = post(server, scheme="https", host="hooks.localhost", tls=authority.trusting)
    assert (outcome.status, server.posted) == (None, [])


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(status):
    with receiver() as server:
        server.answer = answering(status)
        assert post(server).delivered


@pytest.mark.threat("T26")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(status):
    with receiver() as server, receiver() as elsewhere:
        server.answer = answering(status, Location=f"http://127.0.0.1:{elsewhere.port}/")
        outcome = post(server)
    assert (outcome.status, outcome.delivered) == (status, False)
    assert (len(server.posted), elsewhere.posted) == (1, [])


@pytest.mark.parametrize("status", [400, 401, 404, 409, 410, 429, 500, 502, 503, 504])
def test_a_failure_carries_its_status_and_when_to_come_back(status):
    with receiver() as server:
        server.answer = answering(status, Retry_After="120")
        outcome = post(server)
    assert outcome == DeliveryOutcome(status, "120", f"status {status}")
    assert not outcome.delivered


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    with rude_server() as proxy, receiver() as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert post(server).delivered
        assert proxy.connections == 0


def test_another_address_of_the_host_is_tried_when_the_first_does_not_answer():
    with receiver() as server:
        assert post(server, host="localhost", resolve=lambda host: ["127.0.0.2", "127.0.0.1"]).delivered
    assert len(server.posted) == 1


@pytest.mark.threat("T26")
def test_at_most_64_kilobytes_of_an_answer_are_read():
    sent = []

    def endless(conversation):
        conversation.send_response(200)
        conversation.end_headers()
        conversation.connection.settimeout(5)
        while sum(sent) < 2**28:
            sent.append(conversation.connection.send(bytes(2**16)))

    with receiver() as server:
        server.answer = endless
        assert post(server).delivered
    assert sum(sent) < 2**28


def test_a_compressed_answer_is_not_unpacked():
    bomb = gzip.compress(bytes(2**27))
    assert len(bomb) > MAX_BYTES

    def answer(conversation):
        conversation.send_response(200)
        conversation.send_header("Content-Encoding", "gzip")
        conversation.send_header("Content-Length", str(len(bomb)))
        conversation.end_headers()
        conversation.wfile.write(bomb)

    with receiver() as server:
        server.answer = answer
        tracemalloc.start()
        try:
            assert post(server).delivered
            assert tracemalloc.get_traced_memory()[1] < 2**24
        finally:
            tracemalloc.stop()


def test_an_answer_that_stalls_behind_its_status_is_delivered():
    with rude_server(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")) as server:
        assert post(server, timeout=5).delivered


@pytest.mark.threat("T26")
@pytest.mark.parametrize(
    ("scheme", "manners"),
    [
        ("http", silent),
        ("http", dripping(b"HTTP/1.1 ")),
        ("http", dripping(b"HTTP/1.1 200 OK\r\nX-Slow:")),
        ("http", dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
        ("https", silent),
        ("https", dripping(TLS_HANDSHAKE)),
    ],
    ids=["silent", "status", "headers", "endless 100", "silent TLS", "TLS"],
)
def test_a_receiver_that_stalls_is_left_when_the_time_is_up(authority, scheme, manners):
    with rude_server(manners) as server:
        assert post(server, scheme=scheme, host="localhost", timeout=0.3, tls=authority.trusting) == LATE


def test_a_receiver_that_drips_its_answer_over_tls_is_left_when_the_time_is_up(authority, secure):
    over = threading.Event()

    def dripping_answer(conversation):
        conversation.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow:")
        while not over.wait(0.02):
            conversation.wfile.write(b" ")

    secure.answer = dripping_answer
    assert post(secure, scheme="https", host="hooks.localhost", timeout=0.5, tls=authority.trusting) == LATE
    over.set()


def test_a_resolver_that_stalls_is_left_when_the_time_is_up():
    over = threading.Event()

    def resolve(host):
        over.wait(60)
        return ["127.0.0.1"]

    with rude_server() as server:
        assert post(server, resolve=resolve, timeout=0.1) == LATE
        over.set()
        assert server.connections == 0


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"\r\n\r\n",
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 200 " + b"O" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500,
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
    ids=["nothing", "lines", "SMTP", "words", "99999", "long line", "many headers", "two lengths"],
)
def test_an_answer_that_is_not_http_is_a_failure(nonsense):
    with rude_server(saying(nonsense)) as server:
        outcome = post(server)
    assert (outcome.status, outcome.retry_after) == (None, "")
    assert outcome.detail.startswith("the connection broke: ")


def test_odd_headers_of_an_answer_do_not_put_the_address_into_the_log(caplog):
    with rude_server(saying(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x\r\nno header\r\n\r\nx")) as server:
        post(server, path="/hook?key=secret")
    assert "secret" not in caplog.text


def test_a_host_that_is_not_found_is_an_outcome():
    def resolve(host):
        raise OSError("no such host")

    with rude_server() as server:
        assert post(server, resolve=resolve).status is None
        assert post(server, resolve=lambda host: []).status is None
        assert server.connections == 0


def test_a_receiver_that_nobody_runs_is_an_outcome():
    with rude_server() as server:
        pass
    assert post(server) == DeliveryOutcome(None, "", "the connection was refused")
