import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.visitor.form_origin import matches_origin, normalise_origin, read_origin


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.Example", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://shop.example:443", "http://shop.example:443"),
        ("https://shop.example:80", "https://shop.example:80"),
        ("https://shop.example:7", "https://shop.example:7"),
        ("https://shop.example:10443", "https://shop.example:10443"),
        ("https://shop.example:65535", "https://shop.example:65535"),
        ("https://xn--hndler-5ta.example", "https://xn--hndler-5ta.example"),
        ("http://192.0.2.7:8080", "http://192.0.2.7:8080"),
        ("http://[2001:db8::1]", "http://[2001:db8::1]"),
        ("https://shop_1.example", "https://shop_1.example"),
        # A host with a final dot is another origin to browsers, so it is one to us.
        ("https://shop.example.", "https://shop.example."),
    ],
)
def test_an_origin_has_one_normal_form(text, normal):
    assert normalise_origin(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "shop.example",
        "//shop.example",
        "https:shop.example",
        "https:/shop.example",
        "https:///shop.example",
        "https://",
        "https://shop.example/",
        "https://shop.example/path",
        "https://shop.example?x",
        "https://shop.example#x",
        "https://user@shop.example",
        "https://user:secret@shop.example",
        "https://shop.example:",
        "https://shop.example:0",
        "https://shop.example:0443",
        "https://shop.example:65536",
        "https://shop.example:999999",
        "https://shop.example:\uff14\uff14\uff13",
        "https://shop.example:44x",
        "https://shop.example:-1",
        "https://shop.example:*",
        "https://shop..example",
        "https://.shop.example",
        "https://shop.example https://evil.example",
        "https://shop.example,https://evil.example",
        "https://shop.example\n",
        "\thttps://shop.example",
        "https://shop.exa\tmple",
        "https://shop.example\\",
        "https://shop%2eexample",
        "https://h\u00e4ndler.example",
        "https://shop\u3002example",
        "https://\u212aaufhaus.example",
        "https://[::1",
        "https://::1",
        "https://[::1]x",
        "ftp://shop.example",
        "file://",
        "javascript://shop.example",
        "chrome-extension://abcdefgh",
    ],
)
def test_what_is_no_origin_has_no_normal_form(text):
    assert normalise_origin(text) is None


@given(st.text())
def test_a_normal_form_is_its_own_normal_form(text):
    normal = normalise_origin(text)
    assert normal is None or normalise_origin(normal) == normal


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        ("https://shop.example/", "https://shop.example"),
        ("https://shop.example:443/a?b#c", "https://shop.example"),
        ("https://shop.example?x=/y", "https://shop.example"),
        ("https://shop.example#https://evil.example", "https://shop.example"),
        ("HTTP://LOCALHOST:5000/basket", "http://localhost:5000"),
        ("https://shop.example/@evil.example", "https://shop.example"),
    ],
)
def test_the_origin_of_an_address_is_what_stands_before_the_path(url, origin):
    assert read_origin(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/basket",
        "//shop.example/",
        "shop.example/",
        "about:blank",
        "android-app://com.example/",
        "data:text/html,https://shop.example/",
        "https://shop.example@evil.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example /",
        "https://shop.example/a b",
        "https://shop.example/ä",
        "https://shop.example/\n",
    ],
)
def test_what_is_no_plain_address_has_no_origin(url):
    assert read_origin(url) is None


@pytest.mark.parametrize(
    ("pattern", "origin", "matches"),
    [
        ("https://shop.example", "https://shop.example", True),
        ("https://shop.example", "https://shop.example:443", True),
        ("https://shop.example:443", "https://shop.example", True),
        ("https://shop.example", "http://shop.example", False),
        ("https://shop.example", "https://shop.example.evil.example", False),
        ("https://shop.example", "https://www.shop.example", False),
        ("https://shop.example", "null", False),
        ("http://localhost:*", "http://localhost", True),
        ("http://localhost:*", "http://localhost:5000", True),
        ("http://127.0.0.1:*", "http://127.0.0.1:65535", True),
        ("http://[::1]:*", "http://[::1]:8000", True),
        ("http://localhost:*", "https://localhost:5000", False),
        ("http://localhost:*", "http://localhost.evil.example:5000", False),
        ("http://localhost:*", "http://localhost:5000@evil.example", False),
        ("http://localhost:*", "http://localhost:*", False),
        ("http://localhost:*", "http://127.0.0.1:5000", False),
        ("https://shop.example:*", "https://shop.example:8443", False),
        ("https://shop.example:*", "https://shop.example", False),
        ("nonsense:*", "http://localhost:5000", False),
        ("null", "null", False),
    ],
)
def test_only_a_loopback_pattern_leaves_the_port_open(pattern, origin, matches):
    assert matches_origin(pattern, origin) is matches
