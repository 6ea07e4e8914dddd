import re
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.visitor.return_path import MAX_LENGTH, check_return
from tests.domain.visitor.browser_origin import origin_in_a_browser
from tests.domain.visitor.hostile_paths import CORPUS

OWN = "https://shop.example"
TRUSTED = frozenset({"https://www.shop.example", "http://localhost:*"})
HOME = re.compile(r"https://(www\.)?shop\.example|http://localhost(:[0-9]+)?")


def check(value: str | None) -> str | None:
    return check_return(value, own_origin=OWN, trusted_origins=TRUSTED)


def leads_home(result: str) -> bool:
    """Resolve a Location as Python does and as browsers do, also after a proxy has decoded or joined it."""
    parts = urlsplit(urljoin(f"{OWN}/consent/choice", result))
    ways = {
        f"{parts.scheme}://{parts.netloc}",
        origin_in_a_browser(result, OWN),
        origin_in_a_browser(result.replace("%2f", "/").replace("%2F", "/").replace("%5c", "\\"), OWN),
        origin_in_a_browser(f"{OWN}{result}" if result.startswith("/") else result, OWN),
    }
    fit = len(result) <= MAX_LENGTH and all("!" <= letter <= "~" for letter in result)
    return fit and all(HOME.fullmatch(way) for way in ways)


def test_the_corpus_is_large_and_has_no_repetitions():
    assert len(CORPUS) >= 150
    assert len(set(CORPUS)) == len(CORPUS)


@pytest.mark.threat("T13")
@pytest.mark.parametrize("value", CORPUS, ids=ascii)
def test_no_hostile_value_leads_away(value):
    result = check(value)
    assert result is None or leads_home(result)


def test_hardly_any_hostile_value_is_taken_at_all():
    taken = {value: result for value in CORPUS if (result := check(value)) is not None}
    assert taken == {
        "/ /evil.example": "/%20/evil.example",
        "/%252fevil.example": "/%252fevil.example",
        "/\u560d\u560aLocation: https://evil.example": "/%E5%98%8D%E5%98%8ALocation:%20https://evil.example",
        "https://shop.example:443#@evil.example:80/": "/",
        "https://shop.example?//evil.example": "/?//evil.example",
        "https://shop.example#//evil.example": "/",
    }


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("/", "/"),
        ("/basket", "/basket"),
        ("/basket/", "/basket/"),
        ("/basket?step=2&back=https://evil.example/", "/basket?step=2&back=https://evil.example/"),
        ("/basket#terms", "/basket"),
        ("/basket?x=1#a?b#c", "/basket?x=1"),
        ("/a//b", "/a//b"),
        ("/a/..b/.well-known", "/a/..b/.well-known"),
        ("/a/...", "/a/..."),
        ("/search/a%2Fb?q=%C3%A4", "/search/a%2Fb?q=%C3%A4"),
        ("/users/@name", "/users/@name"),
        ("/caf\u00e9", "/caf%C3%A9"),
        ("/\u5546\u54c1?\u8272=\u7ea2", "/%E5%95%86%E5%93%81?%E8%89%B2=%E7%BA%A2"),
        ("/a b", "/a%20b"),
        ("/\"<>'`{|}^[]", "/%22%3C%3E%27%60%7B%7C%7D%5E%5B%5D"),
        ("/100%", "/100%"),
        ("https://shop.example", "/"),
        ("https://shop.example/", "/"),
        ("https://shop.example?x=1", "/?x=1"),
        ("https://shop.example/basket?x=1#y", "/basket?x=1"),
        ("HTTPS://Shop.Example:443/Basket", "/Basket"),
        ("https://www.shop.example", "https://www.shop.example/"),
        ("https://WWW.shop.example:443/a?b#c", "https://www.shop.example/a?b"),
        ("https://www.shop.example/caf\u00e9", "https://www.shop.example/caf%C3%A9"),
        ("http://localhost:5000/basket", "http://localhost:5000/basket"),
    ],
)
def test_an_honest_value_leads_back_to_where_the_visitor_was(value, result):
    assert check(value) == result


@pytest.mark.parametrize("value", [None, ""])
def test_no_value_leads_nowhere(value):
    assert check(value) is None


def test_the_longest_value_is_2048_characters_before_and_after_encoding():
    assert check("/" + "a" * (MAX_LENGTH - 1)) is not None
    assert check("/" + "a" * MAX_LENGTH) is None
    assert check("/basket#" + "a" * MAX_LENGTH) is None
    assert check("/" + "\u00e4" * 341) is not None
    assert check("/" + "\u00e4" * 342) is None


def test_an_origin_is_trusted_only_where_the_site_says_so():
    value = "https://www.shop.example/"
    assert check_return(value, own_origin=OWN, trusted_origins=frozenset()) is None
    assert check_return(f"{OWN}/", own_origin="http://shop.example", trusted_origins=frozenset()) is None


PIECES = [
    *("/", "//", "\\", ".", "..", "%2e", "%2f", "%5c", "%0d%0a", "%00", "%", "?", "#", "@", ":", ";", "*", " "),
    *("\t", "\n", "\x00", "\x85", "\u00a0", "\u2028", "\u3002", "\uff0f", "\ud800", "\u212a", "\u00e4", "[", "]"),
    *("https:", "http:", "HTTPS://", "https://", "javascript:", "data:", "ws://", "shop.example", "SHOP.example"),
    *("www.shop.example", "evil.example", "localhost", "443", ":443", ":80", ":5000", "a", "x=1"),
]


@pytest.mark.threat("T13")
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text())
def test_nothing_made_of_hostile_pieces_leads_away(value):
    result = check(value)
    assert result is None or leads_home(result)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_checked_value_stays_what_it_is(value):
    result = check(value)
    assert result is None or check(result) == result


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\\#%\"<>`{|}^[]'")))
def test_every_plain_path_comes_back_unchanged(rest):
    path = f"/p/{rest}"
    if "/./" not in f"{path}/" and "/../" not in f"{path}/" and "?" not in path:
        assert check(path) == path
