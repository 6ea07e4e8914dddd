"""A stand-in for the service on a loopback port, which can misbehave in every way a network allows."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from consent_service.domain.identifier import write_visitor_id
from consent_service.domain.visitor.visitor_cookie import VisitorCookie
from consent_service.keys.signing import derive_public_key, sign
from consent_service.keys.verification import compute_key_id, make_jwk

NOW = 1_767_268_800
SEED = bytes(range(32))
OTHER_SEED = bytes(range(1, 33))
KID = compute_key_id(derive_public_key(SEED))
API_KEY = "cs_0000000000000000000000000000002C8GjS"
VISITOR = write_visitor_id(bytes(16))
OTHER_VISITOR = write_visitor_id(bytes([7] * 16))
LETTERS = {"analytics": "a", "marketing": "m", "preferences": "p"}

Answer = Callable[["Conversation"], None]


def cookie_text(
    letters: str = "am", *, visitor: str = VISITOR, seq: int = 3, issued: int = NOW - 60, seed: bytes = SEED
) -> str:
    cookie = VisitorCookie(letters, visitor, seq, issued, compute_key_id(derive_public_key(seed)))
    return sign(seed, cookie.text().encode()).decode()


def cookie_header(letters: str = "am", **changes: object) -> str:
    return f"basket=3; consent={cookie_text(letters, **changes)}"  # type: ignore[arg-type]


def key_document(*seeds: bytes, **changes: object) -> dict[str, object]:
    consent = {"site": "demo", "valid_days": 180, "letters": LETTERS} | changes
    return {"keys": [make_jwk(derive_public_key(seed)) for seed in seeds or (SEED,)], "consent": consent}


class Conversation(BaseHTTPRequestHandler):
    """One request and the ways to answer it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "StubService"

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/consent/keys.json":
            self.server.key_fetches += 1
            self.server.keys(self)
            return
        self.server.requests.append(self.path)
        self.server.headers.append(dict(self.headers.items()))
        with suppress(OSError):
            self.server.answer(self)

    def do_POST(self) -> None:
        """Take in a list to its end, remember its lines as requests, and answer."""
        while length := int(self.rfile.readline(), 16):
            self.server.requests += self.rfile.read(length).decode().splitlines()
            self.rfile.readline()
        self.rfile.readline()
        self.server.headers.append(dict(self.headers.items()))
        self.server.answer(self)

    @property
    def question(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.path).query, keep_blank_values=True)

    def send(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return


class StubService(ThreadingHTTPServer):
    """Answers as ``answer`` and ``keys`` say, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.key_fetches = 0
        self.released = threading.Event()
        self.answer: Answer = allowing()
        self.keys: Answer = sending(200, json.dumps(key_document()).encode())

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a client hangs up."""


@contextmanager
def running() -> Iterator[StubService]:
    service = StubService()
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.released.set()
        service.shutdown()
        thread.join()
        service.server_close()


def decisions(purposes: list[str], *allowed: str, **more: object) -> dict[str, object]:
    return {
        purpose: {
            "allowed": purpose in allowed,
            "reason": "granted" if purpose in allowed else "withdrawn",
            **more,
        }
        for purpose in purposes
    }


def allowing(*allowed: str, visitor: str | None = VISITOR) -> Answer:
    """Answer properly."""

    def answer(conversation: Conversation) -> None:
        known = visitor if conversation.question["cookie"] != [""] else None
        purposes = conversation.question.get("purpose", [])
        body = {"visitor": known, "decisions": decisions(purposes, *(allowed if known else ()))}
        conversation.send(200, json.dumps(body).encode())

    return answer


def sending(status: int, body: bytes, content_type: str = "application/json") -> Answer:
    return lambda conversation: conversation.send(status, body, content_type)


def hanging(conversation: Conversation) -> None:
    """Say nothing until the test is over."""
    conversation.server.released.wait(30)
    conversation.close_connection = True


def dripping(start: bytes) -> Answer:
    """Send ``start``, then a byte now and then until the test is over, so that no socket ever times out."""

    def answer(conversation: Conversation) -> None:
        conversation.wfile.write(start)
        for _ in range(3000):
            conversation.wfile.write(b" ")
            if conversation.server.released.wait(0.01):
                return

    return answer


def hanging_up(answer: Answer) -> Answer:
    """Answer and close the connection without having said so."""

    def answer_and_close(conversation: Conversation) -> None:
        answer(conversation)
        conversation.close_connection = True

    return answer_and_close


def raw(data: bytes) -> Answer:
    """Send these bytes and hang up."""

    def answer(conversation: Conversation) -> None:
        conversation.wfile.write(data)
        conversation.close_connection = True

    return answer
