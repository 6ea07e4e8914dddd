"""The six catalogues say the same in their own words, and hold what is asked for and nothing else."""

import re
from collections import Counter

import pytest

from consent_service.domain.basics.duration import Unit
from consent_service.domain.ledger.decision import Method, State
from consent_service.domain.site.data_category import DATA_CATEGORIES
from consent_service.domain.site.purpose import Channel, Party
from consent_service.domain.site_check.override_fairness import ASKING, BUTTONS, find_unfair_overrides
from consent_service.domain.site_check.register_rules import ROLES
from consent_service.domain.site_check.text_fairness import CHARACTERS_A_WORD
from consent_service.domain.site_check.translation_rules import find_override_faults
from consent_service.texts import LANGUAGES, PLACEHOLDER, find_plural_form, read_interface_texts
from consent_service.web.frame.problems import PROBLEMS
from tests.cast import make_site
from tests.texts.text_uses import STAR, address_codes, raised_codes, string_constants, text_uses

TEXTS = read_interface_texts()
ENGLISH = TEXTS["en"]
OTHERS = [language for language in LANGUAGES if language != "en"]
FORMS = {
    "en": {"one", "other"},
    "de": {"one", "other"},
    "fr": {"one", "other"},
    "es": {"one", "other"},
    "zh": {"other"},
    "ar": {"one", "two", "few", "many", "other"},
}
PLURAL_FORM = re.compile(r"\.(zero|one|two|few|many|other)\Z")
MAX_WORDS = 40
"""In the request itself, without the purposes it names."""

ERROR_PAGES = string_constants("web/error_pages.py") & set(PROBLEMS)
SAVED = {"saved", "missing"}
EMAIL_FAULTS = {
    f"address.{code}" for code in address_codes() - {"phone_malformed", "phone_ambiguous", "region_missing"}
}
CENTRE_FAULTS = {f"centre.{code}" for code in ("pause_malformed", "pause_past", "pause_too_far")}
KNOWN_AT_RUN_TIME = {
    "actor.*": {"visitor", "browser"},
    "centre.state.*": {"on", "off", "pending", "ended", "paused", "blocked"},
    "channel.*": set(Channel),
    "confirm.*": {"foreign", "unknown"},
    "cookie.*": set(Party),
    "data.*": set(DATA_CATEGORIES),
    "date.month_*": set(map(str, range(1, 13))),
    "duration.*": set(Unit) - {Unit.SESSION},
    "errors.*": raised_codes() - {f"address.{STAR}"} | EMAIL_FAULTS | CENTRE_FAULTS,
    "errors.*.message": ERROR_PAGES,
    "errors.*.title": ERROR_PAGES,
    "method.*": set(Method),
    "preferences.*": SAVED,
    "preferences.*_title": SAVED,
    "role.*": set(ROLES),
    "settled.*": {"all_on", "all_off", "some_on", "signal"},
    "state.*": set(State),
}
MARKS = {
    "en": r"[\"']|(?<!“)“(?=[^”]*$)",
    "de": r"[\"'”]|„[^“]*$",
    "fr": r"[\"'“”]|(?<!\u00a0)[:;?!»]|«(?!\u00a0)",
    "es": r"[\"'“”]|«[^»]*$",
    "zh": r"[\"',;:?!()]|\.(?!\w)",
    "ar": r"[\"',;?“”]|«[^»]*$",
}
"""Punctuation that does not belong to the language."""

AS_IN_ENGLISH = {
    "de": {
        *("centre.pause", "cookie.domain", "page.colon", "page.comma"),
        *(f"date.month_{month}" for month in (4, 8, 9, 11)),
    },
    "fr": {
        *("centre.pause", "date.day", "page.comma", "page.contact"),
        *("preferences.cookies.one", "preferences.cookies.other"),
        *("duration.minute.one", "duration.minute.other"),
    },
    "es": {
        *("date.time", "errors.title", "page.colon", "page.comma", "preferences.no"),
        *("preferences.cookies.one", "preferences.cookies.other"),
    },
    "zh": set(),
    "ar": {"date.day", "page.colon"},
}
"""Texts that are the same words, signs or order in both languages."""


def stem(key: str) -> str:
    return PLURAL_FORM.sub("", key)


def forms(language: str, family: str) -> dict[str, str]:
    found = {key: text for key, text in TEXTS[language].items() if stem(key) == family != key}
    return {key.rpartition(".")[2]: text for key, text in found.items()}


def families() -> set[str]:
    return {stem(key) for key in ENGLISH if PLURAL_FORM.search(key)}


