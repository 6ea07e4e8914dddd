"""A site's own wording of the interface keeps yes and no at the same weight."""

import pytest

from tests.sound_site import FILLING, rules_at, texts_in


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
    changes = texts_in(language, FILLING.get(language, "Text"))
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
    changes = texts_in(language, FILLING.get(language, "Text"))
    assert rules_at(changes | {f"texts.{language}": {"preferences.no": label}}) == set()
