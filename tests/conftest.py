"""Fixtures that tests of several layers use."""

from pathlib import Path

import pytest
from hypothesis import settings

from consent_service.domain.site.site import Site
from consent_service.services.resources import Resources
from tests.cast import Clock, make_resources, make_site

settings.register_profile("shared machine", deadline=None, database=None)
settings.load_profile("shared machine")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def resources(tmp_path: Path, clock: Clock) -> Resources:
    return make_resources(tmp_path, clock)
