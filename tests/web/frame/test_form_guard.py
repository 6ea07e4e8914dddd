"""The form guard: what follows from where a browser says a form came from, row by row."""

import re
import time
from itertools import product

import pytest
import time_machine

from tests.web.browser import Browser
from tests.web.raw import raw_request
from tests.web.service import SILVERLARK, TEXT

HOST = SILVERLARK.removeprefix("https://")
URLENCODED = ("Content-Type", "application/x-www-form-urlencoded")
ABSENT, OWN, TRUSTED, OTHER, UNREADABLE = "absent", "own", "trusted", "other", "unreadable"

SITES = {
    None: ABSENT,
    "same-origin": "ours",
    "none": "ours",
    "same-site": "theirs",
    "cross-site": "theirs",
    "Same-Origin": "odd",
    "": "odd",
    "same-planet": "odd",
    "same-origin, cross-site": "odd",
}
ORIGINS = {
    None: ABSENT,
    SILVERLARK: OWN,
    "HTTPS://SILVERLARK.EXAMPLE:443": OWN,
    "https://club.silverlark.example": TRUSTED,
    "https://shop.silverlark.example": OTHER,
    "http://silverlark.example": OTHER,
    "https://silverlark.example:8443": OTHER,
    "https://silverlark.example.evil.example": OTHER,
    "null": UNREADABLE,
    "https://silverlark.example, https://evil.example": UNREADABLE,
    "https://silverlark.example/": UNREADABLE,
    "": UNREADABLE,
}
REFERERS = {
    None: ABSENT,
    f"{SILVERLARK}/basket?step=2": OWN,
    "https://club.silverlark.example/": TRUSTED,
    f"https://evil.example/{SILVERLARK}/": OTHER,
    "about:srcdoc": UNREADABLE,
}
ROWS = list(product(SITES, ORIGINS, REFERERS))
ANSWERS = {"accept": (303, 303), "foreign": (403, 403), "unknown": (200, 303), "hidden": (403, 303)}
"""The status for a grant and for a refusal."""


def expected(site: str, origin: str, referer: str) -> str:
    """Read the table of the handbook from top to bottom."""
    if site == "ours":
        return "accept"
    if site == "theirs":
        return "accept" if origin == TRUSTED else "foreign"
    sender = referer if origin == ABSENT else origin
    if sender == OTHER:
        return "foreign"
    if origin == UNREADABLE:
        return "hidden"
    return "accept" if site == ABSENT and sender in (OWN, TRUSTED) else "unknown"


def sent(site, origin, referer):
    named = {"Sec-Fetch-Site": site, "Origin": origin, "Referer": referer}
    return [(name, value) for name, value in named.items() if value is not None]


def post(service, headers, body):
    before = service.resources.database.rows("SELECT count(*) FROM record")
    answer = raw_request(
        service, "/consent/choice", method="POST", host=HOST, headers=[URLENCODED, *headers], body=body.encode()
    )
    return answer, service.resources.database.rows("SELECT count(*) FROM record") != before


@pytest.mark.threat("T7")
def test_the_table_is_long_and_knows_every_outcome():
    assert len(ROWS) >= 200
    assert {expected(SITES[s], ORIGINS[o], REFERERS[r]) for s, o, r in ROWS} == set(ANSWERS)


@pytest.mark.threat("T7")
@pytest.mark.parametrize("place", [0, 1], ids=["a grant", "a refusal"])
def test_every_row_of_the_table_holds(service, secure_browser, place):
    body = f"choice={('accept', 'reject')[place]}&notice={secure_browser.digest()}"
    for site, origin, referer in ROWS:
        status = ANSWERS[expected(SITES[site], ORIGINS[origin], REFERERS[referer])][place]
        answer, recorded = post(service, sent(site, origin, referer), body)
        row = (site, origin, referer)
        assert answer.status == status, row
        chosen = [value for value in answer.all("Set-Cookie") if value.startswith("__Host-consent=")]
        assert recorded == bool(chosen) == (status == 303), row


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_no_other_method_chooses_whatever_the_headers_say(service, secure_browser, method):
    body = f"choice=accept&notice={secure_browser.digest()}"
    before = service.stored()
    for site, origin in product(SITES, (None, SILVERLARK, "https://evil.example")):
        answer = raw_request(
            service, "/consent/choice", method=method, host=HOST, query=body, headers=sent(site, origin, None)
        )
        assert answer.status == 405
    assert service.stored() == before


def silent(service):
    """Open a browser that says nothing about where its forms come from."""
    return Browser(service, SILVERLARK, **{"Sec-Fetch-Site": ""})


