"""The site files that are shipped, and the example of the documentation."""

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from consent_service.domain.messages.list_id import write_list_id
from consent_service.domain.messages.mail_message import parse_mailbox
from consent_service.domain.site.data_category import DATA_CATEGORIES
from consent_service.domain.site.purpose import Basis, Channel
from consent_service.domain.site.site import ClockKind, ConfirmBy, Site
from consent_service.domain.site_check.fairness import find_unfairness
from consent_service.domain.site_check.site_finding import FairnessRule
from consent_service.site_files.site_file import read_site, read_sites
from consent_service.texts import read_interface_texts

ROOT = Path(__file__).parents[2]
SITES = {site.id: site for site in read_sites(ROOT / "sites")}
DOCUMENTATION = (ROOT / "docs" / "site-file.md").read_text(encoding="utf-8")
CLAIMS = {
    "demo": set(),
    "aurelia": {"consent_by_use", "effective_immediately"},
    "pearlwick": {"consent_by_use"},
    "silverlark": {"consent_by_use", "browser_settings_only"},
    "garnetline": {"consent_by_use", "browser_settings_only", "open_ended_sharing"},
    "jadebrook": {"browser_settings_only"},
}


def key(purpose_key: str, site: str) -> Any:
    return SITES[site].purpose_by_key[purpose_key]


def test_the_demo_and_five_example_shops_are_shipped() -> None:
    assert set(SITES) == set(CLAIMS)


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_a_shipped_site_earns_findings_for_its_clauses_alone(site: Site) -> None:
    findings = find_unfairness(site, read_interface_texts())
    assert set(site.policy.claims) == CLAIMS[site.id]
    assert [finding.rule for finding in findings] == [FairnessRule.POLICY_CLAIMS] * len(site.policy.claims)


def test_the_demo_shop_offers_every_language_at_any_local_port() -> None:
    assert set(SITES["demo"].languages) == set(read_interface_texts())
    assert SITES["demo"].origins == ("http://localhost:*", "http://127.0.0.1:*")


def test_the_demo_shop_asks_about_preferences_analytics_and_marketing() -> None:
    asked = {purpose.key: (purpose.letter, purpose.signal) for purpose in SITES["demo"].cookie_purposes}
    assert asked == {"preferences": ("p", False), "analytics": ("a", False), "marketing": ("m", True)}


def test_the_example_shops_use_every_kind_of_policy_clock() -> None:
    clocks = {site.id: site.policy.clock for site in SITES.values() if site.id != "demo"}
    assert {clock.kind for clock in clocks.values()} == set(ClockKind)
    assert clocks["pearlwick"].kind is ClockKind.PUBLICITY_OR_CONFIRMATION
    assert clocks["pearlwick"].days == 30
    assert clocks["pearlwick"].mail_core_changes


def test_the_example_shops_offer_chinese_and_arabic() -> None:
    offered = [language for site in SITES.values() if site.id != "demo" for language in site.languages]
    assert offered.count("zh") >= 2
    assert "ar" in offered
    assert all(2 <= len(site.languages) <= 6 for site in SITES.values())


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_messages_about_orders_are_never_asked_for(site: Site) -> None:
    contracts = [purpose for purpose in site.purposes if purpose.basis is Basis.CONTRACT]
    assert contracts
    assert not any(purpose.asked for purpose in contracts)
    assert all(purpose.key not in {asked.key for asked in site.cookie_purposes} for purpose in contracts)


def test_promotions_have_a_purpose_for_each_channel() -> None:
    channels = {purpose.channel for purpose in SITES["aurelia"].purposes if purpose.asked and purpose.channel}
    assert channels == {Channel.EMAIL, Channel.SMS, Channel.WHATSAPP}
    assert {key("offers_email", "silverlark").channel, key("offers_push", "silverlark").channel} == {
        Channel.EMAIL,
        Channel.PUSH,
    }


