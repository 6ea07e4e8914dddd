"""Texts are filled in plainly, in the plural form, date and list of each language, and a site's own words win."""

import pytest
from jinja2 import Environment

from consent_service.domain.basics.duration import Duration, Unit
from consent_service.texts import LANGUAGES, Catalogue, Translator, find_plural_form

NUMBERS = (0, 1, 2, 3, 5, 11, 21, 100)
MOMENT = 1_793_714_700_000_000
"""3 November 2026, 14:05 UTC, in microseconds."""

catalogue = Catalogue()


def translator(language: str = "en", **overrides: str) -> Translator:
    return catalogue.translator(language, {key.replace("__", "."): text for key, text in overrides.items()})


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "other one other other other other other other"),
        ("de", "other one other other other other other other"),
        ("es", "other one other other other other other other"),
        ("fr", "one one other other other other other other"),
        ("zh", "other other other other other other other other"),
        ("ar", "zero one two few few many many other"),
    ],
)
def test_numbers_take_the_plural_form_of_the_language(language, forms):
    assert " ".join(find_plural_form(language, n) for n in NUMBERS) == forms


@pytest.mark.parametrize(("n", "form"), [(10, "few"), (99, "many"), (102, "other"), (103, "few"), (111, "many")])
def test_arabic_looks_at_the_last_two_digits(n, form):
    assert find_plural_form("ar", n) == form


@pytest.mark.parametrize(
    ("language", "none", "one", "two", "five"),
    [
        (
            "en",
            "No partner receives data from these cookies.",
            "1 partner receives data.",
            "2 partners receive data.",
            "5 partners receive data.",
        ),
        (
            "de",
            "Kein Partner erhält Daten aus diesen Cookies.",
            "1 Partner erhält Daten.",
            "2 Partner erhalten Daten.",
            "5 Partner erhalten Daten.",
        ),
        (
            "fr",
            "Aucun partenaire ne reçoit de données de ces cookies.",
            "1 partenaire reçoit des données.",
            "2 partenaires reçoivent des données.",
            "5 partenaires reçoivent des données.",
        ),
        (
            "es",
            "Ningún socio recibe datos de estas cookies.",
            "1 socio recibe datos.",
            "2 socios reciben datos.",
            "5 socios reciben datos.",
        ),
        (
            "zh",
            "没有合作方接收来自这些 Cookie 的数据。",
            "有 1 个合作方接收数据。",
            "有 2 个合作方接收数据。",
            "有 5 个合作方接收数据。",
        ),
        (
            "ar",
            "لا تُرسل بيانات هذه الملفات إلى أي شريك.",
            "تُرسل البيانات إلى شريك واحد.",
            "تُرسل البيانات إلى شريكين.",
            "تُرسل البيانات إلى 5 شركاء.",
        ),
    ],
)
def test_partners_are_counted_in_words_of_the_language(language, none, one, two, five):
    t = translator(language)
    assert [t.plural("banner.recipients", n) for n in (0, 1, 2, 5)] == [none, one, two, five]


def test_arabic_counts_above_ten_in_other_forms():
    t = translator("ar")
    assert [t.plural("duration.day", n) for n in (11, 21, 100)] == ["11 يومًا", "21 يومًا", "100 يوم"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_for_zero_serves_nought_alone(language):
    t = translator(language, banner__recipients__zero="nobody")
    assert [n for n in NUMBERS if t.plural("banner.recipients", n) == "nobody"] == [0]


@pytest.mark.parametrize(("language", "text"), [("en", "0 cookies"), ("fr", "0 cookie"), ("ar", "0 ملف تعريف ارتباط")])
def test_without_a_text_for_zero_nought_takes_the_form_it_has_or_other(language, text):
    assert translator(language).plural("preferences.cookies", 0) == text


@pytest.mark.parametrize(
    "text",
    [
        "{x.__class__}",
        "{shop.__class__.__mro__}",
        "{shop!r}",
        "{shop:>99}",
        "{shop[0]}",
        "{0}",
        "{}",
        "{",
        "}",
        "%s",
        "%(shop)s",
        "$shop",
        "{{7*7}}",
        "{% raw %}",
        "{unknown}",
        "{SHOP}",
        "\\1 \\g<0>",
    ],
)
def test_anything_but_a_known_placeholder_is_printed_as_it_stands(text):
    t = translator(banner__title=text)
    assert t("banner.title", shop="Willow") == text
    assert translator(banner__recipients__other=text).plural("banner.recipients", 7, shop="Willow") == text


def test_a_value_is_never_read_as_a_text():
    assert translator()("banner.title", shop="{shop} {n} \\1 {{7*7}} %s") == "Cookies at {shop} {n} \\1 {{7*7}} %s"


def test_a_page_prints_an_override_as_text_and_not_as_template_or_markup():
    t = translator(banner__title="{{7*7}} {% if %} <b>{shop}</b>")
    page = Environment(autoescape=True).from_string("{{ t('banner.title', shop='<i>') }}").render(t=t)
    assert page == "{{7*7}} {% if %} &lt;b&gt;&lt;i&gt;&lt;/b&gt;"


def test_a_placeholder_without_a_value_stays():
    assert translator()("banner.title") == "Cookies at {shop}"


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError):
        translator()("banner.nothing")


