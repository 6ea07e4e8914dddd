"""Every finding of the fairness lint, and that fair texts earn none."""

import pytest

from consent_service.domain.data_category import DATA_CATEGORIES
from consent_service.domain.finding import FairnessRule
from consent_service.domain.text_fairness import says_consent, wording_findings
from consent_service.domain.wording import WORDING
from tests.sound_site import findings_with

LONG = "word " * 61
TEXTS = {"en": "Something.", "de": "Etwas."}
COOKIE = {"name": "extra", "provider": "Shop", "party": "first", "duration": "1 day", "does": TEXTS}
NOBODY, NOBODY_IN_CHINESE = "Our partners", "第三方"
ADVERTISING = {
    "purpose[1].category": "PersonalisedAdvertising",
    "purpose[1].data": ["interests"],
}


def rules_at(changes: dict[str, object]) -> set[tuple[str, str]]:
    return {(finding.place, finding.rule) for finding in findings_with(changes)}


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


UNFAIR = {
    "en": ["For the best experience.", "You will lose our offers.", "Do not refuse.", "Our legitimate interest."],
    "de": [
        "Für das beste Erlebnis.",
        "Leider verpassen Sie sonst etwas.",
        "Bitte nicht ablehnen.",
        "Berechtigtes Interesse.",
    ],
    "fr": [
        "Pour une meilleure expérience.",
        "Êtes-vous sûr ?",
        "Vous pouvez ne pas refuser.",
        "Notre intérêt légitime.",
    ],
    "es": ["Para una mejor experiencia.", "¿Está seguro?", "Puede no rechazar.", "Nuestro interés legítimo."],
    "zh": ["为了更好的体验。", "您确定吗。", "请勿拒绝。", "基于我们的合法利益。"],
    "ar": ["لتقديم تجربة أفضل.", "هل أنت متأكد؟", "لا ترفض ذلك.", "بسبب المصلحة المشروعة."],
}


def texts_in(language: str, text: str) -> dict[str, object]:
    """Offer the site in one language alone, with one text of it changed."""
    filling = {"zh": "文字", "ar": "نص"}.get(language, "Text")
    changes: dict[str, object] = {"languages": [language], "texts": {}}
    for place in ("name", "policy.title", "purpose[0].title", "purpose[0].description", "purpose[1].title"):
        changes[place] = {language: filling}
    for place in ("purpose[1].impact", "purpose[2].title", "purpose[2].description", "purpose[2].impact"):
        changes[place] = {language: filling}
    for place in ("purpose[0].cookie[0]", "purpose[0].cookie[1]", "purpose[1].cookie[0]", "purpose[1].cookie[1]"):
        changes[f"{place}.does"] = {language: filling}
    return changes | {"policy.url": {language: "/privacy"}, "purpose[1].description": {language: text}}


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in UNFAIR.items() for text in texts])
def test_wording_that_steers_is_found_in_every_language(language: str, text: str) -> None:
    assert rules_at(texts_in(language, text)) == {(f"purpose[1].description.{language}", "plain-wording")}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Better deals for you."),
        ("en", "Please help our small team by saying yes!"),
        ("de", "Bessere Angebote für Sie."),
        ("de", "Bitte helfen Sie unserem kleinen Team und sagen Sie Ja!"),
        ("fr", "De meilleures offres pour vous."),
        ("fr", "Aidez notre petite équipe en disant oui\u00a0!"),
        ("es", "Mejores ofertas para usted."),
        ("es", "¡Ayude a nuestro pequeño equipo diciendo que sí!"),
        ("zh", "为您提供更好的优惠。"),
        ("zh", "请帮助我们的小团队，请同意！"),
        ("ar", "عروض أفضل لك."),
        ("ar", "من فضلك ساعد فريقنا الصغير بقول نعم!"),
    ],
)
def test_bait_and_begging_are_found_in_every_language(language: str, text: str) -> None:
    assert rules_at(texts_in(language, text)) == {(f"purpose[1].description.{language}", "plain-wording")}


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "No thanks, I hate savings"),
        ("en", "I like paying more"),
        ("en", "Reject all discounts"),
        ("de", "Nein, ich hasse Rabatte"),
        ("de", "Ich zahle lieber mehr"),
        ("fr", "Non, je déteste économiser"),
        ("fr", "Je préfère payer plus"),
        ("es", "No, odio ahorrar"),
        ("es", "Prefiero pagar más"),
        ("zh", "不，我讨厌省钱"),
        ("zh", "我宁愿付原价"),
        ("ar", "لا، أكره التوفير"),
        ("ar", "لا أريد الخصومات"),
    ],
)
@pytest.mark.parametrize("key", ["banner.reject", "banner.reject_these", "preferences.no"])
def test_a_no_that_shames_is_found_in_every_language(language: str, label: str, key: str) -> None:
    changes = texts_in(language, {"zh": "文字", "ar": "نص"}.get(language, "Text"))
    found = rules_at(changes | {f"texts.{language}": {key: label}})
    assert (f"texts.{language}.'{key}'", "equal-buttons") in found


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "I do not agree"),
        ("en", "Necessary cookies only"),
        ("de", "Nur notwendige Cookies erlauben"),
        ("de", "Nein danke"),
        ("fr", "Continuer sans accepter"),
        ("fr", "Non merci"),
        ("es", "Solo las necesarias"),
        ("es", "No, gracias"),
        ("zh", "不同意"),
        ("zh", "仅接受必要的 Cookie"),
        ("ar", "لا أوافق"),
        ("ar", "لا، شكرًا"),
    ],
)
def test_a_plain_no_earns_no_finding_in_any_language(language: str, label: str) -> None:
    changes = texts_in(language, {"zh": "文字", "ar": "نص"}.get(language, "Text"))
    assert rules_at(changes | {f"texts.{language}": {"preferences.no": label}}) == set()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Counts visits. Refusing changes nothing about your orders."),
        ("en", "Stores whether you gave consent."),
        ("de", "Zählt Besuche. Ablehnen ändert nichts an Ihren Bestellungen."),
        ("fr", "Compte les visites. Refuser ne change rien à vos commandes."),
        ("es", "Cuenta las visitas. Rechazar no cambia nada en sus pedidos."),
        ("zh", "统计访问次数。拒绝不影响订单。"),
        ("ar", "يحصي الزيارات. لا يؤثر الرفض في طلباتك."),
    ],
)
def test_plain_texts_earn_no_finding(language: str, text: str) -> None:
    assert findings_with(texts_in(language, text)) == []


