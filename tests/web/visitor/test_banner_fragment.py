"""The fragment: the same bytes for everybody undecided, never a cookie, never an error."""

import random

import pytest

from consent_service.web.frame.wiring import EXTENSION
from tests.web.raw import raw_request
from tests.web.service import SILVERLARK

PATH = "/consent/banner"
CACHING = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language, Cookie, Sec-GPC"}


def fetch(service, **kwargs):
    return raw_request(service, PATH, **kwargs)


def cookie(text):
    return [("Cookie", f"consent={text}")]


@pytest.fixture
def undecided(service):
    return fetch(service).body


@pytest.mark.threat("T15")
def test_everybody_undecided_gets_the_same_bytes(service, undecided):
    noise = random.Random(1)
    for _ in range(50):
        headers = [
            ("User-Agent", str(noise.random())),
            ("Cookie", f"basket={noise.random()}; _ga={noise.random()}"),
            ("Referer", f"http://localhost:8000/{noise.random()}"),
            ("X-Forwarded-For", f"203.0.113.{noise.randrange(255)}"),
            ("Accept-Language", noise.choice(["en", "en-GB", "en;q=0.9, nl", "nl"])),
        ]
        noise.shuffle(headers)
        assert fetch(service, headers=headers[: noise.randrange(6)]).body == undecided


def test_language_and_signal_are_all_that_changes_it(service, undecided):
    variants = {
        (code, signal): fetch(service, query=f"lang={code}", headers=[("Sec-GPC", "1")] if signal else []).body
        for code in service.demo.languages
        for signal in (False, True)
    }
    assert variants["en", False] == undecided
    assert len(set(variants.values())) == 12


@pytest.mark.parametrize(("value", "counts"), [("1", True), ("0", False), ("1, 0", True), ("true", False), ("", False)])
def test_only_a_one_is_the_signal(service, undecided, value, counts):
    assert (fetch(service, headers=[("Sec-GPC", value)]).body != undecided) == counts


def test_it_carries_no_token_and_nothing_of_the_request(service):
    marked = "mark-7f3a"
    answer = fetch(
        service,
        query=f"lang={marked}&return=/{marked}&x={marked}",
        headers=[(name, marked) for name in ("User-Agent", "Referer", "Accept-Language", "Cookie", "X-Forwarded-Host")],
    )
    assert marked.encode() not in answer.body
    assert not any(marked in value for _, value in answer.headers)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_it_is_not_to_be_kept_by_shared_caches_and_sets_no_cookie(service, browser, method):
    browser.press("accept")
    for headers in ([], cookie(browser.cookie), cookie("rubbish")):
        answer = fetch(service, method=method, headers=headers)
        assert {name: answer.all(name) for name in CACHING} == {name: [value] for name, value in CACHING.items()}
        assert answer.all("Set-Cookie") == answer.all("ETag") == answer.all("Last-Modified") == []


def test_head_is_get_without_its_body(service):
    got, asked = fetch(service), fetch(service, method="HEAD")
    assert (asked.status, asked.headers, asked.body) == (200, got.headers, b"")


@pytest.mark.parametrize(
    "headers",
    [
        [("If-None-Match", "*")],
        [("If-None-Match", '"x", W/"y"')],
        [("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")],
        [("If-Match", '"x"')],
        [("If-Unmodified-Since", "Fri, 01 Jan 1999 00:00:00 GMT")],
        [("Range", "bytes=0-9")],
        [("Range", "bytes=9999999-"), ("If-Range", '"x"')],
    ],
    ids=lambda headers: headers[0][0],
)
def test_conditional_and_range_headers_are_ignored(service, browser, headers, undecided):
    assert fetch(service, headers=headers) == fetch(service)
    browser.press("reject")
    decided = fetch(service, headers=cookie(browser.cookie))
    assert decided.body != undecided
    assert fetch(service, headers=[*headers, *cookie(browser.cookie)]) == decided


