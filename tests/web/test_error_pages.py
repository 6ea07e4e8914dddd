"""Error pages: clear, in the visitor's language, never an allow, and nothing of a person in any log."""

import fcntl
import io
import json
import logging

import pytest

from consent_service.logs import JsonFormatter
from consent_service.texts import LANGUAGES, Catalogue
from consent_service.web.frame.metrics import get_metrics
from tests.engines import drop_databases, runs_on_server
from tests.web.raw import raw_request
from tests.web.routes import METHODS, Routes
from tests.web.service import TEXT

FORM = ("Content-Type", "application/x-www-form-urlencoded")
HERE = ("Sec-Fetch-Site", "same-origin")
NOT_A_DATABASE = b"this is no database" * 1000


def spoil_database(service):
    service.resources.database.close()
    if runs_on_server():
        drop_databases()
    else:
        service.settings.database.write_bytes(NOT_A_DATABASE)


def title(answer):
    return answer.html.h1.get_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_is_told_in_the_visitors_language_with_a_way_on(service, language):
    t = Catalogue().translator(language, {})
    browser = service.browser(**{"Accept-Language": language})
    cases = {
        "not_found": browser.get("/consent/nothing", status=404),
        "method_not_allowed": browser.get("/consent/choice", status=405),
        "too_large": browser.post("/consent/choice", "x" * 20_000, status=413),
        "wrong_type": browser.post("/consent/choice", b"{}", content_type="application/json", status=415),
    }
    for code, answer in cases.items():
        assert title(answer) == t(f"errors.{code}.title")
        assert t(f"errors.{code}.message") in answer.html.main.get_text()
        assert answer.html.main.a["href"] == f"/consent/?lang={language}"
        assert answer.html.html["lang"] == language


@pytest.mark.parametrize("path", ["/consent/subscribe", "/consent/p/request"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_about_messages_that_cannot_be_read_leads_to_no_choice_of_cookies(service, language, path):
    browser = service.browser(**{"Accept-Language": language})
    too_large = browser.post(path, "x" * 20_000, status=413)
    wrong_type = browser.post(path, b"{}", content_type="application/json", status=415)
    told = [answer.html.main.p.get_text() for answer in (too_large, wrong_type)]
    cookies = Catalogue().translator(language, {})("page.settings").split()[0]
    assert all(told)
    assert not [text for text in told if "cookie" in text.lower() or cookies in text]


@pytest.mark.one_file
def test_a_database_that_cannot_be_written_keeps_nothing_and_says_so(own_service):
    browser = own_service.browser()
    browser.press("reject")
    form = browser.get("/consent/").forms["choice"]
    cookie = browser.cookie
    spoil_database(own_service)
    answer = form.submit("choice", value="accept", status=503)
    assert title(answer) == TEXT("errors.unavailable.title")
    assert answer.headers["Retry-After"]
    assert not answer.headers.getall("Set-Cookie")
    assert browser.cookie == cookie


@pytest.mark.one_file
def test_a_locked_database_is_a_503_and_works_again_afterwards(own_service, tmp_path):
    browser = own_service.browser()
    form = browser.banner().forms[0]
    with (own_service.settings.home / "consent.sqlite3.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert form.submit("choice", value="accept", status=503).headers["Retry-After"]
    assert own_service.stored()["record"] == []
    assert form.submit("choice", value="accept").status_int == 303


def test_an_unexpected_fault_is_a_page_that_tells_nothing(own_service):
    browser = own_service.browser()
    browser.press("accept")
    with own_service.resources.database.write():
        own_service.resources.database.change("UPDATE standing SET decisions = 'gibberish'")
    answer = browser.get("/consent/history", status="*")
    assert answer.status_int == 200
    del own_service.app.extensions["consent_service"]
    answer = browser.get("/consent/", status=500)
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("text/plain", "no-store")
    assert "Traceback" not in answer.text
    assert "KeyError" not in answer.text


@pytest.mark.threat("T14")
def test_a_host_nobody_serves_is_told_so_in_plain_text(service):
    for method, path in (
        ("GET", "/"),
        ("GET", "/consent/"),
        ("POST", "/consent/choice"),
        ("GET", "/consent/keys.json"),
    ):
        answer = raw_request(service, path, method=method, host="shop.example")
        assert (answer.status, answer.all("Content-Type")) == (400, ["text/plain; charset=utf-8"])
        assert b"shop.example" not in answer.body


def test_an_address_that_is_none_shows_nothing_of_itself(service):
    for path in ("/<script>zq</script>", "/consent/{{zq}}", "/consent/zq%n", "//zq.example/", "/consent/zq\u202e"):
        answer = raw_request(service, path.encode().decode("latin-1"), query="zq=zq")
        assert answer.status == 404
        assert b"zq" not in answer.body


CANARIES = {
    "mail": "canary.person@mail.example",
    "escaped mail": "canary.person%40mail.example",
    "phone": "+44 7700 900123",
    "key": "cs_CANARYcanaryCANARYcanaryCANARYcana",
    "cookie": "v1.a.CANARYcanaryCANARYcanAA.1.1767268800." + "k" * 43 + "." + "s" * 86,
    "visitor": "CANARYcanaryCANARYcanAQ",
    "token": "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOjF9.c2lnbmF0dXJl",
    "network": "198.51.100.77",
    "IPv6": "2001:db8:ca7:a27::77",
    "word": "zq-canary-zq",
}


@pytest.fixture
def logged():
    """Collect everything that would be written to standard error, at the most talkative level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def walk(routes, canary):
    """Send a canary in every part of a request, with every method, to every route."""
    headers = [
        FORM,
        HERE,
        ("User-Agent", canary),
        ("Referer", f"http://localhost:8000/{canary}"),
        ("Accept-Language", canary),
        ("X-Forwarded-For", canary),
        ("Authorization", f"Bearer {canary}"),
    ]
    body = f"choice=accept&notice={canary}&p={canary}&p.{canary}=yes&return=/{canary}".encode()
    for path in [*routes.paths, f"/{canary}", f"/consent/receipts/{canary}", f"/v1/visitors/{canary}", "/v1/records/x"]:
        for method in METHODS:
            for cookie in (f"consent={canary}; {canary}={canary}", f"consent={routes.cookie}"):
                yield raw_request(
                    routes.service,
                    path,
                    method=method,
                    query=f"visitor={canary}&cookie={canary}&email={canary}&lang={canary}",
                    headers=[*headers, ("Cookie", cookie)],
                    body=body if method in ("POST", "PUT") else b"",
                )


@pytest.mark.threat("T34")
@pytest.mark.parametrize("fault", ["none", "database", "everything"])
def test_nothing_of_a_person_gets_into_a_log_a_metric_or_a_fault(own_service, logged, fault):
    routes = Routes(own_service)
    if fault == "database":
        spoil_database(own_service)
    if fault == "everything":
        own_service.app.extensions.clear()
    statuses = set()
    for canary in CANARIES.values():
        for answer in walk(routes, canary):
            statuses.add(answer.status)
            if answer.status >= 500:
                assert canary.encode() not in answer.body
    assert ({503} if fault == "database" else {500} if fault == "everything" else {200, 404}) <= statuses
    text = logged.getvalue()
    assert bool(text) or fault == "none"
    assert not [name for name, canary in CANARIES.items() if canary in text]
    assert not [secret for secret in (routes.cookie, routes.visitor, routes.key, "203.0.113.77") if secret in text]
    assert not [canary for canary in CANARIES.values() if canary in get_metrics().get_data(as_text=True)]
    for line in text.splitlines():
        assert {"at", "level", "logger", "message"} <= set(json.loads(line))
