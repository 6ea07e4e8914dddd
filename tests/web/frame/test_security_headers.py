"""Security headers: one test a header, over every route, every method and every kind of error."""

import json
import random
from dataclasses import replace

import pytest

from consent_service.web.frame.security_headers import NOTHING
from tests.web.raw import raw_request
from tests.web.routes import Routes
from tests.web.service import SILVERLARK, Service

PAGE = (
    "default-src 'none'; script-src 'none'; object-src 'none'; style-src 'self'; img-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
ABOUT_MESSAGES = ("/consent/subscribe", "/consent/a/", "/consent/c/", "/consent/u/", "/consent/p/")
FRAGMENTS = ("/consent/banner", "/consent/subscribe/fragment")
CACHEABLE = ("/.well-known/gpc.json", "/consent/keys.json")


@pytest.fixture(scope="module")
def routes(tmp_path_factory):
    return Routes(Service(tmp_path_factory.mktemp("routes")))


def test_every_route_is_looked_at_and_answers(routes):
    answered = {name: answer.status for name, answer in routes.answers("GET")}
    missing = {"GET /nothing", "GET /v1/nothing"}
    assert {name for name, status in answered.items() if status >= 400} == missing | {
        f"GET {path}" for path in routes.unreadable
    }
    assert "GET /v1/check" in answered
    assert not [path for path in routes.paths if "<" in path]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ],
)
def test_a_header_that_never_changes_stands_once_on_every_answer(routes, name, value):
    for where, answer in routes.answers():
        assert answer.all(name) == [value], where


def test_a_page_about_messages_does_not_tell_where_a_link_on_it_was_followed(routes):
    for where, answer in routes.answers():
        method, _, path = where.partition(" ")
        is_page = answer.body.startswith(b"<!doctype") and method in ("GET", "POST") and answer.status < 405
        secret = is_page and path.startswith(ABOUT_MESSAGES)
        assert answer.all("Referrer-Policy") in ([["no-referrer"]] if secret else [["no-referrer"], ["same-origin"]]), (
            where
        )


def test_every_answer_has_one_content_policy_and_pages_have_that_of_pages(routes):
    for where, answer in routes.answers():
        is_page = answer.body.startswith(b"<!doctype")
        expected = (
            PAGE
            if is_page or (where.startswith("HEAD") and answer.all("Content-Security-Policy") == [PAGE])
            else NOTHING
        )
        assert answer.all("Content-Security-Policy") == [expected], where


@pytest.mark.threat("T12")
def test_nothing_of_ours_may_be_framed_scripted_or_based_elsewhere(routes):
    for where, answer in routes.answers():
        [policy] = answer.all("Content-Security-Policy")
        rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        assert rules["frame-ancestors"] == rules["default-src"] == rules["base-uri"] == "'none'", where
        assert "unsafe" not in policy, where
        assert "http:" not in policy, where


def test_forms_may_lead_to_the_trusted_origins_of_their_own_shop_alone(service):
    for host, extra in ((SILVERLARK.removeprefix("https://"), " https://club.silverlark.example"), ("localhost:1", "")):
        answer = raw_request(service, "/consent/", host=host)
        assert answer.all("Content-Security-Policy")[0].endswith(f"form-action 'self'{extra}")


@pytest.mark.threat("T12")
def test_a_policy_stands_on_errors_of_every_kind(own_service):
    own_service.app.extensions["consent_service"] = replace(own_service.app.extensions["consent_service"], board=None)
    kinds = {
        400: raw_request(own_service, "/consent/cookies", host="shop.example"),
        404: raw_request(own_service, "/x"),
        405: raw_request(own_service, "/consent/choice"),
        415: raw_request(own_service, "/consent/choice", method="POST", headers=[("Content-Type", "a/b")], body=b"x"),
        413: raw_request(
            own_service, "/consent/choice", method="POST", headers=[("Content-Type", "a/b")], body=b"x" * 20_000
        ),
        401: raw_request(own_service, "/v1/check", query="visitor=AAAAAAAAAAAAAAAAAAAAAA"),
        500: raw_request(own_service, "/consent/"),
    }
    for status, answer in kinds.items():
        assert answer.status == status
        assert len(answer.all("Content-Security-Policy")) == len(answer.all("X-Frame-Options")) == 1


def test_hsts_is_the_operators_switch(own_service):
    assert not [where for where, answer in Routes(own_service).answers() if answer.all("Strict-Transport-Security")]
    own_service.settings = replace(own_service.settings, hsts_seconds=31_536_000)
    own_service.start(own_service.demo)
    for where, answer in Routes(own_service).answers():
        assert answer.all("Strict-Transport-Security") == ["max-age=31536000"], where


