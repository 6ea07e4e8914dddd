"""Cookies that are set and removed: ours with its flags, the shop's own when refused, and never anything else."""

from dataclasses import replace
from http.cookies import SimpleCookie

import pytest

from consent_service.domain.basics.moment import DAY
from consent_service.domain.site.purpose import Cookie, Party
from consent_service.domain.visitor.visitor_cookie import parse_visitor_cookie
from tests.cast import change_purpose
from tests.web.raw import raw_request

SILVER = "silverlark.example"
GIVEN = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")]


def set_cookies(answer):
    return [morsel for value in answer.headers.getall("Set-Cookie") for morsel in SimpleCookie(value).values()]


def removed(service, fields, cookies, *, host="localhost:8000"):
    """Post a choice with these cookies in the browser and list what the answer removes."""
    headers = [*GIVEN, ("Cookie", "; ".join(f"{name}=1" for name in cookies))]
    answer = raw_request(service, "/consent/choice", method="POST", host=host, headers=headers, body=fields.encode())
    assert answer.status == 303
    ours, *others = answer.all("Set-Cookie")
    assert ours.startswith(("consent=v1.", "__Host-consent=v1."))
    return others


@pytest.mark.threat("T11")
def test_over_https_the_cookie_is_bound_to_the_host(secure_browser):
    [cookie] = set_cookies(secure_browser.press("accept"))
    assert cookie.key == "__Host-consent"
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", str(365 * 86_400))


def test_over_plain_http_it_has_a_plain_name_and_is_not_secure(browser):
    [cookie] = set_cookies(browser.press("reject"))
    assert cookie.key == "consent"
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", str(181 * 86_400))


def test_yes_and_no_are_kept_equally_long_and_again_from_each_choice(service, browser):
    ages = []
    for button in ("accept", "reject", "save"):
        ages += [cookie["max-age"] for cookie in set_cookies(browser.settle(button))]
        service.clock.advance(DAY)
    assert len(ages) == 3
    assert len(set(ages)) == 1


def test_the_cookie_ends_with_the_oldest_yes_that_it_carries(own_service):
    browser = own_service.browser()
    browser.press("accept")
    own_service.clock.advance(100 * DAY)
    own_service.start(change_purpose(own_service.demo, "analytics", revision=2))
    [renewed] = set_cookies(browser.press("accept"))
    assert (browser.letters, renewed["max-age"]) == ("amp", str(81 * 86_400))
    [fresh] = set_cookies(browser.settle("accept"))
    assert fresh["max-age"] == str(183 * 86_400)


def test_the_cookie_holds_nothing_but_its_seven_parts(browser):
    [cookie] = set_cookies(browser.press("accept"))
    assert parse_visitor_cookie(cookie.value)
    assert cookie.value == cookie.coded_value
    assert len(f"{cookie.key}={cookie.value}") < 256


def test_the_scheme_of_the_site_file_decides_and_not_that_of_the_connection(service, secure_browser):
    secure_browser.extra_environ["wsgi.url_scheme"] = "http"
    digest = secure_browser.digest()
    answer = secure_browser.post_choice({"choice": "reject", "notice": digest}, **{"X-Forwarded-Proto": "http"})
    assert answer.headers["Set-Cookie"].startswith("__Host-consent=")
    assert answer.headers["Location"].startswith("https://")


def test_a_refusal_removes_exactly_the_registered_cookies_that_the_browser_sent(service, browser):
    sent = ["shop_prefs", "visit_id", "visit_", "basket", "_ga", "other", "visitx", "VISIT_ID", "Shop_prefs"]
    gone = removed(service, f"choice=reject&notice={browser.digest()}", sent)
    assert sorted(gone) == [
        "shop_prefs=; Max-Age=0; Path=/",
        "visit_=; Max-Age=0; Path=/",
        "visit_id=; Max-Age=0; Path=/",
    ]


def test_what_was_not_sent_is_not_removed(service, browser):
    assert removed(service, f"choice=reject&notice={browser.digest()}", ["basket"]) == []