@pytest.mark.parametrize(
    "host",
    [
        "",
        "shop.example",
        "localhost.",
        "localhost:0",
        "localhost:99999",
        "localhost:x",
        "a..b",
        "a" * 300,
        "[::1",
        "\xff",
    ],
)
def test_an_unknown_host_gets_nothing_and_no_error(service, host):
    answer = fetch(service, host=host)
    assert (answer.status, answer.body, answer.all("Content-Type")) == (204, b"", [])
    assert answer.all("Cache-Control") == ["private, no-cache"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:5000", "localhost:65535"])
def test_the_demo_shop_is_found_at_any_port_of_this_machine(service, host, undecided):
    assert fetch(service, host=host).body == undecided


def test_each_shop_has_its_own_fragment(service, undecided):
    other = fetch(service, host=SILVERLARK.removeprefix("https://"))
    assert b"Silverlark" in other.body
    assert b"Silverlark" not in undecided


def spoil(text):
    letters, visitor, rest = "-", *text.split(".", 3)[2:]
    yield from (text[:-1], text[:40], text + "A", f"{text}.", text.upper(), f'"{text}"', f" {text} x", f"v2{text[2:]}")
    yield f"v1.{letters}.{visitor}.{rest}"
    yield from (text.replace(".1.", ".2."), text.replace(".", "%2E"), "v1.a", "", "=", "\x00", "\xff" * 200, "x" * 9000)


def test_a_cookie_that_does_not_verify_counts_as_none(service, browser, undecided):
    browser.press("accept")
    assert fetch(service, headers=cookie(browser.cookie)).body != undecided
    for spoilt in spoil(browser.cookie):
        assert fetch(service, headers=cookie(spoilt)).body == undecided, spoilt


@pytest.mark.threat("T11")
def test_a_cookie_that_comes_twice_or_under_another_name_counts_as_none(service, browser, undecided):
    browser.press("accept")
    text = browser.cookie
    for header in (
        f"consent={text}; consent={text}",
        f"consent={text}; consent=",
        f"consent=; basket=1; consent={text}",
        f"Consent={text}",
        f"__Host-consent={text}",
        f"__Secure-consent={text}",
        f"\xa0consent={text}",
        f"$Version=1; $consent={text}",
        f"=consent={text}",
        f"consent ={text}",
        f"consent, {text}",
    ):
        assert fetch(service, headers=[("Cookie", header)]).body == undecided, header


@pytest.mark.threat("T11")
def test_the_cookie_of_the_https_shop_needs_its_host_prefix(service, secure_browser):
    secure_browser.press("accept")
    host = SILVERLARK.removeprefix("https://")
    undecided = fetch(service, host=host)
    plain = fetch(service, host=host, headers=[("Cookie", f"consent={secure_browser.cookie}")])
    prefixed = fetch(service, host=host, headers=[("Cookie", f"__Host-consent={secure_browser.cookie}")])
    assert plain == undecided != prefixed


def test_a_cookie_of_another_shop_is_like_none(service, browser, secure_browser, undecided):
    secure_browser.press("accept")
    assert fetch(service, headers=cookie(secure_browser.cookie)).body == undecided


@pytest.mark.one_file
def test_with_a_broken_database_the_undecided_are_asked_and_the_others_get_nothing(own_service):
    browser = own_service.browser()
    browser.press("accept")
    before = fetch(own_service)
    own_service.resources.database.close()
    own_service.settings.database.write_bytes(b"this is no database" * 1000)
    assert fetch(own_service) == before
    answer = fetch(own_service, headers=cookie(browser.cookie))
    assert (answer.status, answer.body) == (204, b"")


@pytest.mark.parametrize("query", ["", "lang=de"])
def test_an_unexpected_fault_inside_becomes_an_empty_answer(own_service, query):
    own_service.app.extensions[EXTENSION].board._banners.clear()
    assert fetch(own_service, query=query).status == 204


def test_other_methods_are_refused_with_a_page(service):
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        answer = fetch(service, method=method)
        assert (answer.status, sorted(answer.all("Allow")[0].split(", "))) == (405, ["GET", "HEAD", "OPTIONS"])


@pytest.mark.threat("T16")
@pytest.mark.parametrize(
    "query", ["lang=" + "x" * 8000, "lang=%00", "lang=%ff", "lang=de&lang=fr", "%", "&&&==", "lang"]
)
def test_no_query_breaks_it(service, query):
    assert fetch(service, query=query).status == 200
