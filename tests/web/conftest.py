"""Fixtures for tests of the web: one service shared by all that leave it as it was, and one of one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import NOON
from tests.web.browser import Browser
from tests.web.service import SILVERLARK, Service


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return Service(tmp_path_factory.mktemp("service"))


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