def test_only_what_is_not_allowed_is_removed(service, browser):
    fields = f"choice=save&p=preferences&notice={browser.digest()}"
    assert removed(service, fields, ["shop_prefs", "visit_id"]) == ["visit_id=; Max-Age=0; Path=/"]
    assert removed(service, f"choice=accept&notice={browser.digest()}", ["shop_prefs", "visit_id"]) == []


def test_cookies_of_a_domain_are_removed_with_it_and_securely(service, secure_browser):
    digest = secure_browser.digest()
    for host in (SILVER, f"shop.{SILVER}"):
        gone = removed(service, f"choice=reject&notice={digest}", ["slm_1", "sl_layout", "sl_session"], host=host)
        assert sorted(gone) == [
            f"sl_layout=; Max-Age=0; Path=/; Domain={SILVER}; Secure",
            f"slm_1=; Max-Age=0; Path=/; Domain={SILVER}; Secure",
        ]


def test_third_party_and_necessary_cookies_and_our_own_stay(service, secure_browser):
    sent = ["lr_uid", "sl_session", "consent", "__Secure-x"]
    assert removed(service, f"choice=reject&notice={secure_browser.digest()}", sent, host=SILVER) == []


def test_names_that_cannot_be_written_into_a_header_are_left_alone(service, browser):
    fields = f"choice=reject&notice={browser.digest()}"
    for name in ("visit_a b", 'visit_"', "visit_\xe9", "visit_,", "visit_@"):
        assert removed(service, fields, [name]) == []


def test_a_path_is_removed_with_its_path(own_service):
    cookie = Cookie(
        name="cart_hint",
        provider="Shop",
        party=Party.FIRST,
        duration="1 day",
        path="/pieces",
        does=dict.fromkeys(own_service.demo.languages, "Hints."),
    )
    own_service.start(change_purpose(own_service.demo, "analytics", cookies=(cookie,)))
    fields = f"choice=reject&notice={own_service.browser().digest()}"
    assert removed(own_service, fields, ["cart_hint"]) == ["cart_hint=; Max-Age=0; Path=/pieces"]


@pytest.mark.parametrize("return_path", ["/", f"/pieces?{'x' * 1900}"], ids=len)
def test_however_many_cookies_are_sent_all_headers_stay_under_four_kilobytes(own_service, return_path):
    own_service.settings = replace(own_service.settings, hsts_seconds=63_072_000)
    own_service.start(own_service.demo)
    fields = f"choice=reject&notice={own_service.browser().digest()}&return={return_path}"
    many = "; ".join(f"visit_{number:03d}{'x' * 60}=1" for number in range(500))
    headers = [*GIVEN, ("Cookie", many)]
    answer = raw_request(own_service, "/consent/choice", method="POST", headers=headers, body=fields.encode())
    assert len(answer.all("Location")[0]) > len(return_path)
    assert len(answer.all("Set-Cookie")) > 5
    by_the_server = "HTTP/1.1 303 See Other\r\nserver: granian\r\ndate: Thu, 01 Jan 2026 12:00:00 GMT\r\n\r\n"
    size = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers) + len(by_the_server)
    assert 3500 < size <= 4096


def test_a_purpose_that_left_the_site_file_no_longer_removes_anything(own_service):
    left = tuple(purpose for purpose in own_service.demo.purposes if purpose.key != "analytics")
    own_service.start(replace(own_service.demo, purposes=left))
    fields = f"choice=reject&notice={own_service.browser().digest()}"
    assert removed(own_service, fields, ["visit_id"]) == []


@pytest.mark.parametrize("path", ["/consent/banner", "/consent/", "/consent/cookies", "/consent/history", "/docs"])
def test_reading_sets_and_removes_nothing(service, browser, path):
    browser.press("reject")
    headers = [("Cookie", f"consent={browser.cookie}; visit_id=1; shop_prefs=1")]
    for method in ("GET", "HEAD", "OPTIONS"):
        assert raw_request(service, path, method=method, headers=headers).all("Set-Cookie") == []


def test_a_choice_that_fails_removes_nothing(service, browser):
    headers = [*GIVEN, ("Cookie", "visit_id=1")]
    for body in (b"", b"choice=accept", b"x" * 20_000):
        answer = raw_request(service, "/consent/choice", method="POST", headers=headers, body=body)
        assert answer.status >= 400
        assert answer.all("Set-Cookie") == []
