"""The fairness lint of overrides: buttons of equal weight, states told in words, and the word consent."""

from collections.abc import Iterator, Mapping

from consent_service.domain.fault import place_of
from consent_service.domain.finding import FairnessRule, Finding
from consent_service.domain.site import Site
from consent_service.domain.text_fairness import contains, says_consent, wording_findings
from consent_service.domain.wording import WORDING

ASKING = ("banner.text", "banner.text_partial")
REJECT, ACCEPT = "banner.reject", "banner.accept"
OPPOSITES = (
    (REJECT, ACCEPT),
    ("preferences.no", "preferences.yes"),
    ("settled.all_off", "settled.all_on"),
    ("state.refused", "state.granted"),
    ("state.withdrawn", "state.granted"),
)
MOST_UNEQUAL = 2.5
"""How many times as long as the other one of two buttons may be."""


def override_findings(site: Site, interface: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """Judge the interface texts that a site words otherwise, together with the shipped ones beside them."""
    for language, texts in site.texts.items():
        shown = {**interface.get(language, {}), **texts}
        place = place_of("texts", language)
        for key, text in texts.items():
            yield from wording_findings(place_of(place, key), language, text)
            if key in ASKING and not says_consent(language, text):
                message = "asks without the word consent; people should know what they give"
                yield Finding(place_of(place, key), message, FairnessRule.SAYS_CONSENT)
        yield from _opposites(place, texts, shown)
        if REJECT in texts or ACCEPT in texts:
            yield from _buttons(place, language, shown)


def _opposites(place: str, texts: Mapping[str, str], shown: Mapping[str, str]) -> Iterator[Finding]:
    for pair in OPPOSITES:
        for key in pair:
            if key in texts and not any(letter.isalpha() for letter in texts[key]):
                message = "holds no word; a sign or a colour alone tells some people nothing"
                yield Finding(place_of(place, key), message, FairnessRule.STATE_IN_WORDS)
        if set(pair) & set(texts) and len({shown.get(key, key).strip().casefold() for key in pair}) == 1:
            message = f"is the same text as {pair[1]}; people cannot tell yes from no"
            yield Finding(place_of(place, pair[0]), message, FairnessRule.STATE_IN_WORDS)


def _buttons(place: str, language: str, shown: Mapping[str, str]) -> Iterator[Finding]:
    reject, accept = shown.get(REJECT, ""), shown.get(ACCEPT, "")
    shorter, longer = sorted((len(reject), len(accept)))
    if longer > MOST_UNEQUAL * shorter:
        message = f"{reject!r} and {accept!r} differ too much in length; the buttons should weigh the same"
        yield Finding(place_of(place, REJECT), message, FairnessRule.EQUAL_BUTTONS)
    if _loud(reject) != _loud(accept):
        message = f"only one of {reject!r} and {accept!r} stands out by capitals or signs"
        yield Finding(place_of(place, REJECT), message, FairnessRule.EQUAL_BUTTONS)
    if (wording := WORDING.get(language)) and (phrase := contains(wording.evasions, reject, language)):
        message = f"{phrase!r} is no answer; the button beside {accept!r} has to say no"
        yield Finding(place_of(place, REJECT), message, FairnessRule.EQUAL_BUTTONS)


def _loud(text: str) -> bool:
    return text.isupper() or any(not (letter.isalnum() or letter.isspace() or letter in "-'\u2019") for letter in text)
