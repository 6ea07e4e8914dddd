"""The rules of texts: every text in every language of the site, and overrides that fit the interface."""

import re
from collections.abc import Iterator, Mapping

from consent_service.domain.site.site import Site
from consent_service.domain.site_check.field_rules import not_blank, one_of
from consent_service.domain.site_check.site_fault import Fault, nearest, place_of, quoted
from consent_service.domain.site_check.site_text import translations

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def translation_faults(site: Site) -> Iterator[Fault]:
    """Find texts that are missing, empty, or in a language the site does not offer."""
    for place, texts in translations(site):
        for language in site.languages:
            if language not in texts:
                yield Fault(place_of(place, language), "is missing: this site offers the language", ("languages",))
        for language, text in texts.items():
            yield from one_of(place_of(place, language), language, site.languages, ("languages",))
            if not place.endswith(".url"):
                yield from not_blank(place_of(place, language), text)


def override_faults(site: Site, interface: Mapping[str, Mapping[str, str]]) -> Iterator[Fault]:
    """Find overrides of interface texts that do not exist, and placeholders that the text never gets."""
    for language, texts in site.texts.items():
        yield from one_of(place_of("texts", language), language, site.languages, ("languages",))
        shipped = interface.get(language, {})
        for key, text in texts.items():
            place = place_of(place_of("texts", language), key)
            if key in shipped:
                yield from not_blank(place, text)
                # Every plural form gets the number, whether ours says it or not.
                yield from _placeholders(place, text, shipped[key] + shipped.get(_other_form(key), ""))
            elif shipped:
                yield Fault(place, f"there is no interface text of this name{nearest(key, shipped)}")


def _other_form(key: str) -> str:
    return f"{key.rpartition('.')[0]}.other"


def _placeholders(place: str, text: str, shipped: str) -> Iterator[Fault]:
    known = set(_PLACEHOLDER.findall(shipped))
    for name in _PLACEHOLDER.findall(text):
        if name not in known:
            expected = ", ".join(f"{{{known_name}}}" for known_name in sorted(known)) or "none"
            yield Fault(place, f"{quoted('{' + name + '}')} is no placeholder of this text; it has {expected}")
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        yield Fault(place, "holds a brace that belongs to no placeholder")
