"""Fixtures that tests of several layers use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from tests.cast import Clock, make_resources, make_site
from tests.engines import close_databases, drop_databases, runs_on_server

settings.register_profile("shared machine", deadline=None, database=None)
settings.load_profile("shared machine")


@pytest.fixture(autouse=True)
def database_closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no connection open, and leave out what takes the file of a database apart where there is none."""
    if request.node.get_closest_marker("one_file") and runs_on_server():
        pytest.skip("is about the file that the database is elsewhere")
    yield
    close_databases()


@pytest.fixture(autouse=True, scope="module")
def databases_dropped() -> Iterator[None]:
    """Leave no database on the server."""
    yield
    drop_databases()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def resources(tmp_path: Path, clock: Clock) -> Resources:
    return make_resources(tmp_path, clock)
