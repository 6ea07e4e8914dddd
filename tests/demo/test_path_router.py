"""The path router: which of the two applications a path belongs to."""

import pytest

from consent_service.demo.path_router import PathRouter


def named(name):
    return lambda environ, start_response: [name]


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/consent/", "service"),
        ("/consent/banner", "service"),
        ("/consent", "service"),
        ("/v1/check", "service"),
        ("/.well-known/gpc.json", "service"),
        ("/openapi.json", "service"),
        ("/docs", "service"),
        ("/healthz", "service"),
        ("/readyz", "service"),
        ("/metrics", "service"),
        ("/", "shop"),
        ("", "shop"),
        ("/consents", "shop"),
        ("/v1", "shop"),
        ("/pieces/v1/check", "shop"),
        ("/Consent/", "shop"),
        ("//consent/", "shop"),
        ("/docs/", "shop"),
        ("/metricsx", "shop"),
    ],
)
def test_a_path_belongs_to_the_service_only_where_a_proxy_would_mount_it(path, owner):
    router = PathRouter(named("service"), named("shop"))
    assert router({"PATH_INFO": path}, None) == [owner]
