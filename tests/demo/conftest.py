"""Fixtures of the demo's tests: a stand-in for the service, a mailbox, and a browser at the shop."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from consent_service.client import banner_fetcher, consent_client
from consent_service.client.banner_fetcher import BOX_PATH, PATH, BannerFetcher
from consent_service.client.consent_client import ConsentClient
from consent_service.delivery.mail_folder import put_mail
from consent_service.demo.campaign import PURPOSE, Campaign
from consent_service.demo.shop import create_shop
from consent_service.domain.messages.mail_message import compose
from tests.cast import NOON, SECOND
from tests.client.stub_service import (
    API_KEY,
    NOW,
    Answer,
    Conversation,
    StubService,
    allowing,
    cookie_text,
    running,
    sending,
)

HOST = "127.0.0.1:8000"
PAGE = "text/html; charset=utf-8"
UNDECIDED = '<section id="cc"><form action="/consent/choice"></form></section>'
BOX = '<section id="cn"><form action="/consent/subscribe"></form></section>'


def listing(*allowed: str, whole: bool = True) -> Answer:
    """Answer about the list that was sent, with links for those who allow it; not ``whole``: break off at the end."""

    def answer(conversation: Conversation) -> None:
        asked = [json.loads(line)["email"] for line in conversation.server.requests if line.startswith("{")]
        rows = [_row(n, email, allowed=email in allowed) for n, email in enumerate(asked, 1)]
        yes = sum(row["allowed"] is True for row in rows)
        summary = {"summary": {"purpose": PURPOSE, "rows": len(rows), "allowed": yes, "complete": True}}
        lines = [*rows, summary] if whole else rows
        conversation.server.requests.clear()
        conversation.send(200, "".join(f"{json.dumps(line)}\n" for line in lines).encode(), "application/x-ndjson")

    return answer


def _row(n: int, email: str, *, allowed: bool) -> dict[str, object]:
    row = {"n": n, "id": email, "allowed": allowed, "reason": "granted" if allowed else "never_asked"}
    headers = {
        "List-Unsubscribe": f"<https://shop.example/consent/u/{n}>, <mailto:unsub+{n}@shop.example>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": "<offers.shop.example>",
    }
    urls = {
        "unsubscribe_url": f"https://shop.example/consent/u/{n}",
        "preferences_url": f"https://shop.example/consent/p/{n}",
    }
    return row | ({"headers": headers} | urls if allowed else {})


class DemoService:
    """Answers checks, lists, banners and newsletter boxes of a shop."""

    def __init__(self, service: StubService) -> None:
        self.address = service.address
        self.checks = allowing()
        self.list = listing()
        self.banner = sending(200, UNDECIDED.encode(), PAGE)
        self.box = sending(200, BOX.encode(), PAGE)
        service.answer = self

    def __call__(self, conversation: Conversation) -> None:
        """Answer one request."""
        answers = {PATH: self.banner, BOX_PATH: self.box}
        checks = self.list if conversation.command == "POST" else self.checks
        answers.get(conversation.path, checks)(conversation)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoService]:
    """Start a stand-in for the service, and wait for it as long as a busy machine takes."""
    monkeypatch.setattr(consent_client, "MAX_TIMEOUT", 30)
    monkeypatch.setattr(banner_fetcher, "PATIENCE_SECONDS", 30)
    with running() as started:
        yield DemoService(started)


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """Name a folder that is made with the first message."""
    return tmp_path / "mailbox"


@pytest.fixture
def browser(service: DemoService, mailbox: Path) -> Iterator[FlaskClient]:
    client = ConsentClient(service.address, API_KEY, secure=False, timeout=30, clock=lambda: NOW)
    fetcher = BannerFetcher(service.address, host=HOST, secure=False)
    campaign = Campaign(service=service.address, host=HOST, key=API_KEY, mailbox=mailbox)
    browser = create_shop(client, fetcher, campaign, mailbox).test_client()
    browser.set_cookie("consent", cookie_text())
    yield browser
    client.close()
    fetcher.close()


@pytest.fixture
def write(mailbox: Path) -> Callable[..., Path]:
    """Put messages into the mailbox, each a second later than the last."""

    def put(to: str, subject: str = "Hello", text: str = "Good morning\n") -> Path:
        number = len(list(mailbox.glob("*")))
        at = NOON + number * SECOND
        message = compose(
            "shop@shop.example", to, subject, text, at=at, message_id=f"<{number}@shop.example>", language="en"
        )
        return put_mail(str(mailbox), message)

    return put
