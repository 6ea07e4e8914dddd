"""A cookie that somebody else may have signed grants nothing and tells nothing; a no that comes with it counts."""

import pytest

from consent_service.domain.basics.moment import SECOND
from consent_service.domain.visitor.visitor_cookie import VisitorCookie
from consent_service.keys.signing import sign
from consent_service.services.operator.marking_compromises import mark_compromise
from tests.cast import NOON

PURPOSES = ("analytics", "marketing")
SINCE = NOON + 60 * SECOND


@pytest.fixture
def shop(own_service):
    """A shop whose key leaked a minute after noon; what it signs with that key is what the thief signs."""
    own_service.leaked = own_service.resources.keys.current
    own_service.visitor = own_service.browser()
    own_service.visitor.press("accept")
    own_service.clock.now = SINCE + 3600 * SECOND
    mark_compromise(own_service.resources, own_service.settings, own_service.leaked[0], SINCE)
    return own_service


def forge(shop, *, issued=SINCE + 60 * SECOND, visitor=None, seq=2):
    """A browser with a cookie for the visitor, signed by the leaked key."""
    kid, seed = shop.leaked
    cookie = VisitorCookie("amp", visitor or shop.visitor.visitor, seq, issued // SECOND, kid)
    browser = shop.browser()
    browser.set_cookie("consent", sign(seed, cookie.text().encode()).decode())
    return browser


def check(shop, browser):
    answer = shop.ask(f"/v1/check?cookie={browser.cookie}", shop.key()).json
    return answer["visitor"], {answer["decisions"][purpose]["reason"] for purpose in PURPOSES}


def stored(shop, browser):
    return {reason for key, reason in shop.reasons(browser).items() if key in PURPOSES}


def test_a_cookie_from_before_the_leak_goes_on_counting(shop):
    assert check(shop, shop.visitor) == (shop.visitor.visitor, {"granted"})
    assert shop.visitor.asked() == []


@pytest.mark.parametrize("issued", [SINCE, SINCE + 60 * SECOND])
def test_a_check_by_a_cookie_from_after_the_leak_grants_nothing(shop, issued):
    assert check(shop, forge(shop, issued=issued)) == (None, {"never_asked"})


def test_the_banner_asks_who_has_such_a_cookie_anew_and_pages_tell_nothing(shop):
    browser = forge(shop)
    assert set(PURPOSES) <= set(browser.asked())
    assert browser.get("/consent/history").text.count("/consent/receipts/") == 0


def test_a_yes_that_comes_with_such_a_cookie_is_nobodys_but_a_new_visitors(shop):
    refused = shop.browser()
    refused.press("reject")
    browser = forge(shop, visitor=refused.visitor)
    browser.press("accept")
    assert browser.visitor != refused.visitor
    assert stored(shop, refused) == {"refused"}


@pytest.mark.parametrize("seq", [1, 2, 999_999_999])
def test_a_no_that_comes_with_such_a_cookie_counts_for_whom_it_names(shop, seq):
    browser = forge(shop, seq=seq)
    browser.press("reject")
    assert browser.visitor == shop.visitor.visitor
    assert not stored(shop, shop.visitor) & {"granted"}
    assert check(shop, browser)[0] == shop.visitor.visitor
    assert browser.cookie.split(".")[3] == "2"


def test_the_public_keys_say_which_of_them_prove_nothing(shop):
    assert shop.client().get("/consent/keys.json", extra_environ={"HTTP_HOST": "localhost:8000"}).json["consent"][
        "compromised"
    ] == [shop.leaked[0]]