def test_a_foreign_form_is_restated_and_counts_when_pressed_on_our_page(service):
    browser = service.browser(SILVERLARK, **{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
    before = service.stored()
    answer = browser.banner().forms[0].submit("choice", value="accept", status=403)
    assert (service.stored(), browser.cookie) == (before, "")
    assert TEXT("confirm.foreign") in answer.html.main.get_text()
    browser.extra_environ |= {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": SILVERLARK}
    answer.forms[1].submit()
    reasons = service.reasons(browser, site="silverlark")
    assert set(reasons.values()) == {"granted"}


def test_a_foreign_refusal_is_restated_too(service, secure_browser):
    secure_browser.press("accept")
    answer = secure_browser.banner().forms
    assert not answer
    page = secure_browser.post_choice(
        {"choice": "withdraw", "notice": secure_browser.digest()}, **{"Sec-Fetch-Site": "same-site"}
    )
    assert page.status_int == 403
    assert TEXT("confirm.refuse") in page.html.main.get_text()
    assert set(service.reasons(secure_browser, site="silverlark").values()) == {"granted"}


def test_changing_nothing_is_the_first_button_and_changes_nothing(service):
    browser = silent(service)
    before = service.stored()
    page = browser.banner().forms[0].submit("choice", value="accept")
    no, yes = page.html.main.find_all("form")
    assert (no["method"], no["action"]) == ("get", "/consent/")
    assert (yes["method"], yes["action"]) == ("post", "/consent/choice")
    page.forms[0].submit()
    assert (service.stored(), browser.cookie) == (before, "")


@pytest.mark.threat("T7")
def test_a_silent_browser_confirms_a_grant_once_and_a_refusal_never(service):
    browser = silent(service)
    page = browser.banner().forms[1]
    page.set("p", True, index=1)
    confirm = page.submit("choice", value="save")
    titles = [item.get_text() for item in confirm.html.main.ul.find_all("li")]
    assert titles == [service.silverlark.purpose_by_key["analytics"].title["en"]]
    assert confirm.forms[1].submit().status_int == 303
    assert service.reasons(browser, site="silverlark")["analytics"] == "granted"
    assert browser.settle("reject").status_int == 303
    assert service.reasons(browser, site="silverlark")["analytics"] == "withdrawn"


def confirm_page(browser, **extra):
    return browser.post_choice({"choice": "accept", "notice": browser.digest(), **extra})


@pytest.mark.parametrize(("seconds", "status"), [(590, 303), (660, 200)])
def test_the_confirm_page_is_good_for_ten_minutes(service, seconds, status):
    browser = silent(service)
    page = confirm_page(browser)
    with time_machine.travel(time.time() + seconds, tick=False):
        answer = page.forms[1].submit()
    assert answer.status_int == status
    assert bool(browser.cookie) == (status == 303)


def test_a_page_that_ran_out_offers_itself_again(service):
    browser = silent(service)
    page = confirm_page(browser)
    with time_machine.travel(time.time() + 3600):
        assert page.forms[1].submit().forms[1].submit().status_int == 303


@pytest.mark.parametrize(
    "change",
    [
        {"choice": "save", "p": "advertising"},
        {"return": "/elsewhere"},
        {"confirmed": ""},
        {"confirmed": "x" * 100},
        {"confirmed": "x" * 9000},
        {"confirmed": "aWf.\0\xff"},
        {"p.analytics": "yes"},
    ],
    ids="+".join,
)
def test_a_seal_fits_nothing_but_what_the_page_said(service, change):
    browser = silent(service)
    before = service.stored()
    fields = {name: value for name, value in confirm_page(browser).forms[1].submit_fields() if name}
    answer = browser.post_choice(fields | change)
    assert answer.status_int in (200, 400)
    assert (service.stored(), browser.cookie) == (before, "")


@pytest.mark.threat("T7")
def test_a_seal_that_one_browser_fetched_opens_nothing_in_another(service):
    fetched = silent(service)
    fields = dict(confirm_page(fetched).forms[1].submit_fields())
    other = silent(service)
    assert other.post_choice(fields).status_int == 200
    assert other.cookie == ""
    confirm_page(other)
    assert other.post_choice(fields).status_int == 200
    assert other.cookie == ""
    assert fetched.post_choice(fields).status_int == 303


def test_the_cookie_of_the_confirm_page_stands_on_that_page_alone_and_goes_with_the_choice(service):
    browser = silent(service)
    page = confirm_page(browser)
    (set_there,) = page.headers.getall("Set-Cookie")
    assert re.fullmatch(
        r"__Host-consent-confirm=[\w-]{22}; Max-Age=600; Secure; HttpOnly; Path=/; SameSite=Strict", set_there
    )
    page.forms[1].submit()
    assert list(browser.cookies) == ["__Host-consent"]
    foreign = service.browser(SILVERLARK, **{"Sec-Fetch-Site": "cross-site"})
    assert not foreign.post_choice({"choice": "accept", "notice": foreign.digest()}).headers.getall("Set-Cookie")


@pytest.mark.threat("T17")
def test_a_restated_form_shows_hostile_values_as_text(service, secure_browser):
    hostile = '"><script>alert(1)</script>'
    fields = {"choice": "save", "p": hostile, f"p.{hostile}": "yes", "notice": hostile, "return": hostile}
    page = secure_browser.post_choice(fields, **{"Sec-Fetch-Site": "cross-site"})
    assert page.status_int == 403
    assert page.forms[1]["notice"].value == hostile
    assert page.forms[1]["return"].value == "/consent/"
