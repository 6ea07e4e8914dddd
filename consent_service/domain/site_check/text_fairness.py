"""The fairness lint of texts: wording that steers, too many words, and the wrong language."""

import re
from collections.abc import Iterator

from consent_service.domain.site.purpose import Translations
from consent_service.domain.site.site import Site
from consent_service.domain.site_check.fairness_phrases import WORDING, FairnessPhrases
from consent_service.domain.site_check.site_fault import name_place
from consent_service.domain.site_check.site_finding import FairnessRule, Finding
from consent_service.domain.site_check.site_text import list_translations

MAX_WORDS = 60
MAX_WORDS_IN_A_SENTENCE = 30
MAX_WORDS_IN_A_TITLE = 8
CHARACTERS_A_WORD = {"zh": 1.7}
"""Languages written without spaces are measured in characters: about so many to a word."""
ALIKE_FROM = 16
"""From this length on, the same text in two languages is no accident; shorter ones may be names."""

_SENTENCE_END = re.compile(r"[.!?\u061f]+(?:\s+|$)|[\u3002\uff01\uff1f]+|\n+")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_SCRIPTS = {"zh": re.compile(r"[\u3400-\u9fff]"), "ar": re.compile(r"[\u0600-\u06ff]")}
_CONCERNS = (
    ("promises", "promises a benefit; say what is stored and what for"),
    ("pressure", "presses, begs or flatters people; yes and no deserve the same plain words"),
    ("double_negatives", "turns a no around; let yes mean yes and no mean no"),
    ("legitimate_interest", "speaks of legitimate interest; cookies that are not necessary need consent"),
)


def find_unfair_texts(site: Site) -> Iterator[Finding]:
    """Judge the titles, descriptions, impacts and cookie texts of a site in each language."""
    for place, texts in list_translations(site):
        if place == "name" or place.endswith(".url"):
            continue
        for language, text in texts.items():
            yield from find_unfair_wording(name_place(place, language), language, text)
            yield from _judge_length(name_place(place, language), language, text, title=place.endswith(".title"))
            yield from _judge_script(name_place(place, language), language, text)
        yield from _judge_translations(place, texts)


def find_unfair_wording(place: str, language: str, text: str) -> Iterator[Finding]:
    """Judge the wording of one text."""
    wording = WORDING.get(language)
    if wording is None:
        return
    for concern, message in _CONCERNS:
        if phrase := find_phrase(getattr(wording, concern), text, language):
            yield Finding(place, f"{phrase!r} {message}", FairnessRule.PLAIN_WORDING)
    if phrase := find_phrase(wording.catch_all, text, language):
        message = f"{phrase!r} leaves the purpose open; a yes is only for what is named"
        yield Finding(place, message, FairnessRule.SPECIFIC_PURPOSES)


def is_asking_consent(language: str, text: str) -> bool:
    """Say whether the word consent stands in a text; a language without word list passes."""
    wording: FairnessPhrases | None = WORDING.get(language)
    return wording is None or any(stem in text.casefold() for stem in wording.consent.split("|"))


def find_phrase(phrases: str, text: str, language: str) -> str | None:
    """Find the first of the phrases, which have bars between, that stands in a text; words may go on after it."""
    folded = " ".join(text.casefold().replace("\u2019", "'").split())
    # Chinese has no spaces, and Arabic joins small words to the next, so there a phrase may start inside a word.
    start = "" if language in _SCRIPTS else r"(?<!\w)"
    return next((phrase for phrase in phrases.split("|") if re.search(start + re.escape(phrase), folded)), None)


def count_words(language: str, text: str) -> int:
    """Count the words of a text, or what its characters come to in a language written without spaces."""
    if language in CHARACTERS_A_WORD:
        return round(len("".join(_LATIN_WORD.sub("a", text).split())) / CHARACTERS_A_WORD[language])
    return len(text.split())


def _judge_length(place: str, language: str, text: str, *, title: bool) -> Iterator[Finding]:
    longest = MAX_WORDS_IN_A_TITLE if title else MAX_WORDS
    if (count := count_words(language, text)) > longest:
        message = f"has {_measure(language, count)}; more than {_measure(language, longest)} are not read"
        yield Finding(place, message, FairnessRule.SHORT_TEXTS)
    for sentence in _SENTENCE_END.split(text):
        if (count := count_words(language, sentence)) > MAX_WORDS_IN_A_SENTENCE:
            limit = _measure(language, MAX_WORDS_IN_A_SENTENCE)
            message = f"has a sentence of {_measure(language, count)}; at most {limit} stay readable"
            yield Finding(place, message, FairnessRule.SHORT_TEXTS)


def _measure(language: str, words: int) -> str:
    if language in CHARACTERS_A_WORD:
        return f"{round(words * CHARACTERS_A_WORD[language])} characters"
    return f"{words} words"


def _judge_script(place: str, language: str, text: str) -> Iterator[Finding]:
    if language in _SCRIPTS and not _SCRIPTS[language].search(text):
        message = "holds no letter of the script this language is written in"
        yield Finding(place, message, FairnessRule.OWN_LANGUAGE)


def _judge_translations(place: str, texts: Translations) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for language, text in texts.items():
        first = seen.setdefault(text.strip(), language)
        if first != language and len(text) >= ALIKE_FROM:
            message = f"is the same text as in {first!r}; nobody should have to read a foreign language"
            yield Finding(name_place(place, language), message, FairnessRule.OWN_LANGUAGE)
