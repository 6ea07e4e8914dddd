import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.language import MAX_HEADER, choose_language

OFFERED = ("en", "de", "fr", "es", "zh", "ar")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("DE", "de"),
        ("de-AT", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("zh-Hans-CN", "zh"),
        ("zh-Hant-TW;q=0.9, fr;q=0.8", "zh"),
        ("pt-BR,pt;q=0.9", "en"),
        ("pt-BR, fr-CA;q=0.5", "fr"),
        ("en;q=0.1, fr;q=0.9", "fr"),
        ("en;q=0.001, es;q=0.002", "es"),
        ("fr;q=0.5, es;q=0.5", "fr"),
        ("fr ; q=0.5 , es ; Q=1.000", "es"),
        ("fr\t;\tq=1.0", "fr"),
        ("fr;q=1, de", "fr"),
        ("en;q=0., *", "de"),
        ("fr;q=1., de;q=1.000", "fr"),
        ("de-a-foo", "de"),
        ("*", "en"),
        ("*;q=0.1, ar;q=0.2", "ar"),
        ("de;q=0.5, *;q=0.8", "en"),
        ("en;q=0, *", "de"),
        ("en;q=0, de-CH;q=0, *;q=0.1", "de"),
        ("en;q=0.000, fr;q=0.1", "fr"),
        ("fr;q=0, fr-CA;q=1", "en"),
        ("x-pirate, de;q=0.3", "de"),
        (",,de,,", "de"),
    ],
)
def test_the_header_decides_by_weight_and_order(header, chosen):
    assert choose_language(None, header, OFFERED) == chosen


@pytest.mark.parametrize(
    "header",
    [
        "de;q=2",
        "de;q=1.001",
        "de;q=0.1234",
        "de;q=-1",
        "de;q=.5",
        "de;q=",
        "de;q",
        "de;level=1",
        "de q=1",
        "d\u0435",
        "deutschland",
        "de_AT",
        "de-",
        "-de",
        "de\x00",
        "de\xa0",
        "<de>",
        ";q=1",
        "**",
        "*-de",
    ],
)
def test_a_malformed_part_counts_for_nothing(header):
    assert choose_language(None, header, OFFERED) == "en"
    assert choose_language(None, f"{header}, fr;q=0.1", OFFERED) == "fr"


def test_a_header_that_is_too_long_counts_for_nothing():
    header = "de" + "," * (MAX_HEADER - 2)
    assert choose_language(None, header, OFFERED) == "de"
    assert choose_language(None, f"{header},", OFFERED) == "en"


@pytest.mark.parametrize(
    ("requested", "chosen"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("fr-BE", "fr"),
        ("zh-Hans-CN", "zh"),
        ("it", "de"),
        ("", "de"),
        (None, "de"),
        ("fr" + "-x" * 15 + "-xx", "fr"),
        ("fr" + "-x" * 16 + "-xx", "de"),
        ("../fr", "de"),
        ("fr\n", "de"),
    ],
)
def test_a_language_asked_for_by_name_comes_before_the_header(requested, chosen):
    assert choose_language(requested, "de", OFFERED) == chosen


def test_a_general_wish_finds_a_regional_offer_in_its_own_spelling():
    assert choose_language(None, "pt", ("en", "pt-BR")) == "pt-BR"
    assert choose_language("pt-pt", None, ("en", "pt-BR")) == "pt-BR"
    assert choose_language(None, "zh-hans", ("en", "zh-Hant", "zh-Hans")) == "zh-Hans"


def test_a_site_with_one_language_always_answers_in_it():
    assert choose_language("de", "fr;q=0.3, de;q=0", ("de",)) == "de"
    assert choose_language(None, "de;q=0", ("de",)) == "de"


@given(requested=st.none() | st.text(), header=st.none() | st.text(alphabet="deafr-*;q=0.1, "))
def test_the_answer_is_always_a_language_that_is_offered(requested, header):
    assert choose_language(requested, header, OFFERED) in OFFERED
