"""A version that goes on serving after the database was migrated tells nothing any more, on no route, and says 503."""

from dataclasses import replace

import pytest

from consent_service.storage.engine.migrating import GENERATION
from tests.engines import open_again
from tests.web.raw import raw_request
from tests.web.routes import CHECK, Routes

RAISE = "UPDATE schema_generation SET number = number + 1"
TELLS_OF_NOBODY = frozenset(
    {
        *("/.well-known/gpc.json", "/consent/keys.json", "/consent/subscribe/fragment", "/docs", "/openapi.json"),
        *("/healthz", "/metrics"),
    }
)
OWN = "127.0.0.9:8000"


@pytest.fixture
def routes(own_service):
    """Every route, at a service that knows the schema of today and no other; its key was admitted a moment ago."""
    database = open_again(own_service.resources.database, GENERATION)
    own_service.resources = replace(own_service.resources, database=database)
    own_service.start(own_service.demo, own_service.silverlark)
    routes = Routes(own_service)
    assert routes.fetch(CHECK).status == 200
    return routes


def migrate_further(service):
    """Do to the database what the migration of a newer version does last."""
    newer = open_again(service.resources.database)
    with newer.write():
        newer.change(RAISE)
    newer.close()


def test_every_route_that_tells_or_changes_something_answers_503_from_the_next_request_on(routes):
    before = {sent: answer.status for sent, answer in routes.answers("GET", "POST")}
    migrate_further(routes.service)
    after = {sent: answer.status for sent, answer in routes.answers("GET", "POST")}
    for sent, status in before.items():
        path = sent.split()[1]
        silent = status == 405 or path in TELLS_OF_NOBODY or "/static/" in path
        assert after[sent] in ({status} if silent else {404, 503} if status == 404 else {503}), sent
    assert after[f"GET {CHECK}"] == after["GET /consent/banner"] == after["GET /consent/"] == 503
    assert sum(status == 503 for status in after.values()) > 50


def test_a_check_by_a_cookie_and_one_by_a_visitor_are_both_refused(routes):
    migrate_further(routes.service)
    headers = [("Authorization", f"Bearer {routes.key}")]
    for query in (f"visitor={routes.visitor}", f"cookie={routes.cookie}"):
        answer = raw_request(routes.service, CHECK, host=OWN, headers=headers, query=query)
        assert (answer.status, answer.all("Retry-After")) == (503, ["1"])
        assert b"granted" not in answer.body


def test_a_banner_that_would_tell_a_state_is_503_without_a_body(routes):
    migrate_further(routes.service)
    answer = routes.fetch("/consent/banner")
    assert (answer.status, answer.body, answer.all("Retry-After")) == (503, b"", ["2"])


def test_readiness_is_red_and_the_process_is_known_to_live(routes):
    assert raw_request(routes.service, "/readyz", host=OWN).status == 200
    migrate_further(routes.service)
    answer = raw_request(routes.service, "/readyz", host=OWN)
    assert answer.status == 503
    assert b"SchemaMismatch" in answer.body or b"LeftBehind" in answer.body
    assert raw_request(routes.service, "/healthz", host=OWN).status == 200
