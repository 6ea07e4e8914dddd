"""Fixtures of the client's tests: a stand-in service, time that moves when told, and clients with its keys."""

from collections.abc import Callable, Iterator

import pytest

from consent_service.client import consent_client
from consent_service.client.consent_client import ConsentClient
from tests.client.stub_service import API_KEY, NOW, StubService, running


class Seconds:
    """Tells the seconds it was set to."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def service() -> Iterator[StubService]:
    with running() as started:
        yield started


@pytest.fixture
def wall() -> Seconds:
    return Seconds(NOW)


@pytest.fixture
def timer() -> Seconds:
    return Seconds(1000)


@pytest.fixture
def make_client(service: StubService, wall: Seconds, timer: Seconds) -> Iterator[Callable[..., ConsentClient]]:
    clients = []

    def make(**changes: float) -> ConsentClient:
        made = ConsentClient(
            service.address,
            API_KEY,
            host="shop.example",
            secure=False,
            clock=wall,
            timer=timer,
            **changes,
        )
        clients.append(made)
        assert made.keys.refresh()
        return made

    yield make
    service.released.set()
    for made in clients:
        made.close()


@pytest.fixture
def client(make_client: Callable[..., ConsentClient], monkeypatch: pytest.MonkeyPatch) -> ConsentClient:
    """Make a client that waits long, so that a busy machine changes no answer."""
    monkeypatch.setattr(consent_client, "MAX_TIMEOUT", 30)
    return make_client(timeout=30)


@pytest.fixture
def hasty_client(make_client: Callable[..., ConsentClient]) -> ConsentClient:
    """Make a client that waits as long as in a shop."""
    return make_client()
