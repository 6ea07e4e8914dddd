"""A shared cache in front of the service, as an operator may put one there: nobody gets what was another's."""

import json
from collections.abc import Iterator

import pytest

from tests.documentation.running_nginx import RunningNginx, running_nginx
from tests.integration.running_service import RunningService, running_service

CACHE = """proxy_cache_path {folder}/cache keys_zone=shared:1m;"""
INSIDE = """
location / {{
    proxy_pass http://127.0.0.1:{port};
    proxy_set_header Host localhost:{port};
    proxy_cache shared;
    proxy_cache_key $request_uri;
    add_header X-Cache $upstream_cache_status;
}}
"""
PAGES = (
    "/consent/banner",
    "/consent/",
    "/consent/history",
    "/consent/cookies",
    "/consent/subscribe",
    "/consent/p/request",
)
SHARED = ("/consent/keys.json", "/.well-known/gpc.json")


@pytest.fixture
def service(tmp_path) -> Iterator[RunningService]:
    with running_service(tmp_path) as running:
        yield running


@pytest.fixture
def cache(tmp_path, service) -> Iterator[RunningNginx]:
    """An nginx that keeps whatever may be kept, by the address alone."""
    folder = tmp_path / "nginx"
    folder.mkdir()
    inside = INSIDE.format(port=service.port)
    with running_nginx(folder, shared=CACHE.format(folder=folder), inside=inside) as running:
        yield running


@pytest.mark.threat("T15")
def test_through_a_cache_nobody_gets_what_was_anothers(service, cache):
    key = service.command("key", "create", "--site", "demo", "--scope", "check", "--label", "cache")
    cookies = [service.choose(button) for button in ("accept", "reject")]
    checks = [(f"/v1/check?cookie={cookie}", {"Authorization": f"Bearer {key}"}) for cookie in cookies]
    for path in PAGES:
        for cookie in ("", *cookies, *cookies, ""):
            headers = {"Cookie": f"consent={cookie}"}
            got = cache.get(path, headers)
            assert got.headers["X-Cache"] == "MISS", (path, got.headers.items())
            assert got.text == service.send("GET", path, headers).body.decode(), path
            others = [other for other in cookies if other != cookie]
            assert not [other for other in others if other.split(".")[2] in got.text], path
    for _ in range(2):
        answers = [json.loads(cache.get(path, headers).text) for path, headers in checks]
        assert [answer["decisions"]["analytics"]["allowed"] for answer in answers] == [True, False]
        assert cache.get(checks[0][0]).status == 401


def test_what_is_everybodys_is_kept_by_the_cache(cache):
    """Else the test above would say nothing."""
    for path in SHARED:
        assert [cache.get(path).headers["X-Cache"] for _ in range(3)] == ["MISS", "HIT", "HIT"], path
