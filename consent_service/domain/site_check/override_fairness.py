"""The fairness lint of overrides: buttons of equal weight, states told in words, and the word consent."""

import re
from collections.abc import Iterator, Mapping

from consent_service.domain.site.site import Site
from consent_service.domain.site_check.fairness_phrases import WORDING
from consent_service.domain.site_check.site_fault import name_place
from consent_service.domain.site_check.site_finding import FairnessRule, Finding
from consent_service.domain.site_check.text_fairness import (
    count_words,
    find_phrase,
    find_unfair_wording,
    is_asking_consent,
)

ASKING = ("banner.text", "banner.text_partial")
BUTTONS = (("banner.reject", "banner.accept"), ("banner.reject_these", "banner.accept_these"))
ANSWERS = (*BUTTONS, ("preferences.no", "preferences.yes"))
"""What people press or tick to say no, and what beside it says yes."""
OPPOSITES = (
    *ANSWERS,
    ("settled.all_off", "settled.all_on"),
    ("state.refused", "state.granted"),
    ("state.withdrawn", "state.granted"),
)
MAX_UNEQUAL = 2.5
"""How many times as long as the other one of two buttons may be."""
MAX_WORDS_IN_A_NO = 4
_EXCLAMATION = re.compile("[!\u00a1\uff01]")


def find_unfair_overrides(site: Site, interface: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """Judge the interface texts that a site words otherwise, together with the shipped ones beside them."""
    for language, texts in site.texts.items():
        shown = {**interface.get(language, {}), **texts}
        place = name_place("texts", language)
        for key, text in texts.items():
            yield from find_unfair_wording(name_place(place, key), language, text)
            if key in ASKING and not is_asking_consent(language, text):
                message = "asks without the word consent; people should know what they give"
                yield Finding(name_place(place, key), message, FairnessRule.SAYS_CONSENT)
            if _EXCLAMATION.search(text):
                message = "calls out with an exclamation mark; a plain sentence does not press"
                yield Finding(name_place(place, key), message, FairnessRule.PLAIN_WORDING)
        yield from _judge_opposites(place, texts, shown)
        for pair in ANSWERS:
            yield from _judge_answers(place, language, texts, pair)
        for pair in BUTTONS:
            if set(pair) & set(texts):
                yield from _judge_buttons(place, language, shown, pair)


def _judge_opposites(place: str, texts: Mapping[str, str], shown: Mapping[str, str]) -> Iterator[Finding]:
    for pair in OPPOSITES:
        for key in pair:
            if key in texts and not any(letter.isalpha() for letter in texts[key]):
                message = "holds no word; a sign or a colour alone tells some people nothing"
                yield Finding(name_place(place, key), message, FairnessRule.STATE_IN_WORDS)
        if set(pair) & set(texts) and len({shown.get(key, key).strip().casefold() for key in pair}) == 1:
            message = f"is the same text as {pair[1]}; people cannot tell yes from no"
            yield Finding(name_place(place, pair[0]), message, FairnessRule.STATE_IN_WORDS)


def _judge_answers(place: str, language: str, texts: Mapping[str, str], pair: tuple[str, str]) -> Iterator[Finding]:
    wording = WORDING.get(language)
    for key in pair:
        if wording and key in texts and (phrase := find_phrase(wording.stakes, texts[key], language)):
            message = f"{phrase!r} speaks of gain, loss or liking; a plain yes and a plain no shame nobody"
            yield Finding(name_place(place, key), message, FairnessRule.EQUAL_BUTTONS)
    if (count := count_words(language, texts.get(pair[0], ""))) > MAX_WORDS_IN_A_NO:
        message = f"takes {count} words to say no; {MAX_WORDS_IN_A_NO} are enough"
        yield Finding(name_place(place, pair[0]), message, FairnessRule.EQUAL_BUTTONS)


def _judge_buttons(place: str, language: str, shown: Mapping[str, str], pair: tuple[str, str]) -> Iterator[Finding]:
    reject, accept = (shown.get(key, "") for key in pair)
    shorter, longer = sorted((len(reject), len(accept)))
    if longer > MAX_UNEQUAL * shorter:
        message = f"{reject!r} and {accept!r} differ too much in length; the buttons should weigh the same"
        yield Finding(name_place(place, pair[0]), message, FairnessRule.EQUAL_BUTTONS)
    if _is_loud(reject) != _is_loud(accept):
        message = f"only one of {reject!r} and {accept!r} stands out by capitals or punctuation"
        yield Finding(name_place(place, pair[0]), message, FairnessRule.EQUAL_BUTTONS)
    if (wording := WORDING.get(language)) and (phrase := find_phrase(wording.evasions, reject, language)):
        message = f"{phrase!r} is not an answer; the button beside {accept!r} has to say no"
        yield Finding(name_place(place, pair[0]), message, FairnessRule.EQUAL_BUTTONS)


def _is_loud(text: str) -> bool:
    return text.isupper() or any(not (letter.isalnum() or letter.isspace() or letter in "-'\u2019") for letter in text)
