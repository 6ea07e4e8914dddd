"""Every finding of the fairness lint about a site's purposes, cookies and links, and that a fair shop earns none."""

import pytest

from consent_service.domain.site.data_category import DATA_CATEGORIES
from consent_service.domain.site_check.site_finding import FairnessRule
from tests.sound_site import findings_with, rules_at

LONG = "word " * 61
TEXTS = {"en": "Something.", "de": "Etwas."}
COOKIE = {"name": "extra", "provider": "Shop", "party": "first", "duration": "1 day", "does": TEXTS}
NOBODY, NOBODY_IN_CHINESE = "Our partners", "第三方"
ADVERTISING = {
    "purpose[1].category": "PersonalisedAdvertising",
    "purpose[1].data": ["interests"],
}


def renamed(recipient: str) -> dict[str, object]:
    return {"recipient[0].name": recipient, "purpose[1].cookie[1].provider": recipient}


def purpose(number: int) -> dict[str, object]:
    texts = {"en": f"Use {number}", "de": f"Zweck {number}"}
    return {
        "key": f"use_{number}",
        "letter": chr(ord("b") + number),
        "basis": "consent",
        "data": ["device"],
        "recipients": [],
        "retention": "visit",
        "title": texts,
        "description": texts,
        "impact": texts,
    }


def test_the_sound_site_earns_no_finding() -> None:
    assert findings_with({}) == []


@pytest.mark.parametrize(
    ("changes", "place", "rule"),
    [
        ({"purpose[0].cookie[0].name": "__Host-other"}, "purpose", "consent-cookie"),
        ({"purpose[0].cookie[1].name": "other"}, "purpose", "consent-cookie"),
        ({"purpose[0].basis": "contract"}, "purpose", "consent-cookie"),
        ({"purpose[0].cookie[0].duration": "13 months"}, "purpose[0].cookie[0].duration", "consent-cookie"),
        ({"valid_days": 365}, "purpose[0].cookie[0].duration", "consent-cookie"),
        ({"valid_days": 179}, "valid_days", "lasting-refusals"),
        ({"valid_days": 180}, "valid_days", "lasting-refusals"),
        ({"validity": "5 months"}, "validity", "lasting-refusals"),
        ({"validity": "26 weeks"}, "validity", "lasting-refusals"),
        ({"validity": "12 months"}, "purpose[0].cookie[0].duration", "consent-cookie"),
        (renamed(NOBODY), "recipient[0].name", "named-recipients"),
        (renamed(NOBODY_IN_CHINESE), "recipient[0].name", "named-recipients"),
        ({"purpose[1].key": "other"}, "purpose[1].key", "specific-purposes"),
        ({"purpose[1].description.en": "For any purpose we find."}, "purpose[1].description.en", "specific-purposes"),
        ({"purpose[1].data": ["health"]}, "purpose[1].data[0]", "sensitive-data"),
        (ADVERTISING, "purpose[1].signal", "browser-signal"),
        ({"purpose[1].data": ["ad_interactions"]}, "purpose[1].signal", "browser-signal"),
        ({f"purpose[{3 + number}]": purpose(number) for number in range(7)}, "purpose", "few-purposes"),
        ({"purpose[1].description.en": LONG}, "purpose[1].description.en", "short-texts"),
        ({"purpose[1].description.en": "word " * 31 + "."}, "purpose[1].description.en", "short-texts"),
        ({"purpose[1].title.en": "word " * 9}, "purpose[1].title.en", "short-texts"),
        (
            {"purpose[1].description.de": "Counts all visits.", "purpose[1].description.en": "Counts all visits."},
            "purpose[1].description.de",
            "own-language",
        ),
        ({"policy.url.de": "/en/privacy"}, "policy.url", "own-language"),
        ({"policy.url.de": "#"}, "policy.url.de", "working-links"),
        ({"policy.url.de": ""}, "policy.url.de", "working-links"),
        ({"recipient[0].policy": ""}, "recipient[0].policy", "working-links"),
        ({"recipient[0].policy": "https://example.com/"}, "recipient[0].policy", "working-links"),
    ],
)
def test_an_unfair_line_is_found_at_its_place(changes: dict[str, object], place: str, rule: str) -> None:
    assert (place, rule) in rules_at(changes)


@pytest.mark.parametrize(
    "name", ["_ga", "_ga_*", "_gid", "_fbp", "_gcl_au", "_pk_id*", "_hjSession*", "_h*", "IDE", "Hm_lvt_123"]
)
def test_a_cookie_known_for_measuring_or_advertising_is_not_necessary(name: str) -> None:
    cookie = COOKIE | {"name": name}
    assert rules_at({"purpose[0].cookie[2]": cookie}) == {("purpose[0].cookie[2].name", "necessary-cookies")}
    assert rules_at({"purpose[1].cookie[2]": cookie}) == set()


def test_a_necessary_cookie_may_live_thirteen_months_and_no_longer() -> None:
    place = "purpose[0].cookie[2]"
    assert rules_at({place: COOKIE | {"duration": "13 months"}}) == set()
    assert rules_at({place: COOKIE | {"duration": "14 months"}}) == {(f"{place}.duration", "necessary-cookies")}


@pytest.mark.parametrize("path", ["/shop", "/consent/choice/", "/con", "/consent/choices", "//"])
def test_an_optional_cookie_that_never_comes_with_a_choice_is_found(path: str) -> None:
    [finding] = findings_with({"purpose[1].cookie[0].path": path})
    assert (finding.place, finding.rule) == ("purpose[1].cookie[0].path", FairnessRule.REMOVABLE_COOKIES)
    assert finding.message.endswith("set it with the path /")
    assert findings_with({"purpose[0].cookie[1].path": path}) == []
    assert findings_with({"purpose[1].cookie[1].path": path}) == []


@pytest.mark.parametrize("path", ["/", "/consent", "/consent/", "/consent/choice"])
def test_an_optional_cookie_that_comes_with_every_choice_earns_no_finding(path: str) -> None:
    assert findings_with({"purpose[1].cookie[0].path": path}) == []


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("consent_by_use", "never records use as a yes"),
        ("browser_settings_only", "cannot ask for each purpose"),
        ("effective_immediately", "never widens a consent"),
        ("open_ended_sharing", "named purpose and a named recipient"),
    ],
)
def test_a_clause_that_promises_too_little_earns_a_plain_warning(claim: str, words: str) -> None:
    [finding] = findings_with({"policy.claims": [claim]})
    assert (finding.place, finding.rule) == ("policy.claims[0]", FairnessRule.POLICY_CLAIMS)
    assert words in finding.message
    assert str(finding).endswith(" [policy-claims]")


@pytest.mark.parametrize(
    "changes",
    [
        ADVERTISING | {"purpose[1].signal": True},
        {"purpose[1].data": ["health"], "purpose[1].sensitive": True},
        {f"purpose[{3 + number}]": purpose(number) for number in range(6)},
        {"purpose[0].cookie[0].duration": "26 weeks"},
        renamed("Smith & Partners"),
        {"policy.url.de": "/en/privacy?lang=de"},
    ],
)
def test_what_a_fair_shop_does_earns_no_finding(changes: dict[str, object]) -> None:
    assert findings_with(changes) == []


def test_data_categories_have_distinct_keys_and_known_receipt_names() -> None:
    assert all(key == category.key for key, category in DATA_CATEGORIES.items())
    assert {key for key, category in DATA_CATEGORIES.items() if category.sensitive} >= {"health", "religion"}
