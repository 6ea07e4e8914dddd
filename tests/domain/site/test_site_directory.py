"""The site directory: a host finds its site, and nothing else does."""

import pytest

from consent_service.domain.site.site_directory import SiteDirectory
from tests.cast import make_site

SHOP = make_site(
    "shop",
    origins=("https://shop.example", "http://shop.example.onion", "https://shop.example:8443"),
    trusted_origins=("https://blog.shop.example",),
)
DEMO = make_site("demo", origins=("http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"))
SITES = SiteDirectory([SHOP, DEMO], own_hosts={"consent.internal", "10.0.0.7"})


@pytest.mark.parametrize(
    ("host", "site", "origin"),
    [
        ("shop.example", SHOP, "https://shop.example"),
        ("shop.example:443", SHOP, "https://shop.example"),
        ("SHOP.Example", SHOP, "https://shop.example"),
        ("shop.example:8443", SHOP, "https://shop.example:8443"),
        ("shop.example.onion", SHOP, "http://shop.example.onion"),
        ("shop.example.onion:80", SHOP, "http://shop.example.onion"),
        ("localhost", DEMO, "http://localhost"),
        ("localhost:80", DEMO, "http://localhost"),
        ("localhost:8000", DEMO, "http://localhost:8000"),
        ("127.0.0.1:65535", DEMO, "http://127.0.0.1:65535"),
        ("[::1]:8000", DEMO, "http://[::1]:8000"),
        ("[::1]", DEMO, "http://[::1]"),
    ],
)
def test_a_host_is_found_at_its_origin(host, site, origin):
    mount = SITES.at(host)
    assert mount is not None
    assert (mount.site, mount.origin) == (site, origin)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ":",
        ":443",
        "other.example",
        "shop.example.",
        "shop.example:80",
        "shop.example:8444",
        "shop.example:",
        "shop.example:443:443",
        "evil.shop.example",
        "evilshop.example",
        "shop.example.evil.example",
        "shop.example@evil.example",
        "evil.example@shop.example",
        "shop.example/",
        "https://shop.example",
        "shop.example, evil.example",
        "shop.example\0",
        " shop.example",
        "localhost:0",
        "localhost:65536",
        "localhost:99999999999999999999",
        "localhost:080a",
        "localhost:-1",
        "localhost:+80",
        "localhost: 80",
        "localhost:\u0661",
        "localhost:\u00b2",
        "localhost.evil.example:8000",
        "127.0.0.1.evil.example",
        "127.1",
        "[::1",
        "::1",
        "[::1]evil",
        "[::1]:",
        "[::ffff:127.0.0.1]",
    ],
    ids=ascii,
)
def test_a_host_that_no_site_file_names_is_nobodys(host):
    assert SITES.at(host) is None


def test_the_scheme_comes_from_the_origin():
    secure = {host: SITES.at(host).secure for host in ("shop.example", "shop.example.onion", "localhost:8000")}
    assert secure == {"shop.example": True, "shop.example.onion": False, "localhost:8000": False}


def test_the_trusted_origins_come_along():
    assert SITES.at("shop.example").trusted == {"https://blog.shop.example"}


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("[::1]:8000", True),
        ("consent.internal", True),
        ("CONSENT.internal:8000", True),
        ("10.0.0.7:8000", True),
        ("10.0.0.8:8000", False),
        ("unknown.example", False),
        ("consent.internal.evil.example", False),
        ("", False),
        ("shop.example", False),
        ("shop.example:443", False),
        ("SHOP.example", False),
        ("shop.example.onion", False),
    ],
)
def test_only_loopback_and_the_names_set_are_the_services_own_address(host, own):
    assert SITES.serves_own_address(host) is own


def test_a_site_on_any_port_does_not_take_over_an_exact_origin():
    exact = make_site("exact", origins=("http://localhost:9000",))
    sites = SiteDirectory([DEMO, exact])
    assert (sites.at("localhost:9000").site, sites.at("localhost:9001").site) == (exact, DEMO)
