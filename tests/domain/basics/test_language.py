import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.basics.language import MAX_HEADER, choose_language, find_language

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
        ("zh-CN,zh;q=0.9", "zh"),
        ("zh-SG", "zh"),
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
        "de_",
        "de__AT",
        "de.UTF-8",
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


@pytest.mark.parametrize(
    "tag",
    [
        *("zh-TW", "zh-HK", "zh-MO", "zh-Hant", "zh-Hant-TW", "zh-Hant-CN", "zh-tw", "ZH_HK", "zh_Hant_TW"),
        *("zh-cmn-Hant", "zh-yue", "zh-yue-HK", "zh-min-nan", "zh-HK-x-a"),
    ],
)
def test_who_reads_traditional_chinese_gets_the_next_language_they_accept(tag):
    assert choose_language(None, f"{tag}, fr;q=0.5", OFFERED) == "fr"
    assert choose_language(None, f"{tag},zh;q=0.9,fr;q=0.8,en;q=0.7", OFFERED) == "fr"
    assert choose_language(None, f"fr;q=0.8,zh;q=0.9,{tag}", OFFERED) == "fr"
    assert choose_language(None, tag, OFFERED) == "en"
    assert choose_language(tag, "fr", OFFERED) == "fr"
    assert choose_language(f"{tag}.UTF-8", "fr", OFFERED) == "fr"
    assert choose_language(None, f"{tag}, zh-CN;q=0.5, fr;q=0.1", OFFERED) == "zh"
    for header in (tag, f"{tag}, zh;q=0.9, *;q=0.1"):
        assert choose_language(None, header, ("zh", "en")) == "en"
        assert choose_language(None, header, ("zh",)) == "zh"
    assert choose_language(tag, None, ("zh", "en")) == "en"
    assert choose_language(tag, "zh", ("zh", "en")) == "en"


@pytest.mark.parametrize(
    "tag", ["zh", "zh-CN", "zh_CN", "zh-Hans", "zh-Hans-TW", "zh-Hans-HK", "zh-cmn-Hans-CN", "zh-SG", "zh_Hans_MO"]
)
def test_who_reads_simplified_chinese_gets_it(tag):
    assert choose_language(None, f"{tag}, fr;q=0.5", OFFERED) == "zh"
    assert choose_language(tag, "fr", OFFERED) == "zh"


def test_a_general_chinese_before_a_traditional_one_is_a_wish_of_its_own():
    assert choose_language(None, "zh, zh-TW;q=0.9, fr;q=0.1", OFFERED) == "zh"


def test_an_offer_in_traditional_characters_is_for_those_who_read_them():
    assert choose_language("zh-TW", None, ("en", "zh-Hant", "zh-TW")) == "zh-TW"
    assert choose_language("zh-Hant-HK", None, ("en", "zh", "zh-Hant")) == "zh-Hant"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("de", "de"),
        ("de_DE", "de"),
        ("fr-CA", "fr"),
        ("zh_CN", "zh"),
        ("zh_TW", None),
        ("nl", None),
        ("*", None),
        ("", None),
    ],
)
def test_the_language_that_a_name_means_is_found_or_none(name, found):
    assert find_language(name, OFFERED) == found


@pytest.mark.parametrize(
    "name", ["de_DE", "de_AT", "DE_de", "de_DE.UTF-8", "de_DE@euro", "de_DE_formal", "de_DE.ISO-8859-1@euro", "de-DE"]
)
def test_names_of_locales_are_read(name):
    assert choose_language(name, "fr", OFFERED) == "de"
    if "." not in name and "@" not in name:
        assert choose_language(None, f"{name}, fr;q=0.5", OFFERED) == "de"


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
