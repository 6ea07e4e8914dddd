"""Every rule of a site file, broken one at a time."""

from dataclasses import replace

import pytest

from consent_service.domain.site_check.translation_rules import find_override_faults
from tests.cast import make_site
from tests.sound_site import GONE, faults_with

SECOND_RECIPIENT = {"key": "measurer", "name": "Twin", "role": "processor", "country": "US", "policy": "/x"}
SECOND_RETENTION = {"key": "visit", "duration": "1 day", "after": "x", "reason": "x"}
COOKIE = {
    "name": "extra",
    "provider": "Shop",
    "party": "first",
    "duration": "1 day",
    "does": {"en": "Something.", "de": "Etwas."},
}


def places(changes: dict[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for fault in faults_with(changes):
        found[fault.place] = f"{found.get(fault.place, '')} {fault.message}"
    return found


def test_the_sound_site_has_no_faults() -> None:
    assert faults_with({}) == []


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("id", "", "is not an id"),
        ("id", "Shop", "is not an id"),
        ("id", "shop/v", "is not an id"),
        ("id", "s" * 33, "is not an id"),
        ("valid_days", 0, "expected 1 to 730"),
        ("valid_days", 731, "expected 1 to 730"),
        ("validity", "half a year", "is not a duration of days, weeks, months or years"),
        ("validity", "session", "is not a duration of days, weeks, months or years"),
        ("validity", "23 hours", "is not a duration of days, weeks, months or years"),
        ("validity", "25 months", "is longer than 24 months"),
        ("validity", "731 days", "is longer than 24 months"),
        ("validity", "99999 years", "is longer than 24 months"),
        ("age_limit", -1, "expected 0 to 21"),
        ("age_limit", 22, "expected 0 to 21"),
        ("checkpoints_to", "notary", "neither a mail address nor an https:// address"),
        ("checkpoints_to", "http://notary.example/", "neither a mail address nor an https:// address"),
        ("shop_path", "https://elsewhere.example/", "not a path of the shop"),
        ("shop_path", "//elsewhere.example", "not a path of the shop"),
        ("languages", [], "at least one language"),
        ("languages[1]", "it", "'it' is unknown; known are ar, de, en, es, fr, zh"),
        ("languages[1]", "en", "listed twice"),
        ("origins", [], "at least one origin"),
        ("origins[0]", "https://shop.example/", "no path"),
        ("origins[0]", "http://shop.example", "need https"),
        ("origins[0]", "https://shop.example:*", "only for localhost"),
        ("controller.name", " ", "is empty"),
        ("controller.address", "", "is empty"),
        ("controller.jurisdiction", "Ireland", "not a country or region code"),
        ("controller.contact", [], "at least one way"),
        ("controller.contact[0].channel", "pigeon", "'pigeon' is unknown"),
        ("controller.contact[0].address", "shop.example", "cannot be reached by email"),
        ("controller.contact[0].address", "", "cannot be reached by email"),
        ("requests.access_days", 91, "expected 1 to 90"),
        ("requests.correction_working_days", -1, "expected 0 to 60"),
        ("requests.complaint_contact_working_days", 61, "expected 0 to 60"),
        ("requests.incident_hours", 73, "expected 1 to 72"),
        ("policy.version", "", "is not a version"),
        ("policy.version", "1/2", "is not a version"),
        ("policy.url.en", "javascript:alert(1)", "neither an http(s) address nor a path"),
        ("policy.url.en", "//evil.example", "neither an http(s) address nor a path"),
        ("recipient[0].key", "The Measurer", "is not a key"),
        ("recipient[0].name", "", "is empty"),
        ("recipient[0].role", "friend", "'friend' is unknown"),
        ("recipient[0].transfer", "trust", "'trust' is unknown"),
        ("recipient[0].country", "USA", "two capital letters"),
        ("recipient[0].policy", "data:text/html,x", "neither an http(s) address nor a path"),
        ("retention[0].duration", "a while", "is not a duration"),
        ("retention[0].after", "", "is empty"),
        ("retention[0].reason", "", "is empty"),
        ("purpose", [], "at least one purpose"),
        ("purpose[1].key", "", "is not a key"),
        ("purpose[1].key", "ANALYTICS", "is not a key"),
        ("purpose[1].key", "necessary", "already the key of purpose[0]"),
        ("purpose[1].letter", "", "one letter from a to z"),
        ("purpose[1].letter", "A", "one letter from a to z"),
        ("purpose[1].letter", "ab", "one letter from a to z"),
        ("purpose[1].letter", "é", "one letter from a to z"),
        ("purpose[0].letter", "n", "only cookie purposes that need consent"),
        ("purpose[2].letter", "n", "only cookie purposes that need consent"),
        ("purpose[2].channel", GONE, "is missing"),
        ("purpose[1].channel", "email", "only for purposes of kind messages"),
        ("purpose[2].cookie", [COOKIE], "sets no cookies"),
        ("purpose[1].impact", {}, "is missing"),
        ("purpose[0].signal", True, "only cover a purpose that needs consent"),
        ("purpose[1].recipients[0]", "nobody", "known are measurer"),
        ("purpose[1].retention", "forever", "known are visit"),
        ("purpose[1].data", [], "at least one data category"),
        ("purpose[1].data[0]", "everything", "'everything' is unknown"),
        ("purpose[1].category", "Fun", "'Fun' is unknown"),
        ("purpose[1].revision", 0, "expected 1 to"),
        ("purpose[1].cookie[0].name", "", "is not a cookie name"),
        ("purpose[1].cookie[0].name", "*", "is not a cookie name"),
        ("purpose[1].cookie[0].name", "v*", "is not a cookie name"),
        ("purpose[1].cookie[0].name", "a b", "is not a cookie name"),
        ("purpose[1].cookie[0].name", "vi*it", "is not a cookie name"),
        ("purpose[1].cookie[0].name", "con*", "keeps the choice"),
        ("purpose[1].cookie[0].name", "__Host-visit", "has no domain and the path /"),
        ("purpose[1].cookie[0].duration", "13 moons", "is not a duration"),
        ("purpose[1].cookie[0].provider", "", "is empty"),
        ("purpose[1].cookie[0].path", "shop", "starts with a slash"),
        ("purpose[1].cookie[0].path", "/a;b", "starts with a slash"),
        ("purpose[1].cookie[0].domain", ".shop.example", "with no dot first"),
        ("purpose[1].cookie[0].domain", "example", "is not a domain a cookie can have"),
        ("purpose[1].cookie[0].domain", "127.0.0.1", "is not a domain a cookie can have"),
        ("purpose[1].cookie[0].domain", "co.uk", "is not a domain a cookie can have"),
        ("purpose[1].cookie[0].domain", "other.example", "not a first-party cookie"),
        ("purpose[1].cookie[0].domain", "op.example", "not a first-party cookie"),
        ("purpose[1].cookie[1].domain", "shop.example", "a first-party cookie"),
        (
            "purpose[1].cookie[1].provider",
            "Somebody Inc.",
            "not the name of a recipient of this purpose (Measurer Inc.)",
        ),
        ("purpose[1].title.de", GONE, "is missing: this site offers the language"),
        ("purpose[1].title.de", "  ", "is empty"),
        ("purpose[1].title.de", "Stati\nstik", "holds a line break"),
        ("name.en", "Shop\nLtd", "holds a line break"),
        ("name.en", "Shop =?utf-8?q?x?=", "holds =?"),
        ("policy.title.en", "Privacy\npolicy", "holds a line break"),
        ("purpose[1].description.en", GONE, "is missing"),
        ("purpose[1].impact.de", GONE, "is missing"),
        ("purpose[1].cookie[0].does.de", GONE, "is missing"),
        ("name.de", GONE, "is missing"),
        ("policy.title.de", GONE, "is missing"),
        ("policy.url.de", GONE, "is missing"),
        ("purpose[1].title.fr", "Statistiques", "'fr' is unknown; known are en, de"),
        ("texts.en.nothing", "x", "no interface text of this name"),
        ("texts.fr.nothing", "x", "no interface text of this name"),
    ],
)
def test_a_broken_rule_is_named_at_its_place(place: str, value: object, message: str) -> None:
    found = places({place: value})
    assert message in found.get(place, f"no fault there but at {sorted(found)}")


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        ({"recipient[1]": SECOND_RECIPIENT}, "recipient[1].key", "already the key of recipient[0]"),
        ({"retention[1]": SECOND_RETENTION}, "retention[1].key", "already the key of retention[0]"),
        ({"origins": ["https://a.example", "https://a.example"]}, "origins[1]", "has the host and port of origins[0]"),
        ({"trusted_origins": ["https://www.shop.example"]}, "trusted_origins[0]", "the host and port of origins[0]"),
        ({"trusted_origins": ["https://a.example/x"]}, "trusted_origins[0]", "no path"),
        ({"policy.claims": ["consent_by_use", "consent_by_use"]}, "policy.claims[1]", "listed twice"),
        ({"policy.claims": ["everything_allowed"]}, "policy.claims[0]", "'everything_allowed' is unknown"),
        ({"policy.clock.days": 3}, "policy.clock.days", "a clock of kind immediate has no days, not 3"),
        ({"policy.clock": {"kind": "publicity"}}, "policy.clock.days", "has 1 to 365 days, not 0"),
        ({"policy.clock": {"kind": "publicity", "days": 30}}, "policy.clock.channels", "where a change is made public"),
        ({"policy.clock": {"kind": "fixed_date", "days": 366}}, "policy.clock.days", "has 0 to 365 days"),
        (
            {"policy.clock": {"kind": "publicity_or_confirmation", "days": 30, "channels": ["moon"]}},
            "policy.clock.channels[0]",
            "'moon' is unknown",
        ),
        ({"purpose[1].data": ["device", "device"]}, "purpose[1].data[1]", "listed twice"),
        ({"purpose[1].recipients": ["measurer", "measurer"]}, "purpose[1].recipients[1]", "listed twice"),
        (
            {"purpose[2]": {"key": "more"}, "purpose[2].letter": "a", "purpose[2].basis": "consent"},
            "purpose[2].letter",
            "already the letter of purpose[1]",
        ),
        (
            {"purpose[1].cookie[2]": COOKIE | {"name": "visit_*", "domain": "shop.example"}},
            "purpose[1].cookie[2].name",
            "already",
        ),
        (
            {"purpose[0].cookie[2]": COOKIE | {"name": "ex*"}, "purpose[1].cookie[2]": COOKIE},
            "purpose[1].cookie[2].name",
            "covers",
        ),
        (
            {"controller.contact[0]": {"channel": "web", "address": "javascript:x"}},
            "controller.contact[0].address",
            "web",
        ),
        ({"texts.en": {"banner.title": "Biscuits at {store}"}}, "texts.en.'banner.title'", "it has {shop}"),
        ({"texts.en": {"banner.save": "{save}"}}, "texts.en.'banner.save'", "it has none"),
        ({"texts.en": {"banner.save": "Save {"}}, "texts.en.'banner.save'", "a brace"),
        ({"texts.en": {"mail.already_subject": "Known\nalready"}}, "texts.en.'mail.already_subject'", "a line break"),
        ({"texts.en": {"mail.already_subject": "=?utf-8?q?x?="}}, "texts.en.'mail.already_subject'", "holds =?"),
        ({"texts.en": {"banner.save": " "}}, "texts.en.'banner.save'", "is empty"),
        ({"texts.en": {"banner.sav": "Save"}}, "texts.en.'banner.sav'", "did you mean banner.save?"),
        ({"texts.it": {"banner.save": "Salva"}}, "texts.it", "'it' is unknown"),
    ],
)
def test_a_rule_between_fields_names_the_place_to_change(changes: dict[str, object], place: str, message: str) -> None:
    found = places(changes)
    assert message in found.get(place, f"no fault there but at {sorted(found)}")


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_days": 730},
        {"validity": "24 months"},
        {"validity": "2 years"},
        {"policy.clock": {"kind": "fixed_date", "days": 14, "channels": ["site"]}},
        {"policy.clock": {"kind": "publicity_or_confirmation", "days": 30, "channels": ["site", "social"]}},
        {"controller.contact[0]": {"channel": "web", "address": "/contact", "topic": "security"}},
        {"controller.contact[0]": {"channel": "messenger", "address": "WeChat: shop"}},
        {"texts.en": {"banner.title": "Biscuits at {shop}"}},
        {"theme": {"radius": "0", "width": "60ch", "font": 'Georgia, "Noto Serif", serif', "placement": "card"}},
        {"theme": {"action": "#7A5200"}},
        {"purpose[1].cookie[0].domain": "www.shop.example"},
        {"purpose[1].cookie[0].domain": ""},
        {"purpose[0].impact": {"en": "x", "de": "y"}},
        {"trusted_origins": ["https://club.shop.example"]},
        {"policy.url": {"en": "https://legal.example/en", "de": "https://legal.example/de"}},
    ],
)
def test_what_the_rules_allow_has_no_faults(changes: dict[str, object]) -> None:
    assert faults_with(changes) == []


def test_a_validity_that_is_said_twice_is_refused() -> None:
    assert places({"validity": "6 months", "valid_days": 180}) == {
        "valid_days": " says once more what validity says; keep one of them"
    }


@pytest.mark.parametrize("text", ["It lasts {duration}.", "It lasts {days} days."])
def test_a_text_about_the_validity_may_say_it_as_before(text: str) -> None:
    site = replace(make_site(), texts={"en": {"preferences.lasts": text}})
    assert list(find_override_faults(site, {"en": {"preferences.lasts": "{duration}"}})) == []
