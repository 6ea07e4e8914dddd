"""Wording that steers is found in every language, and plain texts earn no finding."""

import pytest

from consent_service.domain.site_check.fairness_phrases import WORDING
from consent_service.domain.site_check.text_fairness import find_unfair_wording, is_asking_consent
from tests.sound_site import findings_with, rules_at, texts_in

UNFAIR = {
    "en": [
        "For the best experience.",
        "You will lose our offers.",
        "Do not refuse.",
        "Our legitimate interest.",
        "Better deals for you.",
        "Please help our small team by saying yes!",
    ],
    "de": [
        "Für das beste Erlebnis.",
        "Leider verpassen Sie sonst etwas.",
        "Bitte nicht ablehnen.",
        "Berechtigtes Interesse.",
        "Bessere Angebote für Sie.",
        "Bitte helfen Sie unserem kleinen Team und sagen Sie Ja!",
    ],
    "fr": [
        "Pour une meilleure expérience.",
        "Êtes-vous sûr ?",
        "Vous pouvez ne pas refuser.",
        "Notre intérêt légitime.",
        "De meilleures offres pour vous.",
        "Aidez notre petite équipe en disant oui.",
    ],
    "es": [
        "Para una mejor experiencia.",
        "¿Está seguro?",
        "Puede no rechazar.",
        "Nuestro interés legítimo.",
        "Mejores ofertas para usted.",
        "¡Ayude a nuestro pequeño equipo diciendo que sí!",
    ],
    "zh": [
        "为了更好的体验。",
        "您确定吗。",
        "请勿拒绝。",
        "基于我们的合法利益。",
        "为您提供更好的优惠。",
        "请帮助我们的小团队。",
    ],
    "ar": [
        "لتقديم تجربة أفضل.",
        "هل أنت متأكد؟",
        "لا ترفض ذلك.",
        "بسبب المصلحة المشروعة.",
        "عروض أفضل لك.",
        "من فضلك ساعد فريقنا الصغير بقول نعم!",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in UNFAIR.items() for text in texts])
def test_wording_that_steers_is_found_in_every_language(language: str, text: str) -> None:
    assert rules_at(texts_in(language, text)) == {(f"purpose[1].description.{language}", "plain-wording")}


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


def test_a_language_without_word_list_is_left_alone() -> None:
    assert list(find_unfair_wording("texts.it", "it", "best experience, legitimate interest")) == []
    assert is_asking_consent("it", "Usiamo i cookie.")


def test_every_language_of_the_lint_has_a_phrase_for_every_concern() -> None:
    for wording in WORDING.values():
        lists = [getattr(wording, name).split("|") for name in wording.__slots__]
        assert all(phrase == phrase.strip().casefold() and phrase for phrases in lists for phrase in phrases)