@pytest.mark.threat("T15")
def test_whatever_sets_a_cookie_is_never_stored(service, browser):
    for answer in (browser.press("accept"), browser.settle("reject"), browser.settle("save")):
        assert answer.headers.getall("Set-Cookie")
        assert answer.headers.getall("Cache-Control") == ["no-store"]


@pytest.mark.threat("T15")
def test_pages_and_api_answers_are_kept_by_no_cache(routes):
    for where, answer in routes.answers("GET", "HEAD"):
        path = where.partition(" ")[2]
        caching = answer.all("Cache-Control")
        if path.startswith("/v1/"):
            assert caching == ["no-store"], where
        elif path.startswith("/consent/static/"):
            assert caching == ["public, max-age=31536000, immutable"], where
        elif path in CACHEABLE:
            assert caching[0].startswith("public, max-age="), where
        elif path.startswith("/consent"):
            assert caching == ["private, no-cache" if path in FRAGMENTS else "private, no-store"], where


@pytest.mark.threat("T15")
def test_an_answer_that_knows_the_visitor_says_so_to_caches(routes):
    for path in routes.paths:
        with_cookie = routes.fetch(path)
        without = raw_request(routes.service, path, headers=[("Authorization", f"Bearer {routes.key}")])
        if with_cookie.body != without.body and not path.startswith(("/v1/", "/metrics")):
            assert "Cookie" in with_cookie.all("Vary")[0], path
            assert with_cookie.all("Cache-Control")[0].startswith("private"), path


@pytest.mark.threat("T19")
def test_json_is_json_and_never_a_page(routes):
    for where, answer in routes.answers("GET", "POST", "PUT"):
        method, _, path = where.partition(" ")
        read = method == "GET" and (path.endswith((".json", ".jsonld")) or path in ("/healthz", "/readyz"))
        [kind] = answer.all("Content-Type") or [""]
        if read or path.startswith("/v1/"):
            signed = path == "/v1/checkpoint" or path.endswith("/proof")
            known = ("json", "csv", "plain") if signed else ("json", "csv")
            assert kind.partition(";")[0].endswith(known) or answer.status == 204, where
        if kind.startswith("application/json"):
            json.loads(answer.body)


@pytest.mark.threat("T19")
def test_everything_with_a_body_says_its_type_and_texts_their_charset(routes):
    for where, answer in routes.answers("GET"):
        [kind] = answer.all("Content-Type")
        assert kind.endswith("json") or "charset=utf-8" in kind, where


@pytest.mark.threat("T19")
def test_files_to_keep_come_as_attachments(routes):
    for ending in ("json", "jsonld"):
        answer = routes.fetch(f"/consent/receipts/{routes.record}.{ending}")
        assert answer.all("Content-Disposition") == [f'attachment; filename="receipt-{routes.record}.{ending}"']


@pytest.mark.threat("T24")
def test_nothing_of_a_request_gets_into_a_header(routes):
    mark = "zz-mark-zz"
    names = ("Origin", "Referer", "User-Agent", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-URL")
    for path in routes.paths:
        answer = routes.fetch(path, headers=tuple((name, mark) for name in names))
        assert not [value for _, value in answer.headers if mark in value], path


SHARED = ("/consent/banner", *CACHEABLE, "/openapi.json", "/docs", "/consent/cookies", "/consent/")


@pytest.mark.threat("T16")
def test_a_hundred_odd_headers_change_no_byte_that_a_cache_could_share(service):
    noise = random.Random(16)
    before = {path: raw_request(service, path) for path in SHARED}
    names = [f"X-{noise.randrange(10**6)}" for _ in range(80)]
    names += ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Host", "Forwarded"]
    names += [
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-HTTP-Method-Override",
        "True-Client-IP",
        "Via",
        "From",
        "Max-Forwards",
    ]
    names += ["Accept", "Accept-Encoding", "Origin", "User-Agent", "TE", "DNT", "Save-Data", "Sec-Purpose"]
    assert len(names) >= 100
    for name in names:
        for path, answer in before.items():
            assert raw_request(service, path, headers=[(name, "evil.example")]) == answer, (name, path)


@pytest.mark.threat("T14")
def test_a_forwarded_host_is_not_believed(service, browser):
    headers = {"X-Forwarded-Host": "silverlark.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    answer = browser.press("reject", **headers)
    assert answer.headers["Location"].startswith("http://localhost:8000/")
    assert answer.headers["Set-Cookie"].startswith("consent=")


def test_the_router_never_sends_anybody_elsewhere(routes):
    for path in ("/consent", "/consent//", "//evil.example/consent/", "/consent//banner", "/docs/", "/v1//check", "/."):
        for host in ("localhost:8000", "evil.example"):
            answer = routes.fetch(path, host=host)
            assert answer.status not in range(300, 400)
            assert answer.all("Location") == []
