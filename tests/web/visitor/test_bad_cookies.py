"""Cookies that are stale, spoilt, doubled, foreign or somebody else's: they prove nothing and undo nothing."""

import random

import pytest

from consent_service.keys.signing import sign
from tests.web.raw import raw_request
from tests.web.service import SILVERLARK

ALL = ["preferences", "analytics", "marketing"]
GRANTED = dict.fromkeys(ALL, "granted")
WITHDRAWN = dict.fromkeys(ALL, "withdrawn")


def replace_cookie(browser, text):
    browser.reset()
    browser.set_cookie("consent", text)


@pytest.mark.threat("T6")
def test_a_stale_cookie_never_undoes_a_withdrawal(service, browser):
    browser.press("accept")
    stale = browser.cookie
    browser.settle("reject")
    replace_cookie(browser, stale)
    browser.banner()
    browser.get("/consent/")
    assert service.reasons(browser) == WITHDRAWN
    answer = service.ask(f"/v1/check?cookie={stale}", service.key())
    assert not any(answer.json["decisions"][purpose]["allowed"] for purpose in ALL)
    assert browser.asked() == []


def test_a_choice_with_a_stale_cookie_goes_on_from_the_newest_record(service, browser):
    browser.press("accept")
    stale = browser.cookie
    browser.settle("reject")
    replace_cookie(browser, stale)
    browser.settle("save", analytics="yes")
    assert [record.seq for record in service.records(browser)] == [1, 2, 3]
    assert (browser.letters, browser.cookie.split(".")[3]) == ("a", "3")
    assert service.reasons(browser) == WITHDRAWN | {"analytics": "granted"}


def tossed(text, other):
    version, letters, visitor, rest = text.split(".", 3)
    foreign_visitor = other.split(".")[2]
    yield "", None
    yield f"consent={text[:-1]}", None
    yield f"consent={text}x", None
    yield f"consent={version}.amp.{foreign_visitor}.{rest}", None
    yield f"consent={version}.{letters}.{foreign_visitor}.{rest}", None
    yield f"consent={version}.-.{visitor}.{rest}", None
    yield f"consent={text}; consent={text}", None
    yield f"consent={text}; consent={other}", None
    yield f"__Host-consent={text}", None
    yield f"consent={'x' * 8000}", None
    yield "consent", None
    yield f"={text}", None
    yield f"basket=1; consent={text}; _ga=2", visitor
    yield f"  consent={text}  ;", visitor


@pytest.mark.threat("T11")
def test_only_the_one_true_cookie_continues_a_visit(service, browser):
    browser.press("accept")
    other = service.browser()
    other.press("accept")
    digest = browser.digest()
    body = f"choice=reject&notice={digest}".encode()
    for header, expected in tossed(browser.cookie, other.cookie):
        before = {visitor.visitor: service.reasons(visitor) for visitor in (browser, other)}
        answer = raw_request(
            service,
            "/consent/choice",
            method="POST",
            headers=[
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Sec-Fetch-Site", "same-origin"),
                ("Cookie", header),
            ],
            body=body,
        )
        if expected:
            assert answer.all("Set-Cookie")[0].split(".")[2] == browser.visitor
            assert service.reasons(browser) == WITHDRAWN
        elif answer.status == 303:
            assert answer.all("Set-Cookie")[0].split(".")[2] not in before, header
            assert {visitor.visitor: service.reasons(visitor) for visitor in (browser, other)} == before, header


@pytest.mark.threat("T9")
def test_a_visitor_id_chosen_by_the_client_is_never_taken_over(service, browser):
    kid, _ = service.resources.keys.current
    forged = sign(b"\1" * 32, f"v1.amp.AAAAAAAAAAAAAAAAAAAAAA.1.1767268800.{kid}".encode()).decode()
    browser.set_cookie("consent", forged)
    browser.press("accept")
    assert browser.visitor != "AAAAAAAAAAAAAAAAAAAAAA"


@pytest.mark.threat("T9")
def test_a_well_signed_cookie_of_a_visitor_nobody_knows_gets_a_new_id(service, browser):
    kid, seed = service.resources.keys.current
    unknown = sign(seed, f"v1.amp.AAAAAAAAAAAAAAAAAAAAAA.1.1767268800.{kid}".encode()).decode()
    browser.set_cookie("consent", unknown)
    assert browser.asked() == ALL
    browser.press("reject")
    assert browser.visitor != "AAAAAAAAAAAAAAAAAAAAAA"
    assert browser.letters == "-"


@pytest.mark.threat("T9")
def test_a_cookie_of_another_shop_makes_a_visitor_of_ones_own(service, browser, secure_browser):
    browser.press("accept")
    secure_browser.set_cookie("__Host-consent", browser.cookie)
    secure_browser.get("/consent/history")
    secure_browser.press("reject")
    assert secure_browser.visitor != browser.visitor
    assert service.reasons(browser) == GRANTED


def test_receipts_need_the_true_cookie(service, browser):
    browser.press("accept")
    [record] = service.records(browser)
    for header, expected in tossed(browser.cookie, f"v1.-.{'B' * 21}A.1"):
        answer = raw_request(service, f"/consent/receipts/{record.id}.json", headers=[("Cookie", header)])
        assert answer.status == (200 if expected else 404), header


@pytest.mark.parametrize("kind", ["flip", "cut", "insert"])
def test_no_mutated_cookie_is_believed(service, browser, kind):
    browser.press("accept")
    text, noise = browser.cookie, random.Random(kind)
    path = "/consent/history"
    nobody = raw_request(service, path).body
    for _ in range(60):
        at = noise.randrange(len(text))
        letter = noise.choice("abcXYZ019-_.")
        mutated = {
            "flip": text[:at] + letter + text[at + 1 :],
            "cut": text[:at] + text[at + 1 + noise.randrange(3) :],
            "insert": text[:at] + letter + text[at:],
        }[kind]
        if mutated != text:
            assert raw_request(service, path, headers=[("Cookie", f"consent={mutated}")]).body == nobody


def test_plain_and_prefixed_cookies_do_not_stand_in_for_each_other(service, secure_browser):
    secure_browser.press("accept")
    host = SILVERLARK.removeprefix("https://")
    for name, status in (("__Host-consent", 200), ("consent", 404), ("__host-consent", 404), ("__Secure-consent", 404)):
        [record] = service.records(secure_browser, site="silverlark")
        path = f"/consent/receipts/{record.id}"
        answer = raw_request(service, path, host=host, headers=[("Cookie", f"{name}={secure_browser.cookie}")])
        assert answer.status == status
