"""Origins as site files write them."""

import pytest

from consent_service.domain.basics.web_origin import is_domain, parse_origin


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example",
        "https://shop.example:8443",
        "https://xn--mnchen-3ya.example",
        "https://192.0.2.7",
        "http://localhost",
        "http://localhost:8000",
        "http://localhost:*",
        "http://demo.localhost:*",
        "http://127.0.0.1:*",
        "http://[::1]:8000",
        "http://abcdefghijklmnop.onion",
    ],
)
def test_an_origin_is_scheme_host_and_port(text: str) -> None:
    assert text.startswith(f"{parse_origin(text).scheme}://{parse_origin(text).host}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("shop.example", "expected an origin"),
        ("ftp://shop.example", "expected an origin"),
        ("https://shop.example/", "no path"),
        ("https://shop.example/x", "no path"),
        ("https://Shop.example", "lower case"),
        ("https://user@shop.example", "expected an origin"),
        ("https://shop.example?x", "expected an origin"),
        ("https://shop.example\n", "expected an origin"),
        ("https://münchen.example", "expected an origin"),
        ("https://*.shop.example", "expected an origin"),
        ("https://shop..example", "punycode"),
        ("https://-shop.example", "punycode"),
        ("https://shop.example.", "punycode"),
        ("https://300.1.1.1", "punycode"),
        ("https://[::g]", "expected an origin"),
        ("https://[1:2]", "punycode"),
        ("https://shop.example:443", "leave out the port"),
        ("http://localhost:80", "leave out the port"),
        ("https://shop.example:0", "expected an origin"),
        ("https://shop.example:65536", "no such port"),
        ("https://shop.example:*", "any port"),
        ("http://shop.example", "need https"),
        ("http://localhost.shop.example", "need https"),
        ("http://192.0.2.7", "need https"),
        ("http://onion", "need https"),
    ],
)
def test_what_browsers_never_send_or_nobody_should_use_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_origin(text)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("https://shop.example", "https://shop.example", True),
        ("https://shop.example", "https://www.shop.example", False),
        ("https://shop.example", "https://shop.example:8443", False),
        ("http://localhost", "https://localhost", True),
        ("http://localhost:*", "http://localhost:8000", True),
        ("http://localhost:*", "http://127.0.0.1:*", False),
        ("http://localhost:8000", "https://localhost:8000", True),
    ],
)
def test_two_origins_share_a_host_when_one_host_header_could_mean_both(one: str, other: str, shared: bool) -> None:
    assert parse_origin(one).shares_host(parse_origin(other)) is shared
    assert parse_origin(other).shares_host(parse_origin(one)) is shared


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("shop.example", True),
        ("example", False),
        (".shop.example", False),
        ("192.0.2.7", False),
        ("Shop.example", False),
    ],
)
def test_a_domain_is_a_name_of_two_labels_or_more(text: str, domain: bool) -> None:
    assert is_domain(text) is domain
