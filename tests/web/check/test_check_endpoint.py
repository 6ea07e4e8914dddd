"""GET /v1/check: every reason, every way of asking wrongly, and one shape of answer for everybody."""

import json
import random

import pytest

from consent_service.domain.basics.moment import write_time
from consent_service.domain.site.purpose import Basis
from tests.cast import HALF_YEAR, NOON, change_purpose
from tests.web.raw import raw_request

NOBODY = "AAAAAAAAAAAAAAAAAAAAAA"
PURPOSES = ["necessary", "preferences", "analytics", "marketing", "orders_email", "offers_email"]


@pytest.fixture(scope="module")
def key(shared_service):
    return shared_service.key()


@pytest.fixture
def ask(service, key):
    """Ask with a query and take whatever comes, as status and decoded body."""

    def asking(query, key=key, **kwargs):
        headers = [("Authorization", f"Bearer {key}")]
        answer = raw_request(service, "/v1/check", query=query, headers=headers, **kwargs)
        return answer.status, json.loads(answer.body)

    return asking


def decisions(answer):
    status, body = answer
    assert status == 200
    return body["decisions"]


def test_an_answer_tells_allowed_reason_record_and_times(service, browser, ask):
    browser.press("save", "analytics")
    [record] = service.records(browser)
    status, body = ask(f"visitor={browser.visitor}&purpose=analytics&purpose=marketing")
    times = {"record": record.id, "since": write_time(NOON), "valid_until": write_time(NOON + HALF_YEAR)}
    assert status == 200
    assert body["visitor"] == browser.visitor
    assert {
        name: {**answer, **{t: as_six_digits(answer[t]) for t in ("since", "valid_until")}}
        for name, answer in body["decisions"].items()
    } == {
        "analytics": {"allowed": True, "reason": "granted", **times},
        "marketing": {"allowed": False, "reason": "refused", **times},
    }


def as_six_digits(text):
    return text if "." in text else text.replace("Z", ".000000Z")


def test_without_a_purpose_the_answer_holds_all_in_the_order_of_the_site_file(service, ask):
    listed = [purpose.key for purpose in service.demo.purposes]
    assert list(decisions(ask(f"visitor={NOBODY}"))) == listed


def test_each_reason_can_be_had(own_service):
    browser = own_service.browser()
    key = own_service.key()

    def reason(purpose, signal="none"):
        path = f"/v1/check?visitor={browser.visitor}&purpose={purpose}&signal={signal}"
        answer = own_service.ask(path, key).json["decisions"][purpose]
        return answer["allowed"], answer["reason"]

    browser.press("save", "analytics", "marketing")
    assert reason("astrology") == (False, "unknown_purpose")
    assert reason("necessary") == (True, "not_consent_based")
    assert reason("offers_email") == (False, "never_asked")
    assert reason("preferences") == (False, "refused")
    assert reason("analytics") == (True, "granted")
    assert reason("marketing") == (True, "granted")
    assert reason("marketing", "gpc") == (False, "signal")
    assert reason("analytics", "gpc") == (True, "granted")
    browser.settle(marketing="no")
    assert reason("marketing") == (False, "withdrawn")
    assert reason("marketing", "gpc") == (False, "withdrawn")
    own_service.start(change_purpose(own_service.demo, "analytics", revision=2))
    assert reason("analytics") == (False, "outdated")
    own_service.start(own_service.demo)
    own_service.clock.advance(HALF_YEAR)
    assert reason("analytics") == (False, "expired")
    assert reason("preferences") == (False, "refused")
    own_service.start(change_purpose(own_service.demo, "preferences", basis=Basis.CONTRACT))
    assert reason("preferences") == (True, "not_consent_based")


def test_the_raw_cookie_may_stand_in_for_the_id(browser, ask):
    browser.press("accept")
    assert ask(f"cookie={browser.cookie}") == ask(f"visitor={browser.visitor}")


@pytest.mark.parametrize("spoil", [str.upper, lambda t: t[:-1], lambda t: t + "x", lambda t: "", lambda t: "v1.a.b.c"])
def test_a_cookie_that_cannot_be_believed_is_nobodys(browser, ask, spoil):
    browser.press("accept")
    status, body = ask(f"cookie={spoil(browser.cookie)}")
    assert (status, body["visitor"]) == (200, None)
    assert body["decisions"] == ask(f"visitor={NOBODY}")[1]["decisions"]


@pytest.mark.threat("T10")
def test_an_unknown_visitor_is_answered_like_one_who_never_decided(ask):
    noise = random.Random(10)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    shape = ask(f"visitor={NOBODY}")
    for _ in range(500):
        guess = "".join(noise.choice(letters) for _ in range(21)) + noise.choice("AQgw")
        status, body = ask(f"visitor={guess}")
        assert (status, body["visitor"], body["decisions"]) == (200, guess, shape[1]["decisions"])


@pytest.mark.threat("T27")
def test_a_visitor_of_another_shop_is_nobody_here(service, secure_browser, ask):
    secure_browser.press("accept")
    foreign = ask(f"visitor={secure_browser.visitor}")
    assert foreign[1]["decisions"] == ask(f"visitor={NOBODY}")[1]["decisions"]
    by_cookie = ask(f"cookie={secure_browser.cookie}")
    assert not by_cookie[1]["decisions"]["analytics"]["allowed"]
    assert service.reasons(secure_browser, site="silverlark")["analytics"] == "granted"


def test_asking_for_a_purpose_of_another_shop_is_asking_for_none(ask):
    answer = decisions(ask(f"visitor={NOBODY}&purpose=advertising"))
    assert answer["advertising"]["reason"] == "unknown_purpose"