def test_a_sites_own_words_win_in_its_language_alone():
    own = {"banner.reject": "No to all", "banner.recipients.one": "One company gets data."}
    t = catalogue.translator("en", own)
    assert t("banner.reject") == "No to all"
    assert t("banner.accept") == "Accept all"
    assert t.plural("banner.recipients", 1) == "One company gets data."
    assert t.plural("banner.recipients", 2) == "2 partners receive data."
    assert translator("en")("banner.reject") == "Reject all"
    assert translator("de")("banner.reject") == "Alle ablehnen"


def test_the_words_of_one_site_never_reach_another():
    titles = [catalogue.translator("en", {"banner.title": f"Site {n}"})("banner.title") for n in range(50)]
    assert titles == [f"Site {n}" for n in range(50)]


@pytest.mark.parametrize(
    ("language", "duration", "text"),
    [
        ("en", Duration(13, Unit.MONTH), "13 months"),
        ("de", Duration(1, Unit.YEAR), "1 Jahr"),
        ("de", Duration(180, Unit.DAY), "180 Tage"),
        ("fr", Duration(2, Unit.WEEK), "2 semaines"),
        ("es", Duration(13, Unit.MONTH), "13 meses"),
        ("zh", Duration(6, Unit.MONTH), "6 个月"),
        ("ar", Duration(1, Unit.DAY), "يوم واحد"),
        ("ar", Duration(2, Unit.HOUR), "ساعتان"),
        ("ar", Duration(6, Unit.MONTH), "6 أشهر"),
        ("ar", Duration(13, Unit.MONTH), "13 شهرًا"),
        ("ar", Duration(30, Unit.MINUTE), "30 دقيقة"),
    ],
)
def test_durations_are_written_in_words(language, duration, text):
    assert translator(language).duration(duration) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_session_has_words_and_no_number(language):
    text = translator(language).duration(Duration(0, Unit.SESSION))
    assert text == translator(language)("duration.session")
    assert not any(letter.isdigit() for letter in text)


@pytest.mark.parametrize(
    ("language", "date", "time"),
    [
        ("en", "3 November 2026", "3 November 2026, 14:05 UTC"),
        ("de", "3. November 2026", "3. November 2026, 14:05 Uhr (UTC)"),
        ("fr", "3 novembre 2026", "3 novembre 2026 à 14:05 UTC"),
        ("es", "3 de noviembre de 2026", "3 de noviembre de 2026, 14:05 UTC"),
        ("zh", "2026年11月3日", "2026年11月3日 14:05（UTC）"),
        ("ar", "3 نوفمبر 2026", "3 نوفمبر 2026، الساعة 14:05 (UTC)"),
    ],
)
def test_dates_and_times_stand_in_the_order_of_the_language(language, date, time):
    assert translator(language).date(MOMENT) == date
    assert translator(language).datetime(MOMENT) == time


def test_the_first_of_a_month_is_an_ordinal_in_french_alone():
    first_of_may = 1_777_593_600_000_000
    dates = {language: translator(language).date(first_of_may) for language in LANGUAGES}
    assert dates["fr"] == "1er mai 2026"
    assert (dates["en"], dates["es"], dates["zh"]) == ("1 May 2026", "1 de mayo de 2026", "2026年5月1日")
    assert translator("fr").date(first_of_may - 1) == "30 avril 2026"


def test_a_name_in_a_text_is_isolated_and_escaped():
    t = translator(banner__title="<{shop}> & {other}")
    assert t.mark("banner.title", shop="<i>") == "&lt;<bdi>&lt;i&gt;</bdi>&gt; &amp; {other}"
    assert (
        translator(banner__title="Cookies <here>").mark("banner.title", shop="x") == "<bdi>Cookies &lt;here&gt;</bdi>"
    )
    assert t.mark("banner.title", shop="{other}", other="{shop}").count("<bdi>") == 2


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "your basket, your name, the page you came from"),
        ("de", "Ihr Warenkorb, Ihr Name, zuvor besuchte Seite"),
        ("fr", "votre panier, votre nom, page d’où vous venez"),
        ("es", "su cesta, su nombre, página de la que viene"),
        ("zh", "您的购物车、您的姓名、来源页面"),
        ("ar", "سلتك، اسمك، الصفحة التي جئت منها"),
    ],
)
def test_several_texts_make_a_list_with_the_comma_of_the_language(language, text):
    assert translator(language).several("data", ["basket", "name", "referrer"]) == text


def test_a_list_of_nothing_is_empty():
    assert translator().several("data", []) == ""