def test_chinese_is_measured_in_characters() -> None:
    long = "我们统计访问次数" * 20
    assert rules_at(texts_in("zh", long)) == {("purpose[1].description.zh", "short-texts")}
    assert "characters" in findings_with(texts_in("zh", long))[0].message


@pytest.mark.parametrize("language", ["zh", "ar"])
def test_a_text_in_the_wrong_script_is_found(language: str) -> None:
    assert rules_at(texts_in(language, "Counts visits.")) == {(f"purpose[1].description.{language}", "own-language")}


@pytest.mark.parametrize(
    ("texts", "key", "rule"),
    [
        ({"banner.text": "We use cookies for: {purposes}."}, "banner.text", "says-consent"),
        ({"banner.title": "For the best experience"}, "banner.title", "plain-wording"),
        ({"banner.reject": "Continue to the shop without accepting them"}, "banner.reject", "equal-buttons"),
        ({"banner.accept": "Accept all of them and go on to the shop"}, "banner.reject", "equal-buttons"),
        ({"banner.accept": "ACCEPT ALL"}, "banner.reject", "equal-buttons"),
        ({"banner.accept": "Accept all!"}, "banner.reject", "equal-buttons"),
        ({"banner.accept": "Accept all \N{SPARKLES}"}, "banner.reject", "equal-buttons"),
        ({"banner.reject": "Ask me later"}, "banner.reject", "equal-buttons"),
        ({"banner.reject": "Continue without these cookies please"}, "banner.reject", "equal-buttons"),
        ({"banner.reject_these": "Settings"}, "banner.reject_these", "equal-buttons"),
        ({"banner.accept_these": "Accept and go on to the shop"}, "banner.reject_these", "equal-buttons"),
        ({"banner.reject_these": "Accept"}, "banner.reject_these", "state-in-words"),
        ({"preferences.yes": "Yes, I love discounts"}, "preferences.yes", "equal-buttons"),
        ({"banner.reject": "Reject all!", "banner.accept": "Accept all!"}, "banner.accept", "plain-wording"),
        ({"banner.title": "Cookies at {shop}!"}, "banner.title", "plain-wording"),
        ({"banner.reject": "Accept all"}, "banner.reject", "state-in-words"),
        ({"preferences.no": "\N{BALLOT X}"}, "preferences.no", "state-in-words"),
        ({"state.refused": "Allowed"}, "state.refused", "state-in-words"),
    ],
)
def test_an_override_that_tips_the_scales_is_found(texts: dict[str, str], key: str, rule: str) -> None:
    assert (f"texts.en.'{key}'", rule) in rules_at({"texts.en": texts})


@pytest.mark.parametrize(
    "texts",
    [
        {"banner.text": "We ask for your consent to cookies for: {purposes}."},
        {"banner.reject": "Refuse", "banner.accept": "Accept"},
        {"banner.reject": "Don't allow", "banner.accept": "Allow"},
        {"preferences.no": "No, thanks"},
    ],
)
def test_a_fair_override_earns_no_finding(texts: dict[str, str]) -> None:
    assert rules_at({"texts.en": texts}) == set()


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


def test_a_language_without_word_list_is_left_alone() -> None:
    assert list(wording_findings("texts.it", "it", "best experience, legitimate interest")) == []
    assert says_consent("it", "Usiamo i cookie.")


def test_every_language_of_the_lint_has_a_phrase_for_every_concern() -> None:
    for wording in WORDING.values():
        lists = [getattr(wording, name).split("|") for name in wording.__slots__]
        assert all(phrase == phrase.strip().casefold() and phrase for phrases in lists for phrase in phrases)


def test_data_categories_have_distinct_keys_and_known_receipt_names() -> None:
    assert all(key == category.key for key, category in DATA_CATEGORIES.items())
    assert {key for key, category in DATA_CATEGORIES.items() if category.sensitive} >= {"health", "religion"}