def test_shops_without_advertising_declare_no_purpose_for_it() -> None:
    for name in ("aurelia", "pearlwick", "jadebrook"):
        purposes = SITES[name].purposes
        assert not any("Advertising" in purpose.category or purpose.category.startswith("Sell") for purpose in purposes)
        assert not any(cookie.party == "third" for purpose in purposes for cookie in purpose.cookies)


def test_measuring_mails_is_apart_from_measuring_visits_and_from_the_mails() -> None:
    for site in ("silverlark", "demo"):
        tracking = {purpose.key for purpose in SITES[site].purposes if purpose.tracks_opens}
        assert tracking == {"mail_opens" if site == "silverlark" else "opens_email"}
        assert {"analytics", "offers_email"} <= set(SITES[site].purpose_by_key) - tracking


def test_the_demo_shop_has_every_kind_of_message() -> None:
    held = {purpose.key: purpose for purpose in SITES["demo"].message_purposes}
    assert list(held) == [
        "offers_email", "care_email", "collectors_email", "similar_email", "opens_email", "offers_sms"
    ]  # fmt: skip
    assert [name for name, purpose in held.items() if not purpose.public] == ["collectors_email"]
    assert [name for name, purpose in held.items() if purpose.lifetime] == ["collectors_email"]
    assert [name for name, purpose in held.items() if purpose.basis is Basis.SOFT_OPT_IN] == ["similar_email"]
    assert held["offers_sms"].channel is Channel.SMS
    assert SITES["demo"].purpose_by_key["orders"].transactional


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_messages_come_from_a_named_sender_and_offer_a_way_out_by_mail(site: Site) -> None:
    assert site.messages
    assert parse_mailbox(site.messages.sender).display_name
    assert site.messages.unsubscribe_host
    assert all(write_list_id(site, purpose).endswith(".example") for purpose in site.message_purposes)


def test_the_example_shops_show_every_setting_of_messages() -> None:
    settings = [site.messages for site in SITES.values() if site.messages]
    assert {setting.confirm_by for setting in settings} == set(ConfirmBy)
    assert {setting.keep_addresses for setting in settings} == {True, False}
    assert key("survey_email", "silverlark").topic_name == "surveys"


def test_promised_time_limits_stand_in_the_file() -> None:
    requests = SITES["pearlwick"].requests
    assert (requests.correction_working_days, requests.complaint_contact_working_days) == (3, 5)
    assert SITES["silverlark"].age_limit == 16
    assert key("delivery", "pearlwick").retention == "traceability"


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_every_purpose_says_where_its_data_lies(site: Site) -> None:
    assert all(purpose.storage for purpose in site.purposes)


def test_no_shipped_site_asks_for_sensitive_data() -> None:
    named = {name for site in SITES.values() for purpose in site.purposes for name in purpose.data}
    assert not any(DATA_CATEGORIES[name].sensitive for name in named)


def test_the_example_of_the_documentation_is_sound(tmp_path: Path) -> None:
    example = DOCUMENTATION.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "shop.toml").write_text(example, encoding="utf-8")
    assert find_unfairness(read_site(tmp_path / "shop.toml"), read_interface_texts()) == ()


def keys_of(table: Any) -> set[str]:
    found = set()
    for field in fields(table):
        found.add(field.metadata.get("name", field.name))
        hint = get_type_hints(table)[field.name]
        for part in (hint, *get_args(hint)):
            if is_dataclass(part):
                found |= keys_of(part)
    return found


def test_every_key_is_documented() -> None:
    rows = "\n".join(line for line in DOCUMENTATION.splitlines() if line.startswith("|"))
    assert keys_of(Site) <= set(re.findall(r"`([a-z_]+)`", rows))


def test_every_data_category_and_every_rule_is_documented() -> None:
    documented = set(re.findall(r"`([a-z_-]+)`", DOCUMENTATION))
    assert set(DATA_CATEGORIES) <= documented
    assert {str(rule) for rule in FairnessRule} <= documented
