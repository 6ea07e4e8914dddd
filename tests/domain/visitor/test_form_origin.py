from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.visitor.form_origin import OriginVerdict, judge_origin

OWN = "https://shop.example"
TRUSTED = frozenset({"https://www.shop.example", "http://localhost:*"})

SITES = {
    "absent": None,
    "same-origin": "same-origin",
    "none": "none",
    "same-site": "same-site",
    "cross-site": "cross-site",
    "upper-case": "Same-Origin",
    "empty": "",
    "invented": "same-planet",
    "repeated": "same-origin, cross-site",
}
ORIGINS = {
    "absent": None,
    "own": "https://shop.example",
    "own-in-capitals": "HTTPS://SHOP.example:443",
    "trusted": "https://www.shop.example",
    "trusted-loopback": "http://localhost:8099",
    "sibling": "https://blog.shop.example",
    "foreign": "https://evil.example",
    "other-scheme": "http://shop.example",
    "other-port": "https://shop.example:8443",
    "null": "null",
    "several": "https://shop.example, https://evil.example",
    "with-path": "https://shop.example/",
    "with-user": "https://shop.example@evil.example",
    "empty": "",
}
REFERERS = {
    "absent": None,
    "own": "https://shop.example/basket?step=2",
    "trusted": "https://www.shop.example/",
    "foreign": "https://evil.example/https://shop.example/",
    "unreadable": "about:srcdoc",
}

# A = accept, F = foreign, U = unknown; columns in the order of REFERERS.
WITHOUT_FETCH_METADATA = {
    "absent": "U A A F U",
    "own": "A A A A A",
    "own-in-capitals": "A A A A A",
    "trusted": "A A A A A",
    "trusted-loopback": "A A A A A",
    "sibling": "F F F F F",
    "foreign": "F F F F F",
    "other-scheme": "F F F F F",
    "other-port": "F F F F F",
    "null": "U U U U U",
    "several": "U U U U U",
    "with-path": "U U U U U",
    "with-user": "U U U U U",
    "empty": "U U U U U",
}
WITH_ODD_FETCH_METADATA = {
    "absent": "U U U F U",
    "own": "U U U U U",
    "own-in-capitals": "U U U U U",
    "trusted": "U U U U U",
    "trusted-loopback": "U U U U U",
    "sibling": "F F F F F",
    "foreign": "F F F F F",
    "other-scheme": "F F F F F",
    "other-port": "F F F F F",
    "null": "U U U U U",
    "several": "U U U U U",
    "with-path": "U U U U U",
    "with-user": "U U U U U",
    "empty": "U U U U U",
}
OWN_PAGE = dict.fromkeys(ORIGINS, "A A A A A")
OTHER_PAGE = dict.fromkeys(ORIGINS, "F F F F F") | {"trusted": "A A A A A", "trusted-loopback": "A A A A A"}

TABLES = {
    "absent": WITHOUT_FETCH_METADATA,
    "same-origin": OWN_PAGE,
    "none": OWN_PAGE,
    "same-site": OTHER_PAGE,
    "cross-site": OTHER_PAGE,
    "upper-case": WITH_ODD_FETCH_METADATA,
    "empty": WITH_ODD_FETCH_METADATA,
    "invented": WITH_ODD_FETCH_METADATA,
    "repeated": WITH_ODD_FETCH_METADATA,
}
LETTERS = {"A": OriginVerdict.ACCEPT, "F": OriginVerdict.FOREIGN, "U": OriginVerdict.UNKNOWN}


def rows():
    for site, origin in product(SITES, ORIGINS):
        for referer, letter in zip(REFERERS, TABLES[site][origin].split(), strict=True):
            yield pytest.param(site, origin, referer, LETTERS[letter], id=f"{site}/{origin}/{referer}")


def verdict(site: str | None, origin: str | None, referer: str | None) -> OriginVerdict:
    return judge_origin(sec_fetch_site=site, origin=origin, referer=referer, own_origin=OWN, trusted_origins=TRUSTED)


@pytest.mark.threat("T7")
@pytest.mark.parametrize(("site", "origin", "referer", "expected"), list(rows()))
def test_every_combination_of_headers_gets_the_verdict_of_the_table(site, origin, referer, expected):
    assert verdict(SITES[site], ORIGINS[origin], REFERERS[referer]) is expected


def test_a_site_without_trusted_origins_accepts_nothing_from_elsewhere():
    given_headers = {"sec_fetch_site": "same-site", "origin": "https://www.shop.example", "referer": None}
    assert judge_origin(**given_headers, own_origin=OWN, trusted_origins=frozenset()) is OriginVerdict.FOREIGN


@pytest.mark.parametrize(
    ("own", "origin", "expected"),
    [
        ("http://localhost:5000", "http://localhost:5000", OriginVerdict.ACCEPT),
        ("http://localhost:5000", "http://localhost:5001", OriginVerdict.FOREIGN),
        ("http://localhost:5000", "http://127.0.0.1:5000", OriginVerdict.FOREIGN),
        ("http://localhost", "http://localhost:80", OriginVerdict.ACCEPT),
        ("http://[::1]:5000", "http://[::1]:5000", OriginVerdict.ACCEPT),
    ],
)
def test_the_port_is_part_of_the_own_origin(own, origin, expected):
    headers = {"sec_fetch_site": None, "origin": origin, "referer": None}
    assert judge_origin(**headers, own_origin=own, trusted_origins=frozenset()) is expected


@given(site=st.text(), origin=st.none() | st.text(), referer=st.none() | st.text())
def test_headers_no_browser_sends_are_never_accepted(site, origin, referer):
    known = {"same-origin", "none", "same-site", "cross-site"}
    if site not in known:
        assert verdict(site, origin, referer) is not OriginVerdict.ACCEPT


@given(origin=st.text(), referer=st.none() | st.text())
def test_an_origin_header_decides_alone(origin, referer):
    assert verdict(None, origin, referer) is verdict(None, origin, None)
