"""Fixtures for tests of the web: one service shared by all that leave it as it was, and one of one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from consent_service.domain.messages.mail_route import parse_mail_route
from tests.cast import NOON
from tests.delivery.mail_server import MailServer, mail_server
from tests.engines import outlive_module
from tests.web.browser import Browser
from tests.web.newsletter import Newsletter
from tests.web.service import SILVERLARK, Service


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with outlive_module(lambda: Service(tmp_path_factory.mktemp("service"))) as service:
        yield service


@pytest.fixture
def service(shared_service: Service) -> Iterator[Service]:
    """The shared service: other visitors may have chosen before, so tests look at their own visitor alone."""
    yield shared_service
    shared_service.clock.now = NOON


@pytest.fixture
def own_service(tmp_path: Path) -> Service:
    """A service that a test may break or start again with other sites."""
    return Service(tmp_path)


@pytest.fixture
def browser(service: Service) -> Browser:
    return service.browser()


@pytest.fixture
def secure_browser(service: Service) -> Browser:
    return service.browser(SILVERLARK)


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def newsletter(own_service: Service, post_office: MailServer) -> Newsletter:
    """A newsletter whose mail goes out by a real server; where none is looked at, a test makes its own without."""
    return Newsletter(own_service, parse_mail_route(f"smtp://127.0.0.1:{post_office.port}"))
