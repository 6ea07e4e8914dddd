"""Fixtures for tests of the PostgreSQL engine: a server of their own, and a home whose database lies there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from consent_service.keys.key_ring import KeyRing
from consent_service.services.operator.preparing_home import prepare_home
from consent_service.services.resources import Resources
from consent_service.settings import Settings
from consent_service.storage.engine.migrating import GENERATION
from consent_service.storage.engine.postgresql.postgresql_database import PostgresqlDatabase
from tests.cast import Clock
from tests.engines import make_database_url, spread_database


@pytest.fixture
def url() -> str:
    """Name an empty database of one test."""
    return make_database_url()


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    """Make a home whose database lies on a server."""
    made = Settings(home=tmp_path / "home", database_url=url)
    prepare_home(made)
    spread_database(made)
    return made


@pytest.fixture
def resources(settings: Settings, clock: Clock) -> Iterator[Resources]:
    assert settings.database_url
    database = PostgresqlDatabase(settings.database_url, settings.home, GENERATION)
    yield Resources(database, KeyRing(settings.keys), clock)
    database.close()