def placeholders(language: str, family: str) -> set[str]:
    return {name for key, text in TEXTS[language].items() if stem(key) == family for name in PLACEHOLDER.findall(text)}


def filled_in(keys: frozenset[str]) -> set[str]:
    return {key.replace(STAR, value) for key in keys for value in KNOWN_AT_RUN_TIME.get(key, {""})}


def test_what_is_known_only_at_run_time_is_listed_here():
    assert {key for uses in text_uses() for key in uses if STAR in key} == set(KNOWN_AT_RUN_TIME)


def test_every_text_asked_for_exists_and_every_text_is_asked_for():
    plain, plural = text_uses()
    assert filled_in(plain | plural) == {stem(key) for key in ENGLISH}


def test_plural_texts_are_those_asked_for_with_a_number():
    assert filled_in(text_uses()[1]) == families()


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_texts(language):
    assert {stem(key) for key in TEXTS[language]} == {stem(key) for key in ENGLISH}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_has_exactly_the_forms_of_the_language(language):
    for family in families():
        assert set(forms(language, family)) - {"zero"} == FORMS[language], family
        assert ("zero" in forms(language, family)) == ("zero" in forms("en", family)), family


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_serves_several_numbers_says_the_number(language):
    for family in families():
        own = forms(language, family)
        served = Counter(find_plural_form(language, n) for n in range("zero" in own, 201))
        assert not [form for form in own if served[form] > 1 and "{n}" not in own[form]], family


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_placeholders(language):
    assert not {key for key in map(stem, ENGLISH) if placeholders(language, key) != placeholders("en", key)}


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language):
    same = {key for key, text in TEXTS[language].items() if text == ENGLISH.get(key)}
    assert same == AS_IN_ENGLISH[language]


@pytest.mark.parametrize("language", ["zh", "ar"])
def test_texts_are_in_the_script_of_the_language(language):
    script = re.compile({"zh": r"[\u4e00-\u9fff]", "ar": r"[\u0600-\u06ff]"}[language])
    signs = {key for key, text in TEXTS[language].items() if not script.search(text)}
    assert signs <= AS_IN_ENGLISH[language] | {"page.comma", "page.colon", "date.time"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_punctuation_is_that_of_the_language(language):
    foreign = re.compile(MARKS[language])
    texts = {key: PLACEHOLDER.sub("x", text) for key, text in TEXTS[language].items()}
    own_marks = {"page.comma", "page.colon"}
    assert not {key: text for key, text in texts.items() if key not in own_marks and foreign.search(text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_stray_spaces_or_braces(language):
    texts = {key: text for key, text in TEXTS[language].items() if key not in ("page.comma", "page.colon")}
    assert not {key for key, text in texts.items() if text != " ".join(text.split(" ")).strip() or "  " in text}
    assert not {key for key, text in texts.items() if set("{}<>") & set(PLACEHOLDER.sub("", text))}


def test_our_own_texts_earn_no_finding_of_the_fairness_lint():
    site = make_site(languages=tuple(LANGUAGES), texts=TEXTS)
    assert [str(finding) for finding in find_unfair_overrides(site, TEXTS)] == []


def test_every_text_in_every_plural_form_can_be_worded_otherwise():
    site = make_site(languages=tuple(LANGUAGES), texts=TEXTS)
    assert [str(fault) for fault in find_override_faults(site, TEXTS)] == []


def test_a_plural_form_may_say_the_number_where_ours_does_not():
    own = {"banner.recipients.zero": "{n} companies.", "banner.recipients.one": "{n} company, {name}."}
    site = make_site(texts={"en": own})
    assert [fault.place for fault in find_override_faults(site, TEXTS)] == ["texts.en.'banner.recipients.one'"]


def test_a_plural_form_the_language_does_without_is_refused():
    site = make_site(languages=("zh",), texts={"zh": {"banner.recipients.two": "{n}"}})
    assert len(list(find_override_faults(site, TEXTS))) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ASKING)
def test_the_banner_says_what_it_has_to_in_few_words(language, key):
    words = TEXTS[language][key].replace("{purposes}", "").split()
    count = len("".join(words)) / CHARACTERS_A_WORD[language] if language in CHARACTERS_A_WORD else len(words)
    assert 10 < count <= MAX_WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_buttons_are_about_equally_long(language):
    texts = TEXTS[language]
    for reject, accept in BUTTONS:
        shorter, longer = sorted((len(texts[reject]), len(texts[accept])))
        assert longer <= 1.6 * shorter