WRONG = {
    "": (400, "visitor_missing"),
    "purpose=analytics": (400, "visitor_missing"),
    f"visitor={NOBODY}&cookie=x": (400, "visitor_missing"),
    f"visitor={NOBODY}&visitor={NOBODY}": (400, "parameter_repeated"),
    "cookie=x&cookie=y": (400, "parameter_repeated"),
    f"visitor={NOBODY}&signal=gpc&signal=gpc": (400, "parameter_repeated"),
    f"visitor={NOBODY}&signal=1": (400, "signal_unknown"),
    f"visitor={NOBODY}&signal=": (400, "signal_unknown"),
    f"visitor={NOBODY}&signal=GPC": (400, "signal_unknown"),
    f"visitor={NOBODY}&purposes=analytics": (400, "parameter_unknown"),
    f"visitor={NOBODY}&Purpose=analytics": (400, "parameter_unknown"),
    f"visitor={NOBODY}&": (400, "parameter_unknown"),
    f"visitor={NOBODY}&%00=1": (400, "parameter_unknown"),
    f"visitor={NOBODY}&email=somebody%40shop.example": (400, "parameter_unknown"),
    "visitor=": (400, "visitor_malformed"),
    "visitor": (400, "visitor_malformed"),
    "visitor=A": (400, "visitor_malformed"),
    f"visitor={NOBODY}A": (400, "visitor_malformed"),
    f"visitor={NOBODY[:-1]}B": (400, "visitor_malformed"),
    f"visitor={NOBODY}%0A": (400, "visitor_malformed"),
    f"visitor={NOBODY[:-1]}%00": (400, "visitor_malformed"),
    f"visitor={NOBODY[:-1]}\xe9": (400, "visitor_malformed"),
    "visitor=%FF%FE": (400, "visitor_malformed"),
    "visitor=../../../etc/passwd": (400, "visitor_malformed"),
    "visitor=' OR 1=1 --": (400, "visitor_malformed"),
    f"visitor={NOBODY}" + "&purpose=a" * 51: (400, "purposes_too_many"),
    f"visitor={NOBODY}&purpose=" + "x" * 4096: (414, "query_too_long"),
    "&" * 5000: (414, "query_too_long"),
}


@pytest.mark.parametrize(("query", "expected"), WRONG.items(), ids=lambda value: ascii(value)[:60])
def test_a_question_asked_wrongly_is_a_problem_that_says_how(ask, query, expected):
    status, problem = ask(query)
    assert (status, problem["code"]) == expected
    assert "decisions" not in problem


def test_odd_but_clear_questions_are_answered(ask):
    fifty = "&".join(f"purpose=p{number}" for number in range(50))
    assert len(decisions(ask(f"visitor={NOBODY}&{fifty}"))) == 50
    assert list(decisions(ask(f"visitor={NOBODY}&purpose=analytics&purpose=analytics"))) == ["analytics"]
    strange = "%00%1F\u202e%E2%80%AE%FF'\"<script>+"
    named = decisions(ask(f"visitor={NOBODY}&purpose={strange.encode().decode('latin-1')}"))
    assert [answer["reason"] for answer in named.values()] == ["unknown_purpose"]
    assert decisions(ask(f"visitor={NOBODY}&purpose="))[""]["allowed"] is False
    assert decisions(ask(f"%76isitor={NOBODY}&purpose=analytic%73"))["analytics"]["reason"] == "never_asked"


def test_head_is_get_without_its_body(service, key):
    headers = [("Authorization", f"Bearer {key}")]
    for query, status in ((f"visitor={NOBODY}", 200), ("visitor=x", 400)):
        got = raw_request(service, "/v1/check", query=query, headers=headers)
        asked = raw_request(service, "/v1/check", query=query, headers=headers, method="HEAD")
        assert (asked.status, asked.headers, asked.body) == (status, got.headers, b"")
        assert asked.all("Content-Length") == [str(len(got.body))]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_other_methods_are_told_which_to_use(service, key, method):
    answer = raw_request(service, "/v1/check", method=method, headers=[("Authorization", f"Bearer {key}")])
    assert (answer.status, answer.all("Allow")) == (405, ["GET, HEAD, POST"])
    assert json.loads(answer.body)["code"] == "method_not_allowed"


def test_the_host_does_not_matter_the_key_says_which_shop(service, key, ask):
    expected = ask(f"visitor={NOBODY}")
    for host in ("127.0.0.1:9", "silverlark.example", "shop.example", "", "a..b"):
        assert ask(f"visitor={NOBODY}", host=host) == expected


@pytest.mark.one_file
def test_a_broken_database_is_a_503_and_never_an_allow(own_service):
    browser = own_service.browser()
    browser.press("accept")
    key = own_service.key()
    path = f"/v1/check?visitor={browser.visitor}"
    assert own_service.ask(path, key).status_int == 200
    own_service.resources.database.close()
    own_service.settings.database.write_bytes(b"this is no database" * 1000)
    answer = own_service.ask(path, key)
    assert (answer.status_int, answer.json["code"], answer.headers["Retry-After"]) == (503, "unavailable", "1")
    assert b"true" not in answer.body


def test_an_unexpected_fault_is_a_500_that_tells_nothing_and_allows_nothing(own_service):
    key = own_service.key()
    with own_service.resources.database.write():
        own_service.resources.database.change("UPDATE api_key SET scopes = 'check telepathy'")
    answer = own_service.ask(f"/v1/check?visitor={NOBODY}", key)
    assert (answer.status_int, answer.json["code"]) == (500, "internal")
    assert b"telepathy" not in answer.body
