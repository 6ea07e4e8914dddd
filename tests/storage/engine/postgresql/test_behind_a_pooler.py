"""Behind a pooler in transaction mode nothing of a session is relied on, and everything works."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from consent_service.keys.key_ring import KeyRing
from consent_service.services.operator.preparing_home import prepare_home
from consent_service.services.resources import Resources
from consent_service.settings import Settings
from consent_service.storage.engine.claims import claim_feed
from consent_service.storage.engine.migrating import GENERATION
from consent_service.storage.engine.postgresql.postgresql_database import PostgresqlDatabase
from tests.cast import choose
from tests.pgbouncer import run_pooler

THREADS, EACH = 8, 40


@pytest.fixture
def pooled(url, tmp_path, clock):
    with run_pooler(url) as address:
        settings = Settings(home=tmp_path / "home", database_url=address)
        prepare_home(settings)
        database = PostgresqlDatabase(address, settings.home, GENERATION)
        yield Resources(database, KeyRing(settings.keys), clock)
        database.close()


def test_many_choices_and_checks_at_once_meet_no_statement_of_another_session(pooled, site):
    def visit(_):
        seen = []
        for _ in range(EACH):
            made = choose(pooled, site, "accept").cookie.visitor
            choose(pooled, site, "withdraw", visitor=made)
            seen.append(pooled.database.rows("SELECT count(*) FROM record WHERE principal = ?", (f"demo/v/{made}",)))
        return seen

    with ThreadPoolExecutor(THREADS) as pool:
        assert [seen for all_seen in pool.map(visit, range(THREADS)) for seen in all_seen] == [[(2,)]] * THREADS * EACH


def test_a_write_has_its_limits_in_itself(pooled):
    with pooled.database.write(claim_feed("demo")):
        assert pooled.database.rows("SHOW lock_timeout") == [("2s",)]
    with pooled.database.snapshot() as snapshot:
        assert snapshot.rows("SHOW statement_timeout") == [("10s",)]


def test_nothing_is_prepared(pooled):
    for _ in range(20):
        pooled.database.rows("SELECT count(*) FROM record")
    assert pooled.database.rows("SELECT count(*) FROM pg_prepared_statements") == [(0,)]
